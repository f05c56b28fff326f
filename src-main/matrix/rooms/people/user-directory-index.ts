import { stringAt } from '../../../base/json.js';
import { turn } from '../../../base/yield.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Database, Transaction } from '../../../storage/database.js';
import type { Accounts } from '../../accounts/index.js';
import type { Membership, RoomReader, StoredEvent } from '../../events/index.js';
import type { Profiles } from '../profiles.js';
import type { DirectoryEntry, UserDirectoryStore } from './user-directory.store.js';
import { wordsOf } from '../words.js';

interface IndexDeps {
  readonly db: Database;
  readonly store: UserDirectoryStore;
  readonly reader: RoomReader;
  readonly profiles: Profiles;
  readonly users: Pick<Accounts['users'], 'get' | 'isLocal'>;
}

type Writing = (tx: Transaction) => Promise<void>;

/** Members written in one transaction. */
const LISTED_AT_ONCE = 50;
/** Words that one is found by. */
const MOST_WORDS = 30;

/**
 * Keeps the directory as rooms and profiles are now. What an event says does not matter, only that something may be
 * other: doing it again changes nothing more.
 */
export class UserDirectoryIndex {
  constructor(private readonly deps: IndexDeps) {}

  /** What follows from events; undefined when nothing does. */
  async prepare(events: readonly StoredEvent[]): Promise<Writing | undefined> {
    const opened = new Set(events.filter(decidesWhoMayCome).map(({ roomId }) => roomId));
    const moved = new Map<RoomId, Set<UserId>>();
    for (const event of events) {
      if (event.type !== 'm.room.member' || event.stateKey === undefined || opened.has(event.roomId)) continue;
      moved.set(event.roomId, (moved.get(event.roomId) ?? new Set()).add(event.stateKey as UserId));
    }
    if (opened.size === 0 && moved.size === 0) return undefined;
    const open = await this.#publicOnes([...opened, ...moved.keys()]);
    const writings = [
      ...(await Promise.all([...opened].map((roomId) => this.#wholeRoom(roomId, open.has(roomId))))),
      ...(await Promise.all([...moved].map(([roomId, users]) => this.#someOf(roomId, [...users], open.has(roomId))))),
    ];
    return async (tx) => {
      for (const writing of writings) await writing(tx);
    };
  }

  /** A room's members are all here, of whom most no event told. */
  async listRoom(roomId: RoomId): Promise<void> {
    const { db, reader } = this.deps;
    const isPublic = (await this.#publicOnes([roomId])).has(roomId);
    const userIds: UserId[] = [];
    await reader.eachJoined(roomId, (some) => userIds.push(...some));
    for (let start = 0; start < userIds.length; start += LISTED_AT_ONCE) {
      const writing = await this.#someOf(roomId, userIds.slice(start, start + LISTED_AT_ONCE), isPublic);
      await db.write(writing);
      await turn();
    }
  }

  /** What follows from a change of this account's profile, or its end. */
  async renew(userId: UserId): Promise<void> {
    const { db, store, users } = this.deps;
    const user = await users.get(userId);
    const isListed = user !== undefined && !user.isDeactivated && user.userType !== 'support';
    const writing = isListed
      ? await this.#entries([{ userId, displayName: undefined, avatarUrl: undefined }])
      : undefined;
    await db.write((tx) => (writing ? writing(tx) : store.remove(tx, userId)));
  }

  async #wholeRoom(roomId: RoomId, isPublic: boolean): Promise<Writing> {
    const members = await this.deps.reader.members(roomId, ['join']);
    const entries = await this.#entries(members);
    const shown = isPublic ? members.map(({ userId }) => userId) : [];
    return async (tx) => {
      await entries(tx);
      await this.deps.store.setPublicRoom(tx, roomId, shown);
    };
  }

  async #someOf(roomId: RoomId, userIds: readonly UserId[], isPublic: boolean): Promise<Writing> {
    const standing = await this.deps.reader.membersAmong(roomId, userIds);
    const isIn = ({ membership }: Membership) => membership === 'join';
    const entries = await this.#entries(standing.filter(isIn));
    return async (tx) => {
      await entries(tx);
      for (const each of standing) {
        await this.deps.store.setInPublicRoom(tx, each.userId, roomId, isPublic && isIn(each));
      }
    };
  }

  /** Entries that are other now. Users of this server are called as their profile says, others as they call themselves in the room. */
  async #entries(people: readonly DirectoryEntry[]): Promise<Writing> {
    const { store, db, profiles, users } = this.deps;
    const local = await profiles.of(people.map(({ userId }) => userId).filter((userId) => users.isLocal(userId)));
    const standing = await store.entries(
      db,
      people.map(({ userId }) => userId),
    );
    const changed = people.flatMap(({ userId, displayName, avatarUrl }): DirectoryEntry[] => {
      const names = users.isLocal(userId) ? local.get(userId) : { displayName, avatarUrl };
      const before = standing.get(userId);
      const isSame = before?.displayName === names?.displayName && before?.avatarUrl === names?.avatarUrl;
      return !names || (before && isSame) ? [] : [{ userId, ...names }];
    });
    return async (tx) => {
      for (const entry of changed)
        await store.put(tx, entry, wordsOf(`${entry.userId} ${entry.displayName ?? ''}`, MOST_WORDS));
    };
  }

  /** Those of the rooms that anybody may join or read. */
  async #publicOnes(roomIds: readonly RoomId[]): Promise<ReadonlySet<RoomId>> {
    const { reader } = this.deps;
    const rules = await reader.stateInRooms(roomIds, ['m.room.join_rules', '']);
    const histories = await reader.stateInRooms(roomIds, ['m.room.history_visibility', '']);
    const isOpen = (roomId: RoomId) =>
      stringAt(rules.get(roomId)?.content, 'join_rule') === 'public' ||
      stringAt(histories.get(roomId)?.content, 'history_visibility') === 'world_readable';
    return new Set(roomIds.filter(isOpen));
  }
}

const decidesWhoMayCome = ({ type, stateKey }: StoredEvent): boolean =>
  stateKey === '' && (type === 'm.room.join_rules' || type === 'm.room.history_visibility');
