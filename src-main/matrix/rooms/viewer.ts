import type { DeviceId, UserId } from '../../spec/ids.js';

/** Who looks, and from which device. */
export interface Viewer {
  readonly userId: UserId;
  readonly deviceId: DeviceId | undefined;
}
