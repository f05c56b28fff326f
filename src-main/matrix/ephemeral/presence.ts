import type { Clock, Milliseconds } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import { forbidden } from '../../spec/errors.js';
import type { RoomId, ServerName, UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { roomTopic, userTopic } from '../../storage/news.js';
import type { RoomReader } from '../events/index.js';
import type { OutgoingEdu } from '../federation/index.js';
import type { EphemeralCounter } from './ephemeral-counter.js';
import type { OtherServers } from './other-servers.js';
import type { PresenceStore } from './presence.store.js';

export type PresenceState = 'online' | 'offline' | 'unavailable';

interface UserPresence {
  state: PresenceState;
  statusMsg: string | undefined;
  lastActiveTs: Milliseconds;
  /** when it last changed, among what is not stored */
  changed: number;
  /** when another server last spoke of its user; undefined for people of this one */
  heardAt: Milliseconds | undefined;
  /** when other servers were told last */
  toldAt: Milliseconds;
  /** long polls that run now, and when the last of them ended */
  polls: number;
  lastPollEnd: Milliseconds;
}

/** Without a poll for so long somebody is offline; without doing anything for so long they are away. */
const OFFLINE_AFTER: Milliseconds = 30_000;
const ACTIVE_FOR: Milliseconds = 60_000;
const LONGEST_STATUS = 2_048;
/** A server that comes into a room has to store it first: before that it listens to nobody there. */
const UNTIL_THEY_ARE_IN: Milliseconds = 2_000;
/** What another server said of its people holds so long. */
const HEARD_FOR: Milliseconds = 30 * 60_000;
/** Others are told again of who is still there, before they take them for gone. */
const TELL_EVERY: Milliseconds = 25 * 60_000;
/** People whose presence is kept in memory at once. */
const MOST_PEOPLE = 50_000;
/** The newest changes, which is what most syncs ask for, are at hand without looking at everybody. */
const MOST_RECENT = 2_000;

/** Who is there. @see https://spec.matrix.org/v1.19/client-server-api/#presence */
export class Presence {
  readonly #users = new Map<UserId, UserPresence>();
  /** who changed since `#recentFrom`, the newest last; some more than once */
  #recent: { readonly userId: UserId; readonly changed: number }[] = [];
  #recentFrom = 0;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: PresenceStore;
      readonly clock: Clock;
      readonly counter: EphemeralCounter;
      readonly reader: RoomReader;
      readonly others: OtherServers;
      readonly enabled: boolean;
      /** how often somebody may change how they are */
      readonly limit: RateLimiter;
    },
  ) {}

  /** Somebody says how they are. @throws MatrixError M_LIMIT_EXCEEDED */
  async set(userId: UserId, state: PresenceState, statusMsg: string | undefined): Promise<void> {
    this.deps.limit.take(userId);
    if (!this.deps.enabled) return;
    const { db, store, clock } = this.deps;
    const lastActiveTs = clock.now();
    const user = this.#user(userId);
    Object.assign(user, { state, statusMsg, lastActiveTs });
    await db.write((tx) => store.put(tx, userId, { statusMsg, lastActiveTs }));
    await this.#announce(userId, user);
  }

  /** Somebody's client asks for news: they are there until it no longer does. @returns what to call when the answer is out */
  polls(userId: UserId, state: PresenceState): () => void {
    if (!this.deps.enabled || state === 'offline') return () => undefined;
    const user = this.#user(userId);
    user.polls += 1;
    if (state === 'online') user.lastActiveTs = this.deps.clock.now();
    if (user.state !== state && this.deps.limit.mayTake(userId)) {
      user.state = state;
      void this.#announce(userId, user);
    }
    return () => {
      user.polls -= 1;
      user.lastPollEnd = this.deps.clock.now();
    };
  }

  /** Another server says how somebody of it is. Of people whom nobody here shares a room with it means nothing. */
  async hear(
    userId: UserId,
    said: {
      readonly state: PresenceState;
      readonly statusMsg: string | undefined;
      readonly lastActiveAgo: Milliseconds | undefined;
    },
  ): Promise<void> {
    const { enabled, clock, reader } = this.deps;
    if (!enabled || (await reader.joinedRooms(userId)).length === 0) return;
    const user = this.#user(userId);
    const now = clock.now();
    const statusMsg = said.statusMsg?.slice(0, LONGEST_STATUS);
    const isNews = user.state !== said.state || user.statusMsg !== statusMsg;
    Object.assign(user, { state: said.state, statusMsg, heardAt: now });
    if (said.lastActiveAgo !== undefined) user.lastActiveTs = now - said.lastActiveAgo;
    if (isNews) await this.#announce(userId, user);
  }

  /** Tells servers that came into a room how people are who are in it, as far as there is something to say. */
  introduce(userIds: Iterable<UserId>, servers: readonly ServerName[]): void {
    for (const userId of userIds) {
      const user = this.#users.get(userId);
      if (!user || user.state === 'offline') continue;
      this.deps.others.tellServers(servers, { ...this.#edu(userId, user), patience: UNTIL_THEY_ARE_IN });
    }
  }

  /** How somebody is, for one who may know. @throws MatrixError M_FORBIDDEN unless they share a room */
  async of(userId: UserId, viewer: UserId): Promise<JsonObject> {
    const mayKnow = userId === viewer || (await this.deps.reader.usersSharingRoom(viewer, [userId])).length > 0;
    if (!mayKnow) throw forbidden('you share no room with this user');
    const user = this.#users.get(userId);
    if (user) return this.#content(user);
    const record = this.deps.enabled ? await this.deps.store.one(this.deps.db, userId) : undefined;
    return {
      presence: 'offline',
      ...(record && { last_active_ago: Math.max(0, this.deps.clock.now() - record.lastActiveTs) }),
      ...(record?.statusMsg !== undefined && { status_msg: record.statusMsg }),
    };
  }

  /**
   * m.presence events of what changed after `after`, of those whom the viewer shares a room with.
   *
   * @param met people whom the viewer may see only now: shown whenever they changed
   */
  async changed(
    viewer: UserId,
    after: number,
    met: readonly UserId[] = [],
  ): Promise<{ type: string; sender: UserId; content: JsonObject }[]> {
    const isMet = new Set(met);
    const news = this.#candidates(after, met).filter(([userId, user]) => {
      const isSaid = user.state !== 'offline' || user.statusMsg !== undefined;
      return user.changed > after ? after > 0 || isSaid : isMet.has(userId) && isSaid;
    });
    if (news.length === 0) return [];
    const others = news.map(([userId]) => userId).filter((userId) => userId !== viewer);
    const known = new Set(await this.deps.reader.usersSharingRoom(viewer, others)).add(viewer);
    return news
      .filter(([userId]) => known.has(userId))
      .map(([userId, user]) => ({ type: 'm.presence', sender: userId, content: this.#content(user) }));
  }

  /** Everybody who may have changed after `after`, and some others. */
  #candidates(after: number, others: readonly UserId[]): [UserId, UserPresence][] {
    if (after < this.#recentFrom) return [...this.#users];
    const candidates = new Set(others);
    for (let at = this.#recent.length - 1; at >= 0; at -= 1) {
      const entry = this.#recent[at];
      if (!entry || entry.changed <= after) break;
      candidates.add(entry.userId);
    }
    return [...candidates].flatMap((userId): [UserId, UserPresence][] => {
      const user = this.#users.get(userId);
      return user ? [[userId, user]] : [];
    });
  }

  /** Who is connected: has a poll running or had one just now. */
  countPresent(): number {
    let count = 0;
    for (const user of this.#users.values()) if (user.state !== 'offline') count += 1;
    return count;
  }

  /** Finds who is gone; called now and then. */
  async sweep(): Promise<void> {
    const now = this.deps.clock.now();
    const gone = now - OFFLINE_AFTER;
    for (const [userId, user] of this.#users) {
      if (user.lastPollEnd > now) user.lastPollEnd = now; // the clock was set back
      if (user.lastActiveTs > now) user.lastActiveTs = now;
      if (user.heardAt !== undefined) {
        if (Math.abs(now - user.heardAt) < HEARD_FOR || user.state === 'offline') continue;
        user.state = 'offline';
        await this.#announce(userId, user);
        continue;
      }
      if (user.state !== 'offline' && Math.abs(now - user.toldAt) > TELL_EVERY) this.#tell(userId, user);
      if (user.polls > 0 || user.lastPollEnd > gone || user.lastActiveTs > gone || user.state === 'offline') continue;
      user.state = 'offline';
      await this.#announce(userId, user);
    }
  }

  #content(user: UserPresence): JsonObject {
    const ago = this.deps.clock.now() - user.lastActiveTs;
    return {
      presence: user.state,
      last_active_ago: Math.max(0, ago),
      ...(user.state === 'online' && { currently_active: ago < ACTIVE_FOR }),
      ...(user.statusMsg !== undefined && { status_msg: user.statusMsg }),
    };
  }

  async #announce(userId: UserId, user: UserPresence): Promise<void> {
    const { db, counter, reader } = this.deps;
    user.changed = counter.next();
    this.#remember(userId, user.changed);
    if (user.heardAt === undefined) this.#tell(userId, user);
    // Nobody waits for this: where the rooms cannot be read, others hear of it with their next answer.
    const rooms = await reader.joinedRooms(userId).catch((): RoomId[] => []);
    db.news.announce([userTopic(userId), ...rooms.map(roomTopic)], db.position());
  }

  #remember(userId: UserId, changed: number): void {
    this.#recent.push({ userId, changed });
    if (this.#recent.length < 2 * MOST_RECENT) return;
    this.#recentFrom = this.#recent[MOST_RECENT - 1]?.changed ?? changed;
    this.#recent = this.#recent.slice(MOST_RECENT);
  }

  #tell(userId: UserId, user: UserPresence): void {
    user.toldAt = this.deps.clock.now();
    void this.deps.others.tellNeighbours(userId, this.#edu(userId, user));
  }

  #edu(userId: UserId, user: UserPresence): OutgoingEdu {
    const ago = Math.max(0, this.deps.clock.now() - user.lastActiveTs);
    const said = {
      user_id: userId,
      presence: user.state,
      last_active_ago: ago,
      ...(user.state === 'online' && { currently_active: ago < ACTIVE_FOR }),
      ...(user.statusMsg !== undefined && { status_msg: user.statusMsg }),
    };
    return { type: 'm.presence', content: { push: [said] }, key: userId };
  }

  #user(userId: UserId): UserPresence {
    const known = this.#users.get(userId);
    if (known) return known;
    const now = this.deps.clock.now();
    const user: UserPresence = {
      state: 'offline',
      statusMsg: undefined,
      lastActiveTs: now,
      changed: 0,
      heardAt: undefined,
      toldAt: now,
      polls: 0,
      lastPollEnd: now,
    };
    this.#users.set(userId, user);
    if (this.#users.size > MOST_PEOPLE) this.#forgetOne();
    return user;
  }

  /** The one known longest, of other servers if there is any: people here may have a poll running. */
  #forgetOne(): void {
    let [forgotten] = this.#users.keys();
    for (const [userId, user] of this.#users) {
      if (user.heardAt === undefined) continue;
      forgotten = userId;
      break;
    }
    if (forgotten !== undefined) this.#users.delete(forgotten);
  }
}
