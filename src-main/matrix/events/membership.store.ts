import type { Cache, Caches } from '../../base/caches.js';
import { turn } from '../../base/yield.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';

/** `m.room.member`'s `membership`, with `leave` for those who never were in the room. */
export type MembershipState = 'join' | 'invite' | 'knock' | 'leave' | 'ban';

interface MembershipRow {
  room_id: RoomId;
  user_id: UserId;
  membership: MembershipState;
  event_nid: number;
  pos: number;
  since: number;
  is_local: number;
  forgotten: number;
  display_name: string | null;
  avatar_url: string | null;
}

const COLUMNS = `r.room_id, n.name AS user_id, m.membership, m.event_nid, m.pos, m.since, m.is_local, m.forgotten,
  m.display_name, m.avatar_url`;
const FROM = 'FROM memberships m JOIN rooms r ON r.nid = m.room_nid JOIN names n ON n.nid = m.user_nid';

const put = statement<[number, number, string, number, number, number, number, string | null, string | null]>(`
  INSERT INTO memberships
    (room_nid, user_nid, membership, event_nid, pos, since, is_local, display_name, avatar_url, forgotten)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
  ON CONFLICT (room_nid, user_nid) DO UPDATE SET
    membership = excluded.membership, event_nid = excluded.event_nid, pos = excluded.pos, since = excluded.since,
    display_name = excluded.display_name, avatar_url = excluded.avatar_url,
    forgotten = CASE WHEN excluded.membership IN ('leave', 'ban') THEN memberships.forgotten ELSE 0 END`);
const clearRemote = statement<[number]>('DELETE FROM memberships WHERE room_nid = ? AND is_local = 0');
const countOf = statement<[number, string], { count: number }>(
  'SELECT count(*) AS count FROM memberships WHERE room_nid = ? AND membership = ?',
);
const insertChange = statement<[number, number, number, string, string, number]>(`
  INSERT INTO membership_changes (pos, room_nid, user_nid, membership, previous, event_nid) VALUES (?, ?, ?, ?, ?, ?)`);
const joinedAfter = statement<[number, number, number], { user_nid: number; user_id: UserId }>(`
  SELECT m.user_nid, n.name AS user_id FROM memberships m JOIN names n ON n.nid = m.user_nid
  WHERE m.room_nid = ? AND m.user_nid > ? AND m.membership = 'join' ORDER BY m.user_nid LIMIT ?`);
const one = statement<[number, string], MembershipRow>(`SELECT ${COLUMNS} ${FROM} WHERE m.room_nid = ? AND n.name = ?`);
const ofUser = statement<[string], MembershipRow>(`SELECT ${COLUMNS} ${FROM} WHERE n.name = ?`);
const inRoom = statement<[number, string, number, number], MembershipRow>(
  `SELECT ${COLUMNS} ${FROM} WHERE m.room_nid = ? AND m.membership = ? AND m.event_nid > ? ORDER BY m.event_nid LIMIT ?`,
);
const someInRoom = statement<[number, readonly string[]], MembershipRow>(
  `SELECT ${COLUMNS} ${FROM} WHERE m.room_nid = ? AND n.name IN TEXTS(?)`,
);
const sharedWith = statement<[string, readonly string[]], { user_id: UserId }>(`
  SELECT DISTINCT o.name AS user_id FROM names o
  JOIN memberships m ON m.user_nid = o.nid AND m.membership = 'join'
  JOIN memberships mine ON mine.room_nid = m.room_nid AND mine.membership = 'join'
  JOIN names n ON n.nid = mine.user_nid
  WHERE n.name = ? AND o.name IN TEXTS(?)`);
const changesOfUser = statement<[string, number, number], ChangeRow>(`
  SELECT c.pos, r.room_id, n.name AS user_id, c.membership, c.previous, c.event_nid FROM names n
  JOIN membership_changes c ON c.user_nid = n.nid JOIN rooms r ON r.nid = c.room_nid
  WHERE n.name = ? AND c.pos > ? AND c.pos <= ? ORDER BY c.pos`);
