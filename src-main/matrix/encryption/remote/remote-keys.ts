import type { Milliseconds } from '../../../base/clock.js';
import { isObject, type JsonObject, type JsonValue, objectAt } from '../../../base/json.js';
import { serverOf } from '../../../spec/grammar.js';
import type { DeviceId, ServerName, UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { ServerRequests } from '../../servers/index.js';
import type { CrossSigningKey, CrossSigningStore } from '../cross-signing.store.js';
import type { KeyAnswer, KeyQuery } from '../device-keys.js';
import type { KeySignatureStore } from '../key-signatures.store.js';
import { keysOfUsers, named, onKeys } from '../key-answers.js';
import type { ClaimedKey } from '../one-time-keys.store.js';
import type { KeyClaim } from '../one-time-keys.js';
import type { SharedRooms } from '../ports.js';
import { isShortName } from '../wire.js';
import { crossSigningKey, identityKeys } from './device-answer.js';
import type { RemoteDeviceLists } from './remote-device-lists.js';
import type { RemoteDevice, RemoteDeviceStore } from './remote-devices.store.js';
import { askAll, byServer, type Failures } from './servers-in-parallel.js';

const PATH = '/_matrix/federation/v1/user/keys';
const MOST_BYTES = 20 * 1024 * 1024;
const MOST_KEY_BYTES = 8192;
/**
 * Lists of one server that are fetched while somebody waits. Of more people the keys are asked for in one request, and
 * their lists are fetched later: servers slow down those who ask them much at once.
 */
const MOST_LISTS = 8;

/** What was found of people elsewhere. */
interface Found {
  readonly devices: Map<UserId, readonly RemoteDevice[]>;
  readonly crossSigningKeys: CrossSigningKey[];
}

/** Keys of people elsewhere: from our copies, or else from their servers, all asked at once. */
export class RemoteKeys {
  constructor(
    private readonly deps: {
      db: Database;
      store: RemoteDeviceStore;
      crossSigning: CrossSigningStore;
      signatures: KeySignatureStore;
      lists: RemoteDeviceLists;
      rooms: Pick<SharedRooms, 'usersHere'>;
      requests: Pick<ServerRequests, 'json'>;
    },
  ) {}

  /**
   * Identity keys and cross-signing keys, with the signatures that `asking` may see.
   *
   * @param timeout how long each server may take
   */
  async query(
    asking: UserId,
    wanted: KeyQuery,
    timeout: Milliseconds,
  ): Promise<KeyAnswer & { readonly failures: Failures }> {
    const found: Found = { devices: new Map(), crossSigningKeys: [] };
    const failures = await this.#findAll(wanted, timeout, found);
    const visible = await this.deps.signatures.visible(this.deps.db, [...wanted.keys()], asking);
    const signatures = onKeys(visible);
    const deviceKeys: Record<UserId, Record<DeviceId, JsonObject>> = {};
    for (const [userId, devices] of found.devices) {
      const only = wanted.get(userId);
      const shown = devices.filter(({ deviceId }) => !only || only.size === 0 || only.has(deviceId));
      deviceKeys[userId] = Object.fromEntries(
        shown.flatMap(({ deviceId, keys, displayName }) => (keys ? [[deviceId, named(keys, displayName)]] : [])),
      );
    }
    return { deviceKeys, crossSigningKeys: keysOfUsers(found.crossSigningKeys, signatures, asking), failures };
  }

  /** Sees to it that there are copies of the keys of `userIds`, as far as they can be had. */
  async load(userIds: readonly UserId[], timeout: Milliseconds): Promise<void> {
    const wanted = new Map(userIds.map((userId) => [userId, new Set<DeviceId>()]));
    await this.#findAll(wanted, timeout, { devices: new Map(), crossSigningKeys: [] });
  }

  /** A key for each of `claims`, where the device has one. @param timeout how long each server may take */
  async claim(
    claims: readonly KeyClaim[],
    timeout: Milliseconds,
  ): Promise<{ readonly keys: readonly ClaimedKey[]; readonly failures: Failures }> {
    const keys: ClaimedKey[] = [];
    const of = Map.groupBy(claims, ({ userId }) => serverOf(userId));
    const failures = await askAll(of.keys(), async (server) => {
      const ofServer = of.get(server) ?? [];
      const body = { one_time_keys: claimBody(ofServer) };
      const answer = await this.#post(server, 'claim', body, timeout);
      for (const claim of ofServer) keys.push(...claimedKey(answer, claim));
    });
    return { keys, failures };
  }

  async #findAll(wanted: KeyQuery, timeout: Milliseconds, found: Found): Promise<Failures> {
    const whole = await this.#addWholeCopies([...wanted.keys()], found);
    const missing = [...wanted.keys()].filter((userId) => !whole.has(userId));
    const shared = new Set(missing.length > 0 ? await this.deps.rooms.usersHere(missing) : []);
    const servers = byServer(missing);
    return askAll(servers.keys(), async (server) => {
      const ofServer = servers.get(server) ?? [];
      const tracked = ofServer.filter((userId) => shared.has(userId) && wanted.get(userId)?.size === 0);
      const fetched = await this.#fetchLists(tracked.slice(0, MOST_LISTS), timeout);
      const later = tracked.slice(MOST_LISTS);
      if (later.length > 0) await this.deps.lists.fetchLater(later);
      await this.#addCopies(fetched, found);
      const rest = ofServer.filter((userId) => !found.devices.has(userId));
      if (rest.length > 0) await this.#ask(server, rest, wanted, timeout, found);
    });
  }

  /** @returns the users of whom there is a whole copy */
  async #addWholeCopies(userIds: readonly UserId[], found: Found): Promise<ReadonlySet<UserId>> {
    const copies = await this.deps.lists.copies(userIds);
    const whole = userIds.filter((userId) => copies.has(userId) && copies.get(userId)?.nextTry === undefined);
    await this.#addCopies(whole, found);
    return new Set(whole);
  }

  async #addCopies(whole: readonly UserId[], found: Found): Promise<void> {
    const { db, store, crossSigning } = this.deps;
    if (whole.length === 0) return;
    const [devices, keys] = await Promise.all([store.devices(db, whole), crossSigning.ofUsers(db, whole)]);
    for (const userId of whole) found.devices.set(userId, devices.get(userId) ?? []);
    found.crossSigningKeys.push(...keys);
  }

  /** @returns the users whose lists came. @throws RemoteError */
  async #fetchLists(userIds: readonly UserId[], timeout: Milliseconds): Promise<UserId[]> {
    const kept = await Promise.all(userIds.map((userId) => this.deps.lists.fetch(userId, timeout)));
    return userIds.filter((_userId, at) => kept[at]);
  }

  async #ask(
    server: ServerName,
    userIds: readonly UserId[],
    wanted: KeyQuery,
    timeout: Milliseconds,
    found: Found,
  ): Promise<void> {
    const asked = userIds.map((userId) => [userId, [...(wanted.get(userId) ?? [])]]);
    const answer = await this.#post(server, 'query', { device_keys: Object.fromEntries(asked) }, timeout);
    for (const userId of userIds) {
      const keys = objectAt(objectAt(answer, 'device_keys'), userId);
      if (keys) found.devices.set(userId, answeredDevices(keys, userId));
      const master = crossSigningKey(objectAt(answer, 'master_keys')?.[userId], userId, 'master');
      const selfSigning = crossSigningKey(objectAt(answer, 'self_signing_keys')?.[userId], userId, 'self_signing');
      found.crossSigningKeys.push(...[master, selfSigning].filter((key) => key !== undefined));
    }
  }

  async #post(
    destination: ServerName,
    what: 'query' | 'claim',
    body: JsonObject,
    timeout: Milliseconds,
  ): Promise<JsonObject | undefined> {
    const path = `${PATH}/${what}`;
    const request = { destination, method: 'POST', path, body, timeout, maxBytes: MOST_BYTES } as const;
    const answer = await this.deps.requests.json(request);
    return isObject(answer) ? answer : undefined;
  }
}

