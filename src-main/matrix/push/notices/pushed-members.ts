import type { Cache, Caches } from '../../../base/caches.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { PushReader } from '../../../spec/push-rules/push-event.js';
import type { Database, Position } from '../../../storage/database.js';
import { MEMBERSHIPS_TOPIC, type Membership, type RoomReader, type StoredEvent } from '../../events/index.js';
import type { Pushers } from '../pushers/pushers.js';

/** Somebody in a room who has a pusher. */
export interface PushedMember extends PushReader {
  /** they joined here */
  readonly since: Position;
}

interface Known {
  /** what is said of the room holds unless people came or went after this */
  readonly at: Position;
  readonly users: ReadonlySet<UserId>;
  readonly members: ReadonlyMap<UserId, PushedMember>;
}

/** Who in a room has a pusher; all others cost nothing when a message comes. */
export class PushedMembers {
  readonly #rooms: Cache<RoomId, Known>;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly reader: RoomReader;
      readonly pushers: Pick<Pushers, 'users'>;
      readonly caches: Caches;
    },
  ) {
    this.#rooms = deps.caches.lru('members with pushers', {
      share: 0.005,
      entryBytes: ({ members }) => 300 + 250 * members.size,
    });
  }

  /** Those whom `event` may notify: of a member event only whom it is about. */
  async of(event: StoredEvent): Promise<readonly PushedMember[]> {
    const users = await this.deps.pushers.users();
    if (users.size === 0) return [];
    if (event.type !== 'm.room.member') {
      const members = [...(await this.#members(event.roomId, users)).values()];
      return members.filter(({ since }) => since <= event.nid);
    }
    const target = event.stateKey as UserId;
    if (!users.has(target)) return [];
    // The name by which they are found in messages may be another now.
    this.#rooms.delete(event.roomId);
    const membership = await this.deps.reader.membership(event.roomId, target);
    const isThere = membership?.membership === 'join' || membership?.membership === 'invite';
    return membership && isThere ? [toMember(membership)] : [];
  }

  async #members(roomId: RoomId, users: ReadonlySet<UserId>): Promise<ReadonlyMap<UserId, PushedMember>> {
    const { db, reader } = this.deps;
    const at = db.position();
    const known = this.#rooms.get(roomId);
    if (known?.users === users && !(await this.#hasMoved(roomId, known, at))) return known.members;
    const found = await reader.membersAmong(roomId, [...users]);
    const joined = found.filter(({ membership }) => membership === 'join');
    const members = new Map(joined.map((membership) => [membership.userId, toMember(membership)]));
    this.#rooms.set(roomId, { at, users, members });
    return members;
  }

  async #hasMoved(roomId: RoomId, known: Known, at: Position): Promise<boolean> {
    const { db, reader } = this.deps;
    if (!db.news.mayHaveChangedSince(MEMBERSHIPS_TOPIC, known.at)) return false;
    const changes = await reader.membershipChangesIn([roomId], known.at, at);
    if (changes.some(({ userId }) => known.users.has(userId))) return true;
    this.#rooms.set(roomId, { ...known, at });
    return false;
  }
}

const toMember = ({ userId, displayName, since }: Membership): PushedMember => ({ userId, displayName, since });