const changesInRooms = statement<[readonly string[], number, number], ChangeRow>(`
  SELECT c.pos, r.room_id, n.name AS user_id, c.membership, c.previous, c.event_nid FROM rooms r
  JOIN membership_changes c ON c.room_nid = r.nid JOIN names n ON n.nid = c.user_nid
  WHERE r.room_id IN TEXTS(?) AND c.pos > ? AND c.pos <= ? ORDER BY c.pos`);
const changesOfUserInRoom = statement<[number, string], ChangeRow>(`
  SELECT c.pos, r.room_id, n.name AS user_id, c.membership, c.previous, c.event_nid FROM names n
  JOIN membership_changes c ON c.user_nid = n.nid AND c.room_nid = ? JOIN rooms r ON r.nid = c.room_nid
  WHERE n.name = ? ORDER BY c.pos`);
const here = statement<[number], { user_nid: number }>(
  "SELECT user_nid FROM memberships WHERE room_nid = ? AND is_local = 1 AND membership = 'join' LIMIT 1",
);
const seenHere = statement<[readonly string[]], { user_id: UserId }>(`
  SELECT DISTINCT o.name AS user_id FROM names o JOIN memberships m ON m.user_nid = o.nid AND m.membership = 'join'
  WHERE o.name IN TEXTS(?) AND EXISTS (
    SELECT 1 FROM memberships mine
    WHERE mine.room_nid = m.room_nid AND mine.is_local = 1 AND mine.membership = 'join')`);
const localIn = statement<[number, number], MembershipRow>(
  `SELECT ${COLUMNS} ${FROM} WHERE m.room_nid = ? AND m.is_local = 1 AND m.membership = 'join' LIMIT ?`,
);
const forget = statement<[number, string]>(`
  UPDATE memberships SET forgotten = 1
  WHERE room_nid = ? AND user_nid IN (SELECT nid FROM names WHERE name = ?) AND membership IN ('leave', 'ban')`);

/** Members read without a turn of the event loop. */
const READ_AT_ONCE = 2_000;

interface ChangeRow {
  pos: number;
  room_id: RoomId;
  user_id: UserId;
  membership: MembershipState;
  previous: MembershipState;
  event_nid: number;
}

/** What a user is in a room now. */
export interface Membership {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly membership: MembershipState;
  /** the member event */
  readonly eventNid: number;
  /** where the member event came */
  readonly position: Position;
  /** where the membership itself last changed: a change of name moves `position` only */
  readonly since: Position;
  readonly isLocal: boolean;
  readonly isForgotten: boolean;
  readonly displayName: string | undefined;
  readonly avatarUrl: string | undefined;
}

/** A step from one membership to another; changes of name are none. */
export interface MembershipChange {
  readonly position: Position;
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly membership: MembershipState;
  readonly previous: MembershipState;
  readonly eventNid: number;
}

/** What the memberships of a user take in memory, about. */
const bytesOf = (memberships: readonly Membership[]): number => 200 + 400 * memberships.length;

/** Tables `memberships` and `membership_changes`. */
export class MembershipStore {
  /** All memberships of users who asked lately: every sync asks. */
  readonly #ofUsers: Cache<UserId, readonly Membership[]>;
  /** Counts changes, so that a read begun before one does not fill the cache after it. */
  #changes = 0;

  constructor(caches: Caches) {
    this.#ofUsers = caches.lru('memberships', { share: 0.04, entryBytes: bytesOf });
  }

  async put(tx: Transaction, roomNid: number, userNid: number, given: Membership): Promise<void> {
    const { membership, eventNid, position, since, isLocal, displayName, avatarUrl } = given;
    const local = isLocal ? 1 : 0;
    const [name, avatar] = [displayName ?? null, avatarUrl ?? null];
    await tx.run(put, roomNid, userNid, membership, eventNid, position, since, local, name, avatar);
    this.#forgetAfter(tx, given.userId);
  }

