import type { Cache, Caches } from '../../../base/caches.js';
import type { Clock } from '../../../base/clock.js';
import type { JsonObject } from '../../../base/json.js';
import { randomToken } from '../../../base/random.js';
import { invalidParam, MatrixError } from '../../../spec/errors.js';
import type { DeviceId, UserId } from '../../../spec/ids.js';
import type { Database, Transaction } from '../../../storage/database.js';
import { streamTopic } from '../../../storage/news.js';
import type { Pusher, PusherKind, PusherStore } from './pushers.store.js';

/** Announced whenever somebody's pushers change. */
export const PUSHERS_TOPIC = streamTopic('pushers');

/** A pusher as a client asks for it. */
export interface NewPusher {
  readonly kind: PusherKind;
  readonly appId: string;
  readonly pushkey: string;
  readonly appDisplayName: string;
  readonly deviceDisplayName: string;
  readonly profileTag: string;
  readonly lang: string;
  readonly data: JsonObject;
  readonly isEnabled: boolean;
}

/** What pushers need to know of accounts. */
export interface PusherAccounts {
  readonly devices: {
    devicesOf(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, ReadonlyMap<DeviceId, unknown>>>;
  };
  /** whose address it is, however it is written */
  ownerOfAddress(address: string): Promise<UserId | undefined>;
}

const MOST_PUSHERS = 100;
const MOST_DATA = 32 * 1024;

/**
 * Where people want to be notified, beside their clients that sync.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#push-notifications
 */
export class Pushers {
  readonly #known: Cache<UserId, readonly Pusher[]>;
  /** Counts changes, so that a read begun before one is not remembered after it. */
  #changes = 0;
  #users: Promise<ReadonlySet<UserId>> | undefined;
  #lastUsers: ReadonlySet<UserId> = new Set();

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: PusherStore;
      readonly accounts: PusherAccounts;
      readonly caches: Caches;
      readonly clock: Clock;
      /** e-mails about notifications are sent */
      readonly hasEmail: boolean;
      /** @throws MatrixError for addresses of gateways that nothing is sent to */
      readonly checkUrl: (url: unknown) => void;
    },
  ) {
    this.#known = deps.caches.lru('pushers', {
      share: 0.005,
      entryBytes: (pushers) => 200 + 1_500 * pushers.length,
    });
  }

  /** Those that count: not those of sessions that ended, nor of e-mail addresses given up. */
  async list(userId: UserId): Promise<Pusher[]> {
    const pushers = await this.deps.store.ofUser(this.deps.db, userId);
    if (pushers.length === 0) return pushers;
    const devices = (await this.deps.accounts.devices.devicesOf([userId])).get(userId);
    const counting: Pusher[] = [];
    for (const pusher of pushers) {
      const hasSession = pusher.deviceId === undefined || devices?.has(pusher.deviceId) === true;
      if (hasSession && (await this.ownsAddress(pusher))) counting.push(pusher);
    }
    return counting;
  }

  /** All of a user, from memory where they are known. */
  async ofUser(userId: UserId): Promise<readonly Pusher[]> {
    const known = this.#known.get(userId);
    if (known) return known;
    const changes = this.#changes;
    const pushers = await this.deps.store.ofUser(this.deps.db, userId);
    if (changes === this.#changes) this.#known.set(userId, pushers);
    return pushers;
  }

  /** Everybody who has a pusher; the same set for as long as that stays so. */
  async users(): Promise<ReadonlySet<UserId>> {
    if (this.#users) return this.#users;
    const asked = this.#readUsers();
    this.#users = asked;
    asked.catch(() => {
      if (this.#users === asked) this.#users = undefined;
    });
    return asked;
  }

  /** Whether mails still go to an address of the pusher's owner; true for pushers of other kinds. */
  async ownsAddress({ kind, pushkey, userId }: Pick<Pusher, 'kind' | 'pushkey' | 'userId'>): Promise<boolean> {
    return kind !== 'email' || (await this.deps.accounts.ownerOfAddress(pushkey)) === userId;
  }

  /**
   * Sets up a pusher, or changes the one of this app and pushkey.
   *
   * @param append false: nobody else has a pusher with this app and pushkey any more, as on a phone that changed hands
   * @throws MatrixError M_MISSING_PARAM for a gateway that cannot be one; M_THREEPID_NOT_FOUND; M_INVALID_PARAM
   */
  async set(
    { userId, deviceId }: { readonly userId: UserId; readonly deviceId: DeviceId | undefined },
    given: NewPusher,
    append: boolean,
  ): Promise<void> {
    await this.#check(userId, given);
    const { db, store, clock, accounts } = this.deps;
    const sessions = (await accounts.devices.devicesOf([userId])).get(userId);
    await db.write(async (tx) => {
      const gone = append ? [] : await store.removeOthers(tx, given.appId, given.pushkey, userId);
      const standing = await store.ofUser(tx, userId);
      const same = standing.find(({ appId, pushkey }) => appId === given.appId && pushkey === given.pushkey);
      if (!same && standing.length >= MOST_PUSHERS) {
        throw invalidParam(`nobody may have more than ${MOST_PUSHERS} pushers`);
      }
      const position = tx.position();
      // Another session that changes a pusher leaves it to the one that it belongs to, as long as that lasts.
      const keepsSession = same?.deviceId !== undefined && sessions?.has(same.deviceId) === true;
      await store.put(tx, {
        ...given,
        userId,
        deviceId: keepsSession ? same.deviceId : deviceId,
        pusherId: same?.pusherId ?? position,
        setAt: clock.now(),
        unsubscribeToken: same?.unsubscribeToken ?? randomToken(),
        // What came while it was switched off is not told of afterwards.
        from: same?.isEnabled ? same.from : position,
      });
      this.#changed(tx, [userId, ...gone]);
    });
  }

  /** @returns whether there was one */
  async remove(userId: UserId, appId: string, pushkey: string): Promise<boolean> {
    return this.#remove(userId, (tx) => this.deps.store.remove(tx, appId, pushkey, userId));
  }

  /** Sessions ended, and their pushers with them. */
  async removeOfDevices(userId: UserId, deviceIds: readonly DeviceId[]): Promise<void> {
    if ((await this.ofUser(userId)).length === 0) return;
    await this.#remove(userId, (tx) => this.deps.store.removeOfDevices(tx, userId, deviceIds));
  }

  async removeOfUser(userId: UserId): Promise<void> {
    await this.#remove(userId, (tx) => this.deps.store.removeOfUser(tx, userId));
  }

  /** @returns whether the token was one of a pusher, which is gone now */
  async unsubscribe(token: string): Promise<boolean> {
    const pusher = await this.deps.store.byUnsubscribeToken(this.deps.db, token);
    return pusher !== undefined && (await this.remove(pusher.userId, pusher.appId, pusher.pushkey));
  }

  async #remove(userId: UserId, remove: (tx: Transaction) => Promise<boolean>): Promise<boolean> {
    return this.deps.db.write(async (tx) => {
      const removed = await remove(tx);
      if (removed) this.#changed(tx, [userId]);
      return removed;
    });
  }

  async #check(userId: UserId, { kind, pushkey, data }: NewPusher): Promise<void> {
    if (Buffer.byteLength(JSON.stringify(data)) > MOST_DATA) throw invalidParam(`data may have ${MOST_DATA} bytes`);
    if (kind === 'http') return this.deps.checkUrl(data['url']);
    if (!this.deps.hasEmail) throw invalidParam('this server sends no e-mails about notifications');
    if ((await this.deps.accounts.ownerOfAddress(pushkey)) === userId) return;
    throw new MatrixError(400, 'M_THREEPID_NOT_FOUND', 'the e-mail address is not one of your account');
  }

  #changed(tx: Transaction, userIds: readonly UserId[]): void {
    // The same place in the order of things as what was written: a topic needs one.
    tx.position();
    tx.announce(PUSHERS_TOPIC);
    const forget = () => {
      this.#changes += 1;
      this.#users = undefined;
      for (const userId of userIds) this.#known.delete(userId);
    };
    tx.afterCommit(forget);
    // Whoever lost the database does not know which of the two it was.
    tx.afterUndo(forget);
  }

  async #readUsers(): Promise<ReadonlySet<UserId>> {
    const all = await this.deps.store.users(this.deps.db);
    const isSame = all.length === this.#lastUsers.size && all.every((userId) => this.#lastUsers.has(userId));
    if (!isSame) this.#lastUsers = new Set(all);
    return this.#lastUsers;
  }
}
