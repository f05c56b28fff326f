import type { Clock } from '../../base/clock.js';
import { randomCapitals } from '../../base/random.js';
import { invalidParam, MatrixError, notFound } from '../../spec/errors.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import { userTopic } from '../../storage/news.js';
import type { WritableStream } from '../../storage/stream.js';
import type { AccessTokens } from './access-tokens.js';
import type { Device, DeviceStore } from './devices.store.js';
import type { LastSeen } from './last-seen.js';
import type { Users } from './users.js';

/** What happened to devices of one user. Whoever keeps something for a device follows this. */
export interface DeviceChange {
  readonly userId: UserId;
  readonly deviceIds: readonly DeviceId[];
  readonly change: 'added' | 'renamed' | 'deleted';
}

const MOST_NAME_LETTERS = 100;
const MOST_ID_LETTERS = 512;
const ID_LETTERS = 10;

/**
 * The clients that users are signed in with. Deleting one signs it out; its keys and messages go by stream 'devices'.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#device-management
 */
export class Devices {
  constructor(
    private readonly deps: {
      db: Database;
      store: DeviceStore;
      users: Users;
      tokens: AccessTokens;
      lastSeen: LastSeen;
      stream: WritableStream<DeviceChange>;
      clock: Clock;
    },
  ) {}

