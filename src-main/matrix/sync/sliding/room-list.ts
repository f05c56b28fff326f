import type { Cache, Caches } from '../../../base/caches.js';
import { arrayAt } from '../../../base/json.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Database, Position } from '../../../storage/database.js';
import { userTopic } from '../../../storage/news.js';
import type { Membership, MembershipState, RoomActivity, RoomReader } from '../../events/index.js';
import type { AccountDataSource } from '../ports.js';

type Departure = 'never' | 'left' | 'put out';

/** A room that may be shown to a user. */
export interface ListedRoom {
  readonly roomId: RoomId;
  readonly membership: MembershipState;
  /** the viewer's own member event, and its place */
  readonly memberNid: number;
  readonly position: Position;
  /** where the membership itself last changed */
  readonly since: Position;
  /** how somebody who is gone went: `never` was in the room, `left`, or was `put out` */
  readonly departure: Departure | undefined;
  /** who invited the viewer */
  readonly inviter: UserId | undefined;
  /** larger for rooms where something happened later */
  readonly activity: Position;
}

/** What lists are made of: a user's rooms, the latest active first, and a few things that the user said of them. */
export interface RoomList {
  readonly rooms: readonly ListedRoom[];
  readonly direct: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
  /** those whose invitations are not shown, whatever else of theirs is */
  readonly ignoredInviters: ReadonlySet<string>;
}

type Known = Omit<RoomList, 'rooms'> & {
  readonly at: Position;
  readonly rooms: readonly Omit<ListedRoom, 'activity'>[];
};

const ALL: readonly MembershipState[] = ['join', 'invite', 'knock', 'leave', 'ban'];

/** What it takes in memory, about. */
const bytesOf = ({ rooms, direct, ignored, ignoredInviters }: Known): number =>
  500 + 250 * rooms.length + 100 * (direct.size + ignored.size + ignoredInviters.size);

/** The rooms of each user; remembered until something of the user's changes. */
export class RoomLists {
  readonly #known: Cache<UserId, Known>;
  /** nid of the member event -> how its user went */
  readonly #departures: Cache<number, Departure>;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly reader: RoomReader;
      readonly activity: RoomActivity;
      readonly accountData: AccountDataSource;
      readonly caches: Caches;
    },
  ) {
    this.#known = deps.caches.lru('room lists', { share: 0.015, entryBytes: bytesOf });
    this.#departures = deps.caches.lru('departures', { share: 0.003, entryBytes: 120 });
  }

  async of(userId: UserId): Promise<RoomList> {
    const { rooms, direct, ignored, ignoredInviters } = await this.#user(userId);
    const joined = rooms.filter(({ membership }) => membership === 'join').map(({ roomId }) => roomId);
    const last = await this.deps.activity.last(joined);
    const listed = rooms.map((room) => ({ ...room, activity: last.get(room.roomId) ?? room.position }));
    listed.sort((a, b) => b.activity - a.activity || (a.roomId < b.roomId ? -1 : 1));
    return { rooms: listed, direct, ignored, ignoredInviters };
  }

  async #user(userId: UserId): Promise<Known> {
    const { db } = this.deps;
    const known = this.#known.get(userId);
    if (known && !db.news.mayHaveChangedSince(userTopic(userId), known.at)) return known;
    const read = await this.#read(userId, db.position());
    this.#known.set(userId, read);
    return read;
  }

  async #read(userId: UserId, at: Position): Promise<Known> {
    const { reader, accountData } = this.deps;
    const memberships = (await reader.roomsOf(userId, ALL)).filter(({ isForgotten }) => !isForgotten);
    const departures = await this.#departuresOf(userId, memberships.filter(isGone));
    const invitations = memberships.filter(({ membership }) => membership === 'invite');
    const events = await reader.eventsByNid(invitations.map(({ eventNid }) => eventNid));
    const inviters = new Map(events.map(({ nid, sender }) => [nid, sender]));
    const direct = await accountData.get(userId, 'm.direct');
    return {
      at,
      direct: new Set(Object.keys(direct ?? {}).flatMap((other) => (arrayAt(direct, other) ?? []).map(String))),
      ignored: await accountData.ignored(userId),
      ignoredInviters: await this.#ignoredInviters(userId, new Set(inviters.values())),
      rooms: memberships.map(({ roomId, membership, eventNid, position, since }) => ({
        roomId,
        membership,
        memberNid: eventNid,
        position,
        since,
        departure: departures.get(eventNid),
        inviter: inviters.get(eventNid),
      })),
    };
  }

  async #ignoredInviters(userId: UserId, inviters: ReadonlySet<UserId>): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const inviter of inviters) {
      if (await this.deps.accountData.isInviterIgnored(userId, inviter)) found.add(inviter);
    }
    return found;
  }

  async #departuresOf(userId: UserId, gone: readonly Membership[]) {
    const found = new Map(gone.map(({ eventNid }) => [eventNid, this.#departures.get(eventNid)]));
    const unknown = gone.filter(({ eventNid }) => found.get(eventNid) === undefined);
    if (unknown.length > 0) {
      const changes = await this.deps.reader.membershipChangesOf(userId, 0, Number.MAX_SAFE_INTEGER);
      const wereIn = new Set(changes.filter(({ membership }) => membership === 'join').map(({ roomId }) => roomId));
      for (const event of await this.deps.reader.eventsByNid(unknown.map(({ eventNid }) => eventNid))) {
        const went = event.sender === userId ? 'left' : 'put out';
        const departure = wereIn.has(event.roomId) ? went : 'never';
        found.set(event.nid, departure);
        this.#departures.set(event.nid, departure);
      }
    }
    return new Map(gone.map(({ eventNid }) => [eventNid, found.get(eventNid) ?? 'never'] as const));
  }
}

const isGone = ({ membership }: Membership): boolean => membership === 'leave' || membership === 'ban';
