import type { DeviceId, ServerName, UserId } from '../../spec/ids.js';
import type { Position, Reader, Transaction } from '../../storage/database.js';
import type { WritableStream } from '../../storage/stream.js';
import type { DeviceStreamStore } from './device-updates.store.js';

/** Which keys of a user of this server changed. */
export interface ChangedKeys {
  /** devices that changed or are gone */
  readonly devices: readonly DeviceId[];
  /** the cross-signing keys too */
  readonly signingKeys?: boolean;
}

/** A device that changed or is gone, with its number among the changes of its user. */
export interface DeviceUpdate {
  readonly deviceId: DeviceId;
  readonly streamId: Position;
  /** the number of the change before */
  readonly previous: Position | undefined;
}

/** What other servers are to be told of a user of this server. */
export interface DeviceNews {
  readonly userId: UserId;
  readonly devices: readonly DeviceUpdate[];
  readonly signingKeys: boolean;
  /** only these servers; undefined: all that share a room with the user */
  readonly servers?: readonly ServerName[];
}

/**
 * What happens to the devices of our users, numbered for other servers: by the numbers they see whether they missed
 * something.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#device-management
 */
export class DeviceUpdates {
  constructor(
    private readonly deps: { readonly store: DeviceStreamStore; readonly stream: WritableStream<DeviceNews> },
  ) {}

  /** The number of the last change; 0 before the first. */
  async streamId(db: Reader, userId: UserId): Promise<Position> {
    return (await this.deps.store.one(db, userId)) ?? 0;
  }

  /** Numbers changes and has them told. */
  async append(tx: Transaction, userId: UserId, { devices, signingKeys = false }: ChangedKeys): Promise<void> {
    const { store, stream } = this.deps;
    let previous = await store.one(tx, userId);
    const updates: DeviceUpdate[] = [];
    for (const deviceId of devices) {
      const streamId = tx.position();
      updates.push({ deviceId, streamId, previous });
      previous = streamId;
    }
    if (previous !== undefined && updates.length > 0) await store.put(tx, userId, previous);
    if (updates.length > 0 || signingKeys) await stream.append(tx, { userId, devices: updates, signingKeys });
  }

  /** Has servers told that there is a user with devices, of whom they may know nothing yet. */
  async introduce(tx: Transaction, userId: UserId, device: DeviceId, servers: readonly ServerName[]): Promise<void> {
    const { store, stream } = this.deps;
    const known = await store.one(tx, userId);
    const streamId = known ?? tx.position();
    if (known === undefined) await store.put(tx, userId, streamId);
    const update = { deviceId: device, streamId, previous: undefined };
    await stream.append(tx, { userId, devices: [update], signingKeys: false, servers });
  }
}
