import type { Logger } from '../../../base/logger.js';
import type { DirectToDeviceEdu } from '../../../spec/edu.js';
import { isOnServer, isUserId } from '../../../spec/grammar.js';
import type { ServerName } from '../../../spec/ids.js';
import type { ToDevice } from '../to-device.js';
import { byUser, isShortName } from '../wire.js';

/** Messages of people elsewhere to devices here. @see https://spec.matrix.org/v1.19/server-server-api/#send-to-device-messaging */
export class ToDeviceFromElsewhere {
  constructor(
    private readonly deps: {
      readonly toDevice: Pick<ToDevice, 'send'>;
      readonly serverName: ServerName;
      readonly log: Logger;
    },
  ) {}

  /** A server may send for its own users only; what comes again is delivered once. */
  async receive({ sender, type, message_id, messages }: DirectToDeviceEdu, origin: ServerName): Promise<void> {
    const { toDevice, serverName, log } = this.deps;
    if (!isUserId(sender) || !isOnServer(sender, origin) || !isShortName(type) || !isShortName(message_id)) {
      log.info('messages to devices left aside', { origin, sender: sender.slice(0, 255) });
      return;
    }
    const ours = byUser(messages).filter(([userId]) => isOnServer(userId, serverName));
    if (ours.length === 0) return;
    await toDevice.send({ userId: sender, deviceId: '', eventType: type, txnId: message_id }, new Map(ours));
  }
}
