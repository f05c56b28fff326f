import type { Cache, Caches } from '../../../base/caches.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Membership } from '../../events/index.js';
import type { Standpoint } from './connection.js';
import type { ConnectionKey } from './connections.store.js';

/** A member event, by whom it is about. */
type Member = Pick<Membership, 'userId' | 'eventNid'>;
/** user id -> nid of the member event that was sent */
type Members = Map<UserId, number>;

interface Answered {
  /** the serial of the last answer, and of the one that it built upon */
  serial: number;
  base: number;
  /** what had arrived when the last answer was built */
  readonly arrived: Map<RoomId, Members>;
  /** what only the last answer said */
  latest: ReadonlyMap<RoomId, Members>;
  counts: ReadonlyMap<string, number>;
}

const REMEMBERED_ROOMS = 500;
const REMEMBERED_MEMBERS = 100;

/** What a connection takes in memory, about. */
function bytesOf({ arrived, latest, counts }: Answered): number {
  const members = [...arrived.values(), ...latest.values()].reduce((sum, { size }) => sum + 150 + 100 * size, 0);
  return 500 + 100 * counts.size + members;
}

/**
 * What each connection was told that is not worth storing: members, so that they do not come with each message, and how
 * long its lists were. In memory: what is forgotten is said again.
 */
export class KnownMembers {
  readonly #answered: Cache<string, Answered>;

  constructor(caches: Caches) {
    this.#answered = caches.lru('members told', { share: 0.02, entryBytes: bytesOf });
  }

  /** What a client that comes with this standpoint knows. */
  open(key: ConnectionKey, base: Standpoint): Recollection {
    const known = this.#answered.get(keyOf(key));
    if (!known || base.serial === 0) return new Recollection(undefined);
    if (base.serial === known.serial) {
      for (const [roomId, members] of known.latest) addMembers(known.arrived, roomId, members);
    } else if (base.serial !== known.base) {
      known.arrived.clear();
    }
    known.latest = new Map();
    return new Recollection(known.arrived, base.serial === known.serial ? known.counts : undefined);
  }

  /** An answer goes out. */
  close(
    key: ConnectionKey,
    base: Standpoint,
    serial: number,
    told: { readonly members: ReadonlyMap<RoomId, Members>; readonly counts: ReadonlyMap<string, number> },
  ): void {
    const known = base.serial === 0 ? undefined : this.#answered.get(keyOf(key));
    const arrived = known?.arrived ?? new Map<RoomId, Members>();
    const answered = { serial, base: base.serial, arrived, latest: told.members, counts: told.counts };
    this.#answered.set(keyOf(key), answered);
  }
}

/** What one client knows, and what it is about to be told. */
export class Recollection {
  constructor(
    private readonly arrived: ReadonlyMap<RoomId, Members> | undefined,
    /** how long its lists were; undefined when that is not known */
    readonly counts?: ReadonlyMap<string, number> | undefined,
  ) {}

  /** Those of `members` that the client was not told of. */
  unknown(roomId: RoomId, members: readonly Member[]): Member[] {
    const known = this.arrived?.get(roomId);
    return members.filter((member) => known?.get(member.userId) !== member.eventNid);
  }
}

function addMembers(rooms: Map<RoomId, Members>, roomId: RoomId, members: Members): void {
  const all = rooms.get(roomId) ?? new Map<UserId, number>();
  for (const [userId, nid] of members) {
    all.delete(userId);
    all.set(userId, nid);
  }
  for (const userId of all.keys()) {
    if (all.size <= REMEMBERED_MEMBERS) break;
    all.delete(userId);
  }
  rooms.delete(roomId);
  rooms.set(roomId, all);
  const [oldest] = rooms.keys();
  if (rooms.size > REMEMBERED_ROOMS && oldest !== undefined) rooms.delete(oldest);
}

const keyOf = ({ userId, deviceId, connId }: ConnectionKey): string => `${userId} ${deviceId} ${connId}`;
