import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import { isObject, type JsonValue } from '../../base/json.js';
import { badJson, invalidParam, MatrixError } from '../../spec/errors.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { ClaimedKey, DeviceOfUser, NamedKey, OneTimeKeyStore } from './one-time-keys.store.js';
import type { DeviceDirectory } from './ports.js';
import { deviceKey, Remembered } from './remembered.js';

/** What `/keys/upload` brings beside identity keys: `algorithm:id` to a key. */
export type KeysByName = Readonly<Record<string, JsonValue>>;

/** A device and the algorithm that a key is wanted of. */
export interface KeyClaim extends DeviceOfUser {
  readonly algorithm: string;
}

/** What a device must know of its keys on the server. */
export interface KeyStock {
  /** how many one-time keys are left, by algorithm; `signed_curve25519` is always there */
  readonly counts: Readonly<Record<string, number>>;
  /** algorithms with a fallback key that nobody got yet */
  readonly unusedFallbackTypes: readonly string[];
}

/** More than any client keeps; beyond it, uploads are refused. */
const MOST_KEYS = 5000;
const MOST_ALGORITHMS = 10;
const MOST_BYTES = 8192;

/**
 * Keys that others start sessions with: each one-time key is given out once, in the order of upload; when there is none
 * left, the fallback key is given out again and again.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#one-time-and-fallback-keys
 */
export class OneTimeKeys {
  readonly #stock: Remembered<KeyStock>;

  constructor(
    private readonly deps: {
      db: Database;
      store: OneTimeKeyStore;
      directory: DeviceDirectory;
      caches: Caches;
      clock: Clock;
    },
  ) {
    this.#stock = new Remembered(deps.caches.lru('one-time keys', { share: 0.02, entryBytes: 500 }));
  }

  /** What is left of the device's keys; cheap, for every sync. */
  stock(userId: UserId, deviceId: DeviceId): Promise<KeyStock> {
    return this.#stock.get(deviceKey(userId, deviceId), async () => {
      const { db, store } = this.deps;
      const device = { userId, deviceId };
      const [counts, unusedFallbackTypes] = await Promise.all([
        store.counts(db, device),
        store.unusedFallbacks(db, device),
      ]);
      return { counts: withCommonAlgorithm(counts), unusedFallbackTypes };
    });
  }

  /**
   * Offers `oneTime` keys and replaces the fallback keys of the algorithms in `fallback`. Keys that are there already,
   * or were and are given out, are passed over.
   *
   * @returns how many one-time keys the device has now, by algorithm
   * @throws MatrixError M_UNKNOWN 400 where another key has the same name
   */
  async add(tx: Transaction, device: DeviceOfUser, oneTime: readonly NamedKey[], fallback: readonly NamedKey[]) {
    const { store } = this.deps;
    if (oneTime.length > 0) await this.#addOneTime(tx, device, oneTime);
    if (fallback.length > 0) await store.putFallbacks(tx, device, fallback);
    this.#stock.forgetAfter(tx, [deviceKey(device.userId, device.deviceId)]);
    const counts = await store.counts(tx, device);
    if (sum(counts.values()) > MOST_KEYS)
      throw new MatrixError(400, 'M_UNKNOWN', 'this device has too many one-time keys');
    return withCommonAlgorithm(counts);
  }

  async #addOneTime(tx: Transaction, device: DeviceOfUser, keys: readonly NamedKey[]): Promise<void> {
    const { store } = this.deps;
    const names = keys.map((key) => key.name);
    const known = new Map((await store.named(tx, device, names)).map((key) => [key.name, key]));
    const fresh = keys.filter(({ name, key }) => {
      const old = known.get(name);
      if (!old) return true;
      if (isSameKey(old.key, key)) return false;
      if (!old.isClaimed) throw new MatrixError(400, 'M_UNKNOWN', `a different one-time key ${name} exists already`);
      return true;
    });
    if (fresh.length > 0) await store.put(tx, device, fresh, tx.position());
  }

  /**
   * Gives out a key for each of `claims`, where the device has one.
   *
   * @throws MatrixError M_INVALID_PARAM where more than 10 algorithms are asked for
   */
  async claim(claims: readonly KeyClaim[]): Promise<ClaimedKey[]> {
    const byAlgorithm = Map.groupBy(claims, (wanted) => wanted.algorithm);
    if (byAlgorithm.size > MOST_ALGORITHMS) throw invalidParam(`at most ${MOST_ALGORITHMS} algorithms at once`);
    const devices = await this.deps.directory.devicesOf([...new Set(claims.map(({ userId }) => userId))]);
    const present = ({ userId, deviceId }: DeviceOfUser) => devices.get(userId)?.has(deviceId) === true;
    if (!claims.some(present)) return [];
    return this.deps.db.write(async (tx) => {
      const claimed: ClaimedKey[] = [];
      for (const [algorithm, wanted] of byAlgorithm) {
        claimed.push(...(await this.#claimOf(tx, algorithm, wanted.filter(present))));
      }
      this.#stock.forgetAfter(
        tx,
        claimed.map(({ userId, deviceId }) => deviceKey(userId, deviceId)),
      );
      return claimed;
    });
  }

  async #claimOf(tx: Transaction, algorithm: string, devices: readonly DeviceOfUser[]): Promise<ClaimedKey[]> {
    const { store, clock } = this.deps;
    const claimed = await store.claim(tx, algorithm, devices, clock.now());
    const served = new Set(claimed.map(({ userId, deviceId }) => deviceKey(userId, deviceId)));
    const without = devices.filter(({ userId, deviceId }) => !served.has(deviceKey(userId, deviceId)));
    return without.length === 0 ? claimed : [...claimed, ...(await store.useFallback(tx, algorithm, without))];
  }

  /** Drops all keys of devices that are gone. */
  async remove(tx: Transaction, userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    await this.deps.store.remove(tx, userId, deviceIds);
    this.#stock.forgetAfter(
      tx,
      deviceIds.map((deviceId) => deviceKey(userId, deviceId)),
    );
  }
}

/**
 * Checks names and sizes of uploaded keys.
 *
 * @throws MatrixError M_BAD_JSON for a name that is not `algorithm:id`, or a key too large to be one
 */
export function namedKeys(keys: KeysByName): NamedKey[] {
  return Object.entries(keys).map(([name, value]) => {
    const algorithm = /^([^:\0]{1,255}):[^\0]{1,255}$/.exec(name)?.[1];
    if (!algorithm) throw badJson(`${name.slice(0, 100)} is not a key name of the form algorithm:id`);
    const key = JSON.stringify(value);
    if (key.length > MOST_BYTES) throw badJson(`the key ${name} is too large`);
    return { name, algorithm, key };
  });
}

/** Clients sign afresh what they repeat, so of signed keys only the key itself counts. */
function isSameKey(old: string, given: string): boolean {
  if (old === given) return true;
  const [before, after] = [JSON.parse(old), JSON.parse(given)] as [JsonValue, JsonValue];
  return isObject(before) && isObject(after) && before['key'] === after['key'];
}

/** Some clients take an algorithm that is not named for one that did not change. */
const withCommonAlgorithm = (counts: ReadonlyMap<string, number>): Record<string, number> => ({
  signed_curve25519: 0,
  ...Object.fromEntries(counts),
});

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);
