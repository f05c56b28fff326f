import type { RoomId, UserId } from '../../spec/ids.js';
import type { Database, Position, Transaction } from '../../storage/database.js';
import { roomTopic, streamTopic, type Topic, userTopic } from '../../storage/news.js';
import { MEMBERSHIPS_TOPIC, type MembershipChange } from '../events/index.js';
import type { DeviceListStore } from './device-lists.store.js';
import type { ChangedKeys, DeviceUpdates } from './device-updates.js';
import type { SharedRooms } from './ports.js';

const STREAM = streamTopic('device_lists');

/** Who waits for news of somebody's devices. */
export type Audience = readonly Topic[];

/** Whose keys a client must ask for again, and whose it can forget. */
export interface DeviceListChanges {
  readonly changed: readonly UserId[];
  readonly left: readonly UserId[];
}

const NOTHING: DeviceListChanges = { changed: [], left: [] };

/**
 * Who must hear that somebody's devices or keys changed: worked out when they ask, so that a change costs the same
 * however many people see it.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#tracking-the-device-list-for-a-user
 */
export class DeviceLists {
  constructor(
    private readonly deps: { db: Database; store: DeviceListStore; rooms: SharedRooms; updates: DeviceUpdates },
  ) {}

  /** Who waits for news of this user's devices. Ask before the transaction, give it to `record` inside. */
  async audience(userId: UserId): Promise<Audience> {
    const rooms = await this.deps.rooms.joinedRooms(userId);
    return [STREAM, userTopic(userId), ...rooms.map(roomTopic)];
  }

  /** Notes that devices or keys of a user of this server changed, and has other servers told. */
  async record(tx: Transaction, userId: UserId, audience: Audience, what: ChangedKeys): Promise<void> {
    await this.note(tx, userId, audience);
    await this.deps.updates.append(tx, userId, what);
  }

  /** Notes that devices or keys of anybody changed, for our own users. */
  async note(tx: Transaction, userId: UserId, audience: Audience): Promise<void> {
    await this.deps.store.put(tx, userId, tx.position());
    tx.announce(...audience);
  }

  /**
   * What changed for `userId` after `from`, up to `to`. A user who changed after `to` too is named already now, and will
   * be again.
   *
   * @param joined the rooms that `userId` is joined to, where the caller knows them
   */
  async changes(userId: UserId, from: Position, to: Position, joined?: readonly RoomId[]): Promise<DeviceListChanges> {
    if (from >= to) return NOTHING;
    const [keys, members] = await Promise.all([
      this.#keyChanges(userId, from),
      this.#memberChanges(userId, from, to, joined),
    ]);
    const changed = new Set([...keys.changed, ...members.arrived]);
    const others = [...new Set([...changed, ...members.departed])].filter((id) => id !== userId);
    const together = new Set(others.length > 0 ? await this.deps.rooms.usersSharingRoom(userId, others) : []);
    const seen = others.filter((id) => changed.has(id) && together.has(id));
    const own = keys.changed.filter((id) => id === userId);
    return {
      changed: [...new Set([...seen, ...keys.signed, ...own])],
      left: others.filter((id) => members.departed.has(id) && !together.has(id)),
    };
  }

  async #keyChanges(userId: UserId, from: Position): Promise<{ changed: UserId[]; signed: UserId[] }> {
    const { db, store } = this.deps;
    if (!db.news.mayHaveChangedSince(STREAM, from)) return { changed: [], signed: [] };
    const [changed, signed] = await Promise.all([store.changedSince(db, from), store.signedSince(db, userId, from)]);
    return { changed, signed };
  }

  /** Who came into sight and who may have gone out of it by joining and leaving. */
  async #memberChanges(userId: UserId, from: Position, to: Position, known?: readonly RoomId[]): Promise<Movement> {
    const { db, rooms } = this.deps;
    const movement: Movement = { arrived: new Set(), departed: new Set() };
    if (!db.news.mayHaveChangedSince(MEMBERSHIPS_TOPIC, from)) return movement;
    const own = db.news.mayHaveChangedSince(userTopic(userId), from)
      ? await rooms.membershipChangesOf(userId, from, to)
      : [];
    const joined = new Set(known ?? (await rooms.joinedRooms(userId)));
    const steps = new Map(own.filter(entersOrLeaves).map((step) => [step.roomId, step]));
    const lively = [...joined, ...steps.keys()].filter((id) => db.news.mayHaveChangedSince(roomTopic(id), from));
    if (lively.length > 0)
      note(movement, await rooms.membershipChangesIn([...new Set(lively)], from, to), steps, joined);
    if (steps.size > 0) await this.#ownSteps(movement, steps, joined);
    return movement;
  }

  /** Joining a room brings all its members into sight, leaving takes them out. */
  async #ownSteps(movement: Movement, steps: ReadonlyMap<RoomId, MembershipChange>, joined: ReadonlySet<RoomId>) {
    await Promise.all(
      [...steps].map(async ([roomId, step]) => {
        for (const { userId, since } of await this.deps.rooms.members(roomId, ['join'])) {
          if (joined.has(roomId)) movement.arrived.add(userId);
          else if (since < step.position) movement.departed.add(userId);
        }
      }),
    );
  }
}

interface Movement {
  readonly arrived: Set<UserId>;
  readonly departed: Set<UserId>;
}

const entersOrLeaves = ({ membership, previous }: MembershipChange): boolean =>
  (membership === 'join') !== (previous === 'join');

/** Steps of others in rooms that the user is in, or was until its own last step there. */
function note(
  { arrived, departed }: Movement,
  changes: readonly MembershipChange[],
  own: ReadonlyMap<RoomId, MembershipChange>,
  joined: ReadonlySet<RoomId>,
): void {
  for (const change of changes) {
    if (!entersOrLeaves(change)) continue;
    if (!joined.has(change.roomId) && change.position > (own.get(change.roomId)?.position ?? 0)) continue;
    if (change.membership === 'join') arrived.add(change.userId);
    else departed.add(change.userId);
  }
}