  async addChange(tx: Transaction, roomNid: number, userNid: number, change: MembershipChange): Promise<void> {
    const { position, membership, previous, eventNid } = change;
    await tx.run(insertChange, position, roomNid, userNid, membership, previous, eventNid);
  }

  /** Several steps of different people. */
  async addChanges(
    tx: Transaction,
    roomNid: number,
    rows: readonly { readonly userNid: number; readonly change: MembershipChange }[],
  ): Promise<void> {
    await tx.runMany(
      insertChange,
      rows.map(
        ({ userNid, change: { position, membership, previous, eventNid } }) =>
          [position, roomNid, userNid, membership, previous, eventNid] as [
            number,
            number,
            number,
            string,
            string,
            number,
          ],
      ),
    );
  }

  /** Memberships of several people. */
  async putMany(
    tx: Transaction,
    roomNid: number,
    rows: readonly { readonly userNid: number; readonly membership: Membership }[],
  ): Promise<void> {
    await tx.runMany(
      put,
      rows.map(
        ({ userNid, membership: is }) =>
          [
            roomNid,
            userNid,
            is.membership,
            is.eventNid,
            is.position,
            is.since,
            is.isLocal ? 1 : 0,
            is.displayName ?? null,
            is.avatarUrl ?? null,
          ] as [number, number, string, number, number, number, number, string | null, string | null],
      ),
    );
    for (const { membership } of rows) this.#forgetAfter(tx, membership.userId);
  }

  /** Who is joined, in pieces: calls `see` with each piece. */
  async eachJoined(db: Reader, roomNid: number, see: (userIds: readonly UserId[]) => void): Promise<void> {
    for (let last = 0; ; await turn()) {
      const rows = await db.all(joinedAfter, roomNid, last, READ_AT_ONCE);
      see(rows.map((row) => row.user_id));
      const next = rows.at(-1);
      if (!next || rows.length < READ_AT_ONCE) return;
      last = next.user_nid;
    }
  }

  /** Forgets everybody of other servers. */
  async clearRemote(tx: Transaction, roomNid: number): Promise<void> {
    await tx.run(clearRemote, roomNid);
  }

  /** How many people are joined and invited, counted. */
  async count(db: Reader, roomNid: number): Promise<{ joined: number; invited: number }> {
    const of = async (membership: MembershipState) => (await db.get(countOf, roomNid, membership))?.count ?? 0;
    return { joined: await of('join'), invited: await of('invite') };
  }

  async one(db: Reader, roomNid: number, userId: UserId): Promise<Membership | undefined> {
    const row = await db.get(one, roomNid, userId);
    return row && toMembership(row);
  }

  /** What is committed, whatever `memberships`: remembered until the user's next change. */
  async ofUser(db: Reader, userId: UserId, memberships: readonly MembershipState[]): Promise<Membership[]> {
    const all = this.#ofUsers.get(userId) ?? (await this.#readUser(db, userId));
    return all.filter(({ membership }) => memberships.includes(membership));
  }

