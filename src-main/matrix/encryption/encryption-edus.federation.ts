import type { Edus } from '../federation/index.js';
import type { RemoteDeviceLists } from './remote/remote-device-lists.js';
import type { ToDeviceFromElsewhere } from './remote/to-device-from-elsewhere.js';

/** What other servers send about devices, and from device to device. */
export function takeEncryptionEdus(
  edus: Pick<Edus, 'on'>,
  { lists, toDevice }: { readonly lists: RemoteDeviceLists; readonly toDevice: ToDeviceFromElsewhere },
): void {
  edus.on('m.device_list_update', (update, origin) => lists.deviceChanged(update, origin));
  edus.on('m.signing_key_update', (update, origin) => lists.signingKeysChanged(update, origin));
  edus.on('m.direct_to_device', (messages, origin) => toDevice.receive(messages, origin));
}
