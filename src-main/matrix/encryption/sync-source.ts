import type { JsonObject } from '../../base/json.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Position } from '../../storage/database.js';
import type { DeviceListChanges, DeviceLists } from './device-lists.js';
import type { OneTimeKeys } from './one-time-keys.js';
import type { ToDevice } from './to-device.js';

/** After one position, up to and with another. */
interface Span {
  readonly after: Position;
  readonly upTo: Position;
}

/** What a sync tells a device of encryption; all of it costs next to nothing while nothing happens. */
export class EncryptionSource {
  constructor(private readonly deps: { toDevice: ToDevice; deviceLists: DeviceLists; oneTimeKeys: OneTimeKeys }) {}

  /**
   * Messages for the device in the span, oldest first.
   *
   * @returns `upTo`: where to go on: the place of the last message where more wait, else the span's end
   */
  async toDevice(
    userId: UserId,
    deviceId: DeviceId,
    span: Span,
    limit: number,
  ): Promise<{ readonly events: readonly JsonObject[]; readonly upTo: Position }> {
    const { events, upTo } = await this.deps.toDevice.pending(userId, deviceId, span, limit);
    return { events: events.map((text) => JSON.parse(text) as JsonObject), upTo };
  }

  /** Everything up to `upTo` has reached the device. */
  acknowledge(userId: UserId, deviceId: DeviceId, upTo: Position): Promise<void> {
    return this.deps.toDevice.acknowledge(userId, deviceId, upTo);
  }

  /** Whose keys changed for this user in the span, and whom it sees no more. */
  deviceLists(userId: UserId, { after, upTo }: Span): Promise<DeviceListChanges> {
    return this.deps.deviceLists.changes(userId, after, upTo);
  }

  /** How many one-time keys the device has on the server, by algorithm. */
  async oneTimeKeyCounts(userId: UserId, deviceId: DeviceId): Promise<Readonly<Record<string, number>>> {
    return (await this.deps.oneTimeKeys.stock(userId, deviceId)).counts;
  }

  /** Algorithms of which nobody got the device's fallback key yet. */
  async unusedFallbackKeyTypes(userId: UserId, deviceId: DeviceId): Promise<readonly string[]> {
    return (await this.deps.oneTimeKeys.stock(userId, deviceId)).unusedFallbackTypes;
  }
}
