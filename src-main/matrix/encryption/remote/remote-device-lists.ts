import { backoff } from '../../../base/backoff.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { JsonObject } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import type { DeviceListUpdateEdu, SigningKeyUpdateEdu } from '../../../spec/edu.js';
import { isOnServer, isUserId, serverOf } from '../../../spec/grammar.js';
import type { ServerName, UserId } from '../../../spec/ids.js';
import type { Database, Transaction } from '../../../storage/database.js';
import { streamTopic } from '../../../storage/news.js';
import { RemoteError, type ServerRequests } from '../../servers/index.js';
import type { CrossSigningKey, CrossSigningStore } from '../cross-signing.store.js';
import type { DeviceLists } from '../device-lists.js';
import type { KeySignatureStore } from '../key-signatures.store.js';
import type { SharedRooms } from '../ports.js';
import { isSameJson } from '../signed-keys.js';
import { isShortName } from '../wire.js';
import {
  crossSigningKey,
  type DeviceList,
  deviceList,
  displayName,
  identityKeys,
  MOST_DEVICES,
} from './device-answer.js';
import type { ListCopy, RemoteDevice, RemoteDeviceStore } from './remote-devices.store.js';

/** Announced when a copy has become stale: somebody should fetch it. */
export const STALE_LISTS = streamTopic('stale device lists');

const FIRST_WAIT: Milliseconds = 60_000;
const LONGEST_WAIT: Milliseconds = 24 * 3600_000;
const MOST_BYTES = 20 * 1024 * 1024;

/**
 * Copies of the device lists of people elsewhere with whom somebody here shares a room, kept in step by what their
 * servers tell of changes. Where a change was missed, the whole list is fetched anew.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#device-management
 */
export class RemoteDeviceLists {
  /** Lists on their way, with the last change heard of meanwhile. */
  readonly #fetching = new Map<UserId, { heard: number; readonly done: Promise<boolean> }>();

  constructor(
    private readonly deps: {
      db: Database;
      store: RemoteDeviceStore;
      crossSigning: CrossSigningStore;
      signatures: KeySignatureStore;
      deviceLists: DeviceLists;
      rooms: Pick<SharedRooms, 'usersHere'>;
      requests: Pick<ServerRequests, 'json'>;
      serverName: ServerName;
      clock: Clock;
      log: Logger;
    },
  ) {}

  /** A device of somebody elsewhere changed, as their server says. */
  async deviceChanged(update: DeviceListUpdateEdu, origin: ServerName): Promise<void> {
    const { user_id: userId, stream_id: streamId } = update;
    if (!(await this.#concernsUs(userId, origin)) || !isShortName(update.device_id)) return;
    const fetch = this.#fetching.get(userId);
    if (fetch) fetch.heard = Math.max(fetch.heard, streamId);
    await this.#change(userId, async (tx) => {
      const copy = await this.deps.store.list(tx, userId);
      if (!copy) return true;
      if (copy.nextTry !== undefined) return true;
      if (isKnown(update, copy)) return false;
      if (follows(update, copy) && (await this.#hasRoom(tx, update))) await this.#apply(tx, update);
      else await this.#markStale(tx, copy);
      return true;
    });
  }

  /** Somebody elsewhere has other cross-signing keys, as their server says. */
  async signingKeysChanged(update: SigningKeyUpdateEdu, origin: ServerName): Promise<void> {
    const { user_id: userId } = update;
    if (!(await this.#concernsUs(userId, origin))) return;
    const keys = [
      crossSigningKey(update.master_key, userId, 'master'),
      crossSigningKey(update.self_signing_key, userId, 'self_signing'),
    ].filter((key) => key !== undefined);
    await this.#change(userId, async (tx) => {
      if (await this.deps.store.list(tx, userId)) await this.#putKeys(tx, userId, keys);
      return true;
    });
  }

  /** How good our copies of some lists are; those of whom there is none are absent. */
  async copies(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, ListCopy>> {
    const found = await this.deps.store.lists(this.deps.db, userIds);
    return new Map(found.map((copy) => [copy.userId, copy]));
  }

  /**
   * Fetches a list from its server, and keeps it if somebody here shares a room with the user.
   *
   * @returns whether there is a whole copy now
   * @throws RemoteError
   */
  fetch(userId: UserId, timeout?: Milliseconds): Promise<boolean> {
    const underway = this.#fetching.get(userId);
    if (underway) return underway.done;
    const done = this.#fetch(userId, timeout).finally(() => this.#fetching.delete(userId));
    this.#fetching.set(userId, { heard: 0, done });
    return done;
  }

  /** Has lists of which there is no copy fetched, one after the other: nobody waits for them. */
  async fetchLater(userIds: readonly UserId[]): Promise<void> {
    const { db, store, clock } = this.deps;
    await db.write(async (tx) => {
      await store.expect(tx, userIds, clock.now());
      tx.announce(STALE_LISTS);
    });
  }

  /** Fetches a stale list; when its server does not answer, later again. */
  async refresh({ userId, attempts }: ListCopy): Promise<void> {
    const { db, store, clock, log } = this.deps;
    try {
      if (!(await this.fetch(userId))) await this.forget([userId]);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      const nextTry = clock.now() + backoff(attempts, FIRST_WAIT, LONGEST_WAIT);
      log.info('a device list is not to be had', { userId, attempts, error: error.message });
      await db.write((tx) => store.setStale(tx, userId, attempts + 1, nextTry));
    }
  }

  /** Drops the copies of those of `userIds` with whom nobody here shares a room any more. */
  async forgetUnshared(userIds: readonly UserId[]): Promise<void> {
    const { db, store, rooms } = this.deps;
    const kept = (await store.lists(db, userIds)).map(({ userId }) => userId);
    const shared = new Set(kept.length > 0 ? await rooms.usersHere(kept) : []);
    await this.forget(kept.filter((userId) => !shared.has(userId)));
  }

  /** Drops copies: nothing tells us any more when they change. */
  async forget(userIds: readonly UserId[]): Promise<void> {
    const { db, store, crossSigning } = this.deps;
    if (userIds.length === 0) return;
    await db.write(async (tx) => {
      await store.remove(tx, userIds);
      for (const userId of userIds) await crossSigning.removeAll(tx, userId);
    });
  }

  /** A server speaks for its own users only, and only those count whom somebody here can see. */
  async #concernsUs(userId: UserId, origin: ServerName): Promise<boolean> {
    if (!isUserId(userId) || !isOnServer(userId, origin) || origin === this.deps.serverName) return false;
    return (await this.deps.rooms.usersHere([userId])).length > 0;
  }

  /** @param work resolves with whether clients must be told */
  async #change(userId: UserId, work: (tx: Transaction) => Promise<boolean>): Promise<void> {
    const { db, deviceLists } = this.deps;
    const audience = await deviceLists.audience(userId);
    await db.write(async (tx) => {
      if (await work(tx)) await deviceLists.note(tx, userId, audience);
    });
  }

  /** A list grows by changes no longer than one that is fetched may be. */
  async #hasRoom(tx: Transaction, { user_id, device_id, deleted }: DeviceListUpdateEdu): Promise<boolean> {
    return deleted === true || (await this.deps.store.countOthers(tx, user_id, device_id)) < MOST_DEVICES;
  }