  async list(userId: UserId): Promise<Device[]> {
    const devices = await this.deps.store.ofUsers(this.deps.db, [userId]);
    return devices.map((device) => this.#withLastSeen(device)).sort((a, b) => a.createdAt - b.createdAt);
  }

  /** @throws MatrixError M_NOT_FOUND */
  async get(userId: UserId, deviceId: DeviceId): Promise<Device> {
    const device = await this.deps.store.get(this.deps.db, userId, deviceId);
    if (!device) throw noSuchDevice();
    return this.#withLastSeen(device);
  }

  async exists(userId: UserId, deviceId: DeviceId): Promise<boolean> {
    return (await this.deps.store.get(this.deps.db, userId, deviceId)) !== undefined;
  }

  /**
   * The devices of several users with their display names. Users that do not exist are absent, users without devices
   * have an empty map.
   */
  async devicesOf(userIds: readonly UserId[]): Promise<Map<UserId, Map<DeviceId, string | undefined>>> {
    const existing = await this.deps.users.existing(userIds);
    const found = new Map(existing.map((userId) => [userId, new Map<DeviceId, string | undefined>()]));
    if (existing.length === 0) return found;
    for (const { userId, deviceId, displayName } of await this.deps.store.ofUsers(this.deps.db, existing)) {
      found.get(userId)?.set(deviceId, displayName);
    }
    return found;
  }

  /** For lists of people: how many devices each has, and when one of them was last heard of (ms since the epoch). */
  async summaryOf(userIds: readonly UserId[]): Promise<Map<UserId, { count: number; lastSeen: number | undefined }>> {
    const found = new Map<UserId, { count: number; lastSeen: number | undefined }>();
    if (userIds.length === 0) return found;
    for (const stored of await this.deps.store.ofUsers(this.deps.db, userIds)) {
      const { userId, lastSeen } = this.#withLastSeen(stored);
      const { count, lastSeen: latest } = found.get(userId) ?? { count: 0, lastSeen: undefined };
      found.set(userId, { count: count + 1, lastSeen: later(latest, lastSeen?.ts) });
    }
    return found;
  }

  /** Writes when each device was last heard of, for whoever sorts by it. */
  async writeLastSeen(): Promise<void> {
    await this.deps.lastSeen.flush();
  }

  /** How many users made a request at or after `since` (ms since the epoch). */
  async countActiveUsers(since: number): Promise<number> {
    await this.deps.lastSeen.flush();
    return this.deps.store.countActiveUsers(this.deps.db, since);
  }

  /**
   * The device that signs in: the one named, which may be known already and then keeps its name, or a new one.
   *
   * @throws MatrixError M_INVALID_PARAM, M_TOO_LARGE
   */
  async signIn(
    tx: Transaction,
    userId: UserId,
    given: { deviceId: DeviceId | undefined; displayName: string | undefined },
  ): Promise<DeviceId> {
    checkDeviceId(given.deviceId);
    checkDisplayName(given.displayName);
    const deviceId = given.deviceId ?? randomCapitals(ID_LETTERS);
    const device = { userId, deviceId, displayName: given.displayName, createdAt: this.deps.clock.now() };
    const isNew = await this.deps.store.insert(tx, { ...device, lastSeen: undefined });
    if (isNew) await this.#announce(tx, { userId, deviceIds: [deviceId], change: 'added' });
    return deviceId;
  }

  /** @throws MatrixError M_NOT_FOUND, M_TOO_LARGE */
  async rename(userId: UserId, deviceId: DeviceId, displayName: string): Promise<void> {
    checkDisplayName(displayName);
    await this.deps.db.write(async (tx) => {
      if (!(await this.deps.store.rename(tx, userId, deviceId, displayName))) throw noSuchDevice();
      await this.#announce(tx, { userId, deviceIds: [deviceId], change: 'renamed' });
    });
  }

  /** Deletes devices and signs them out; those that are not there count as deleted. */
  async delete(userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    await this.deps.db.write((tx) => this.deleteIn(tx, userId, deviceIds));
  }

  /** Signs somebody out everywhere. */
  async signOutEverywhere(userId: UserId): Promise<void> {
    await this.deps.db.write((tx) => this.deleteAll(tx, userId));
  }

  async deleteIn(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    if (deviceIds.length === 0) return;
    const gone = await this.deps.store.remove(tx, userId, deviceIds);
    if (gone.length === 0) return;
    await this.deps.tokens.revokeDevices(tx, userId, gone);
    await this.#announce(tx, { userId, deviceIds: gone, change: 'deleted' });
  }

  /**
   * Signs out everywhere: all devices, and tokens that belong to none.
   *
   * @param keep the session that stays, if any
   */
  async deleteAll(
    tx: Transaction,
    userId: UserId,
    keep?: { readonly deviceId: DeviceId | undefined; readonly tokenId: number },
  ): Promise<void> {
    const devices = await this.deps.store.ofUsers(tx, [userId]);
    const ids = devices.map((device) => device.deviceId).filter((deviceId) => deviceId !== keep?.deviceId);
    await this.deleteIn(tx, userId, ids);
    await this.deps.tokens.revokeAll(tx, userId, keep?.tokenId);
  }

  async #announce(tx: Transaction, change: DeviceChange): Promise<void> {
    await this.deps.stream.append(tx, change);
    tx.announce(userTopic(change.userId));
  }

  #withLastSeen(device: Device): Device {
    const lastSeen = this.deps.lastSeen.notedOf(device.userId, device.deviceId);
    return lastSeen ? { ...device, lastSeen } : device;
  }
}

const noSuchDevice = () => notFound('you have no such device');

/** @throws MatrixError M_INVALID_PARAM; called before anything costly is done for a sign-in */
export function checkDeviceId(deviceId: string | undefined): void {
  if (deviceId === undefined) return;
  if (deviceId === '' || deviceId.length > MOST_ID_LETTERS) {
    throw invalidParam(`device_id must have 1 to ${MOST_ID_LETTERS} letters`);
  }
}

/** @throws MatrixError M_TOO_LARGE; called before anything costly is done for a sign-in */
export function checkDisplayName(displayName: string | undefined): void {
  if (displayName !== undefined && displayName.length > MOST_NAME_LETTERS) {
    throw new MatrixError(400, 'M_TOO_LARGE', `a device's display name may have ${MOST_NAME_LETTERS} letters at most`);
  }
}

const later = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || (other !== undefined && other > one) ? other : one;