  /** In the order in which the member events came. */
  async inRoom(
    db: Reader,
    roomNid: number,
    memberships: readonly MembershipState[],
    limit: number,
  ): Promise<Membership[]> {
    // One query for each of the few memberships: all at once would sort everybody in the room to find the first few.
    const kinds = await Promise.all(memberships.map((membership) => this.#ofKind(db, roomNid, membership, limit)));
    const [only, ...others] = kinds;
    if (others.length === 0) return (only ?? []).map(toMembership);
    const inOrder = kinds.flat().sort((a, b) => a.event_nid - b.event_nid);
    return inOrder.slice(0, limit).map(toMembership);
  }

  /** In pieces: a large room has a hundred thousand members. */
  async #ofKind(db: Reader, roomNid: number, membership: MembershipState, limit: number): Promise<MembershipRow[]> {
    const found: MembershipRow[] = [];
    for (let last = 0; ; await turn()) {
      const wanted = Math.min(READ_AT_ONCE, limit - found.length);
      const rows = await db.all(inRoom, roomNid, membership, last, wanted);
      found.push(...rows);
      const next = rows.at(-1);
      if (!next || rows.length < wanted || found.length >= limit) return found;
      last = next.event_nid;
    }
  }

  async some(db: Reader, roomNid: number, userIds: readonly UserId[]): Promise<Membership[]> {
    return (await db.all(someInRoom, roomNid, userIds)).map(toMembership);
  }

  /** Whether anybody of this server is joined. */
  async isHere(db: Reader, roomNid: number): Promise<boolean> {
    return (await db.get(here, roomNid)) !== undefined;
  }

  /** Those of `userIds` who are joined to a room to which somebody of this server is joined. */
  async seenHere(db: Reader, userIds: readonly UserId[]): Promise<UserId[]> {
    return (await db.all(seenHere, userIds)).map((row) => row.user_id);
  }

  /** Those of this server who are joined, in no order. */
  async localIn(db: Reader, roomNid: number, limit: number): Promise<Membership[]> {
    return (await db.all(localIn, roomNid, limit)).map(toMembership);
  }

  /** Those of `others` who are joined to a room that `userId` is joined to. */
  async sharedWith(db: Reader, userId: UserId, others: readonly UserId[]): Promise<UserId[]> {
    if (others.length === 0) return [];
    return (await db.all(sharedWith, userId, others)).map((row) => row.user_id);
  }

  async changesOfUser(db: Reader, userId: UserId, after: Position, upTo: Position): Promise<MembershipChange[]> {
    return (await db.all(changesOfUser, userId, after, upTo)).map(toChange);
  }

  async changesInRooms(db: Reader, roomIds: readonly RoomId[], after: Position, upTo: Position) {
    if (roomIds.length === 0) return [];
    return (await db.all(changesInRooms, roomIds, after, upTo)).map(toChange);
  }

  /** All that this user ever was in this room, in order. */
  async history(db: Reader, roomNid: number, userId: UserId): Promise<MembershipChange[]> {
    return (await db.all(changesOfUserInRoom, roomNid, userId)).map(toChange);
  }

  /** @returns whether there was something to forget */
  async forget(tx: Transaction, roomNid: number, userId: UserId): Promise<boolean> {
    this.#forgetAfter(tx, userId);
    return (await tx.run(forget, roomNid, userId)) > 0;
  }

  /** What is remembered of a user does not hold any more. */
  forgetCached(tx: Transaction, userId: UserId): void {
    this.#forgetAfter(tx, userId);
  }

  async #readUser(db: Reader, userId: UserId): Promise<readonly Membership[]> {
    const changes = this.#changes;
    const all = (await db.all(ofUser, userId)).map(toMembership);
    if (changes === this.#changes) this.#ofUsers.set(userId, all);
    return all;
  }

  /** Undone too: whoever lost the database at the commit does not know which of the two it was. */
  #forgetAfter(tx: Transaction, userId: UserId): void {
    const forget = () => {
      this.#changes += 1;
      this.#ofUsers.delete(userId);
    };
    tx.afterCommit(forget);
    tx.afterUndo(forget);
  }
}

const toMembership = (row: MembershipRow): Membership => ({
  roomId: row.room_id,
  userId: row.user_id,
  membership: row.membership,
  eventNid: row.event_nid,
  position: row.pos,
  since: row.since,
  isLocal: row.is_local === 1,
  isForgotten: row.forgotten === 1,
  displayName: row.display_name ?? undefined,
  avatarUrl: row.avatar_url ?? undefined,
});

const toChange = (row: ChangeRow): MembershipChange => ({
  position: row.pos,
  roomId: row.room_id,
  userId: row.user_id,
  membership: row.membership,
  previous: row.previous,
  eventNid: row.event_nid,
});
