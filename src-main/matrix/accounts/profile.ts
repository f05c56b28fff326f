import type { Cache, Caches } from '../../base/caches.js';
import { type JsonObject, type JsonValue, stringAt } from '../../base/json.js';
import type { Config } from '../../config/config.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import { forbidden, invalidParam, MatrixError, notFound } from '../../spec/errors.js';
import { isNamespacedId, isOnServer } from '../../spec/grammar.js';
import type { ServerName, UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import { userTopic } from '../../storage/news.js';
import type { WritableStream } from '../../storage/stream.js';
import type { ProfileStore } from './profile.store.js';
import type { RemoteProfiles } from './remote-profiles.js';
import type { Users } from './users.js';

/** A field of somebody's profile is another now, or gone. */
export interface ProfileChange {
  readonly userId: UserId;
  readonly field: string;
}

/** How somebody is called and looks. */
export interface ProfileNames {
  readonly displayName: string | undefined;
  readonly avatarUrl: string | undefined;
}

const MOST_BYTES = 64 * 1024;
const MOST_KEY_BYTES = 255;
const MOST_NAME_LETTERS = 256;
const MOST_AVATAR_LETTERS = 1000;

/**
 * What users tell everybody about themselves.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#profiles
 */
export class Profiles {
  readonly #known: Cache<UserId, ProfileNames>;
  /** Counts what was forgotten, so that a read that began before is not remembered. */
  #forgotten = 0;

  constructor(
    private readonly deps: {
      db: Database;
      store: ProfileStore;
      users: Users;
      stream: WritableStream<ProfileChange>;
      /** a change shows in all rooms, so it counts as a message */
      limit: RateLimiter;
      settings: Config['profiles'];
      caches: Caches;
      serverName: ServerName;
      remote: RemoteProfiles;
    },
  ) {
    this.#known = deps.caches.lru('profiles', { share: 0.015, entryBytes: 350 });
  }

  /** @throws MatrixError M_NOT_FOUND for those who have no account; M_FORBIDDEN, 502 M_UNKNOWN for people elsewhere */
  async get(userId: UserId): Promise<JsonObject> {
    if (!isOnServer(userId, this.deps.serverName)) return this.deps.remote.get(userId);
    const user = await this.deps.users.get(userId);
    if (!user || user.isErased) throw notFound('there is no such profile');
    return this.deps.store.ofUser(this.deps.db, userId);
  }

  /** @throws MatrixError as `get` does, and M_NOT_FOUND when there is no such field */
  async getField(userId: UserId, field: string): Promise<JsonValue> {
    const found = await this.oneField(userId, field);
    const value = Object.hasOwn(found, field) ? found[field] : undefined;
    if (value === undefined) throw notFound('the profile has no such field');
    return value;
  }

  /** The profile without its other fields. @throws MatrixError as `get` does */
  async oneField(userId: UserId, field: string): Promise<JsonObject> {
    const isLocal = isOnServer(userId, this.deps.serverName);
    const profile = await (isLocal ? this.get(userId) : this.deps.remote.get(userId, field));
    return Object.hasOwn(profile, field) ? { [field]: profile[field] } : {};
  }

  /** Names and pictures of several users at once; those without an account here are absent. */
  async of(userIds: readonly UserId[]): Promise<Map<UserId, ProfileNames>> {
    const found = new Map<UserId, ProfileNames>();
    const missing: UserId[] = [];
    for (const userId of userIds) {
      const known = this.#known.get(userId);
      if (known) found.set(userId, known);
      else missing.push(userId);
    }
    if (missing.length > 0) await this.#read(missing, found);
    return found;
  }

  /**
   * Sets one field. The empty text takes a display name or avatar away, as older clients expect.
   *
   * @throws MatrixError M_FORBIDDEN, M_USER_SUSPENDED, M_INVALID_PARAM, M_KEY_TOO_LARGE, M_PROFILE_TOO_LARGE,
   *   M_LIMIT_EXCEEDED
   */
  async setField(userId: UserId, field: string, value: JsonValue): Promise<void> {
    checkKey(field);
    checkValue(field, value);
    this.deps.limit.take(userId);
    await this.#requireAllowed(userId, field);
    if (value === '' && isName(field)) return this.#remove(userId, field);
    await this.deps.db.write(async (tx) => {
      const profile = await this.deps.store.ofUser(tx, userId);
      if (Object.hasOwn(profile, field) && JSON.stringify(profile[field]) === JSON.stringify(value)) return;
      checkSize({ ...profile, [field]: value });
      await this.deps.store.put(tx, userId, field, value);
      await this.#announce(tx, userId, field);
    });
  }

  /** Takes one field away; no matter whether it was there. @throws MatrixError M_FORBIDDEN, M_USER_SUSPENDED, M_INVALID_PARAM */
  async removeField(userId: UserId, field: string): Promise<void> {
    checkKey(field);
    await this.#requireAllowed(userId, field);
    await this.#remove(userId, field);
  }

  /**
   * Another display name, given by somebody who looks after the server; '' takes it away.
   *
   * @throws MatrixError M_NOT_FOUND, M_INVALID_PARAM
   */
  async rename(userId: UserId, displayName: string): Promise<void> {
    checkValue('displayname', displayName);
    const user = await this.deps.users.get(userId);
    if (!user || user.isDeactivated) throw notFound('there is no such account');
    if (displayName === '') return this.#remove(userId, 'displayname');
    await this.deps.db.write(async (tx) => {
      await this.deps.store.put(tx, userId, 'displayname', displayName);
      await this.#announce(tx, userId, 'displayname');
    });
  }

  /** The profile of a new account. */
  async begin(tx: Transaction, userId: UserId, displayName: string): Promise<void> {
    if (displayName === '') return;
    await this.deps.store.put(tx, userId, 'displayname', displayName.slice(0, MOST_NAME_LETTERS));
    await this.#announce(tx, userId, 'displayname');
  }

  /** Takes the whole profile away. */
  async erase(tx: Transaction, userId: UserId): Promise<void> {
    const fields = Object.keys(await this.deps.store.ofUser(tx, userId));
    await this.deps.store.removeAll(tx, userId);
    for (const field of fields) await this.#announce(tx, userId, field);
  }

  async #read(userIds: readonly UserId[], found: Map<UserId, ProfileNames>): Promise<void> {
    const asOf = this.#forgotten;
    const existing = await this.deps.users.existing(userIds);
    if (existing.length === 0) return;
    const fields = await this.deps.store.fieldsOf(this.deps.db, existing, ['displayname', 'avatar_url']);
    for (const userId of existing) {
      const profile = fields.get(userId);
      const names = { displayName: stringAt(profile, 'displayname'), avatarUrl: stringAt(profile, 'avatar_url') };
      found.set(userId, names);
      if (asOf === this.#forgotten) this.#known.set(userId, names);
    }
  }

  async #remove(userId: UserId, field: string): Promise<void> {
    await this.deps.db.write(async (tx) => {
      if (await this.deps.store.remove(tx, userId, field)) await this.#announce(tx, userId, field);
    });
  }

  async #announce(tx: Transaction, userId: UserId, field: string): Promise<void> {
    await this.deps.stream.append(tx, { userId, field });
    tx.announce(userTopic(userId));
    const forget = () => {
      this.#forgotten += 1;
      this.#known.delete(userId);
    };
    tx.afterCommit(forget);
    tx.afterUndo(forget);
  }

  async #requireAllowed(userId: UserId, field: string): Promise<void> {
    const { displayNameChangeAllowed, avatarChangeAllowed } = this.deps.settings;
    const isAllowed =
      field === 'displayname' ? displayNameChangeAllowed : field !== 'avatar_url' || avatarChangeAllowed;
    const user = await this.deps.users.get(userId);
    if (!isAllowed && !user?.isAdmin) throw forbidden(`${field} cannot be changed on this server`);
    await this.deps.users.requireNotSuspended(userId);
  }
}

const isName = (field: string) => field === 'displayname' || field === 'avatar_url';

function checkKey(field: string): void {
  if (Buffer.byteLength(field) > MOST_KEY_BYTES) {
    throw new MatrixError(400, 'M_KEY_TOO_LARGE', `the name of a field may have ${MOST_KEY_BYTES} bytes at most`);
  }
  if (!isNamespacedId(field)) throw invalidParam('this is no name for a profile field');
}

function checkValue(field: string, value: JsonValue): void {
  if (!isName(field)) return;
  if (typeof value !== 'string') throw invalidParam(`${field} must be a string`);
  const most = field === 'displayname' ? MOST_NAME_LETTERS : MOST_AVATAR_LETTERS;
  if (value.length > most) throw invalidParam(`${field} may have ${most} letters at most`);
}

function checkSize(profile: JsonObject): void {
  if (Buffer.byteLength(JSON.stringify(profile)) > MOST_BYTES) {
    throw new MatrixError(400, 'M_PROFILE_TOO_LARGE', 'a profile may have 64 KiB at most');
  }
}