  async #apply(tx: Transaction, update: DeviceListUpdateEdu): Promise<void> {
    const { store } = this.deps;
    const { user_id: userId, device_id: deviceId, stream_id: streamId } = update;
    if (update.deleted) return store.removeDevice(tx, userId, streamId, deviceId);
    const keys = identityKeys(update.keys, userId, deviceId);
    await store.putDevice(tx, userId, streamId, { deviceId, displayName: displayName(update), keys });
  }

  async #markStale(tx: Transaction, { userId }: ListCopy): Promise<void> {
    await this.deps.store.setStale(tx, userId, 0, this.deps.clock.now());
    tx.announce(STALE_LISTS);
  }

  async #fetch(userId: UserId, timeout: Milliseconds | undefined): Promise<boolean> {
    const { rooms } = this.deps;
    const destination = serverOf(userId);
    const answer = await this.deps.requests.json({
      destination,
      method: 'GET',
      path: `/_matrix/federation/v1/user/devices/${encodeURIComponent(userId)}`,
      maxBytes: MOST_BYTES,
      ...(timeout !== undefined && { timeout, evenIfDown: true }),
    });
    const list = deviceList(answer, userId);
    if (!list) throw new RemoteError('invalid', destination, 'its answer is no list of devices');
    if ((await rooms.usersHere([userId])).length === 0) return false;
    await this.#keep(userId, list);
    return true;
  }

  /** Clients are told where the copy differs from what they may have got before. */
  async #keep(userId: UserId, list: DeviceList): Promise<void> {
    await this.#change(userId, async (tx) => {
      const { store, crossSigning } = this.deps;
      const before = await store.list(tx, userId);
      const devices = (await store.devices(tx, [userId])).get(userId) ?? [];
      const keys = await crossSigning.ofUsers(tx, [userId]);
      await store.replace(tx, userId, list.streamId, list.devices);
      if (list.crossSigningKeys.length < keys.length) await crossSigning.removeAll(tx, userId);
      await this.#putKeys(tx, userId, list.crossSigningKeys);
      const { heard } = this.#fetching.get(userId) ?? { heard: 0 };
      if (heard > list.streamId) await this.#markStale(tx, { userId, streamId: 0, attempts: 0, nextTry: undefined });
      const isFirst = before === undefined || before.streamId === 0;
      return !isFirst && !(isSameList(devices, list.devices) && isSameKeys(keys, list.crossSigningKeys));
    });
  }

  async #putKeys(tx: Transaction, userId: UserId, keys: readonly CrossSigningKey[]): Promise<void> {
    const { crossSigning, signatures } = this.deps;
    const before = new Map((await crossSigning.ofUsers(tx, [userId])).map((key) => [key.usage, key.publicKey]));
    for (const key of keys) {
      const replaced = before.get(key.usage);
      if (replaced !== undefined && replaced !== key.publicKey) await signatures.removeOn(tx, userId, [replaced]);
      await crossSigning.put(tx, key);
    }
  }
}

const isKnown = ({ stream_id }: DeviceListUpdateEdu, { streamId }: ListCopy): boolean => stream_id <= streamId;

/** Whether all changes before this one are in the copy. */
const follows = ({ prev_id: before = [] }: DeviceListUpdateEdu, { streamId }: ListCopy): boolean =>
  before.length > 0 && before.every((id) => id <= streamId);

const isSameList = (a: readonly RemoteDevice[], b: readonly RemoteDevice[]): boolean =>
  isSameJson(
    byName(a, ({ deviceId }) => deviceId),
    byName(b, ({ deviceId }) => deviceId),
  );

const isSameKeys = (a: readonly CrossSigningKey[], b: readonly CrossSigningKey[]): boolean =>
  isSameJson(
    byName(a, ({ usage }) => usage),
    byName(b, ({ usage }) => usage),
  );

const byName = <T extends object>(all: readonly T[], nameOf: (one: T) => string): JsonObject =>
  Object.fromEntries(all.map((one) => [nameOf(one), { ...one } as JsonObject]));