function answeredDevices(keys: JsonObject, userId: UserId): RemoteDevice[] {
  return Object.entries(keys).flatMap(([deviceId, value]) => {
    const own = isShortName(deviceId) ? identityKeys(value, userId, deviceId) : undefined;
    if (!own || !isObject(value)) return [];
    const displayName = objectAt(value, 'unsigned')?.['device_display_name'];
    return {
      deviceId,
      keys: own,
      displayName: typeof displayName === 'string' ? displayName.slice(0, 255) : undefined,
    };
  });
}

function claimBody(claims: readonly KeyClaim[]): JsonObject {
  const body: Record<UserId, Record<DeviceId, string>> = {};
  for (const { userId, deviceId, algorithm } of claims) (body[userId] ??= {})[deviceId] = algorithm;
  return body;
}

/** One key of the algorithm that was asked for, and nothing else. */
function claimedKey(answer: JsonObject | undefined, { userId, deviceId, algorithm }: KeyClaim): ClaimedKey[] {
  const keys = objectAt(objectAt(objectAt(answer, 'one_time_keys'), userId), deviceId) ?? {};
  const found = Object.entries(keys).find(([name, value]) => name.startsWith(`${algorithm}:`) && isKey(value));
  return found ? [{ userId, deviceId, name: found[0], key: JSON.stringify(found[1]) }] : [];
}

const isKey = (value: JsonValue | undefined): boolean =>
  (typeof value === 'string' || isObject(value)) && JSON.stringify(value).length <= MOST_KEY_BYTES;
