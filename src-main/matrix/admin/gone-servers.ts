import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import { turn } from '../../base/yield.js';
import { MatrixError } from '../../spec/errors.js';
import type { RoomId, ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { Events } from '../events/index.js';
import type { Queues } from '../federation/index.js';
import type { CopiesOfServers } from '../media/index.js';
import type { RoomCare } from '../rooms/index.js';
import type { Destination, Servers } from '../servers/index.js';
import type { TidiedServerStore } from './tidied-servers.store.js';

const DAY: Milliseconds = 86_400_000;
/** A name that nobody finds for so long is given up; a server that does not answer may be repaired for longer. */
const NAME_GONE = 7 * DAY;
const SERVER_GONE = 30 * DAY;
const PAGE = 500;
const MOST_PAGES = 100;
const MOST_LISTED = 200;
const MOST_ROOMS = 1_000;

export interface GoneServersDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly servers: Pick<Servers, 'destinations' | 'peers'>;
  readonly queues: Queues;
  readonly events: Pick<Events, 'inCommon' | 'reader'>;
  readonly rooms: Pick<RoomCare, 'figures' | 'removals'>;
  readonly copies: CopiesOfServers;
  readonly store: TidiedServerStore;
}

/** A server that has not answered for long. */
export interface GoneServer {
  readonly server: ServerName;
  readonly failingSince: Milliseconds;
  /** its name is not found any more */
  readonly isNameGone: boolean;
}

/** What is kept for a server. */
export interface KeptForServer {
  readonly server: ServerName;
  /** messages that wait for it; `isMore`: there are more than were counted */
  readonly events: number;
  readonly isMore: boolean;
  /** keys and device lists that wait for it */
  readonly others: number;
  /** copies of what was uploaded there */
  readonly copies: { readonly count: number; readonly bytes: number };
  /** rooms that its people are in */
  readonly rooms: number;
}

/** A room in which nobody is but people of this server and of those that are gone. */
export interface RoomLeftAlone {
  readonly roomId: RoomId;
  readonly name: string | undefined;
  /** people of this server */
  readonly local: number;
  readonly events: number;
  readonly bytes: number;
}

/** What else is to go, beside what waits. */
export interface TidyRequest {
  /** copies of what was uploaded there, which nobody has any more */
  readonly copies: boolean;
  /** rooms left alone: people here are taken out of them, and what is stored of them goes */
  readonly rooms: boolean;
}

export interface Tidied {
  readonly servers: number;
  readonly copies: { readonly count: number; readonly bytes: number };
  /** rooms that are being removed */
  readonly rooms: number;
}

/** Tidies up after servers that are gone: what waits for them, what was copied from them, rooms left alone with them. */
export class GoneServers {
  constructor(private readonly deps: GoneServersDeps) {}

  /** Those that have not answered for long and did not speak to us either; those gone longest first, at most 200. */
  async list(): Promise<GoneServer[]> {
    const found: GoneServer[] = [];
    let after: ServerName | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const some = await this.#page(after);
      found.push(...(await this.#silent(some.flatMap((each) => this.#gone(each) ?? []))));
      after = some.at(-1)?.server;
      if (some.length < PAGE) break;
    }
    return found.sort((a, b) => a.failingSince - b.failingSince).slice(0, MOST_LISTED);
  }

  /** What is kept for some servers, each. */
  async kept(names: readonly ServerName[]): Promise<KeptForServer[]> {
    const { db, queues, events, copies } = this.deps;
    const [waiting, inCommon, sums] = await Promise.all([
      queues.waiting(names),
      events.inCommon.counts(db, names),
      copies.amounts(names),
    ]);
    return names.map((server) => {
      const { events: count = 0, isMore = false, others = 0 } = waiting.get(server) ?? {};
      return {
        server,
        events: count,
        isMore,
        others,
        copies: sums.get(server) ?? NOTHING,
        rooms: inCommon.get(server)?.rooms ?? 0,
      };
    });
  }

  /** Rooms that people here share with none but these. */
  async leftAlone(names: readonly ServerName[]): Promise<RoomLeftAlone[]> {
    const { figures } = this.deps.rooms;
    const found: RoomLeftAlone[] = [];
    for (const roomId of await this.#roomsLeftAlone(names)) {
      const room = await figures.recount(roomId);
      const { name, alias, local = 0, events = 0, bytes = 0 } = room ?? {};
      found.push({ roomId, name: name ?? alias, local, events, bytes });
    }
    return found;
  }

  /**
   * Drops what waits for them, and what else is asked for. What is known of a server goes too, once no room is shared
   * with it. One that is there after all is met anew.
   */
  async tidy(names: readonly ServerName[], { copies, rooms }: TidyRequest): Promise<Tidied> {
    const { queues, log } = this.deps;
    for (const server of names) await queues.drop(server);
    const gone = copies ? await this.deps.copies.remove(names) : NOTHING;
    const removed = rooms ? await this.#removeRooms(names) : new Set<RoomId>();
    for (const server of names) await this.#forgetOrMark(server, removed);
    log.info('tidied up after servers that are gone', { servers: names.length, rooms: removed.size, ...gone });
    return { servers: names.length, copies: gone, rooms: removed.size };
  }

  /** Forgets those that were tidied up after and share no room any more; to be called when a room is gone. */
  async forgetMarked(): Promise<void> {
    const { db, store } = this.deps;
    for (const server of await store.all(db)) {
      if ((await this.#roomsWith(server)).length > 0) continue;
      await this.#forget(server);
    }
  }

  #page(after: ServerName | undefined): Promise<Destination[]> {
    const { destinations } = this.deps.servers;
    return destinations.list({ onlyFailing: true, limit: PAGE, ...(after === undefined ? {} : { after }) });
  }

  #gone({ server, failingSince, lastFailure }: Destination): GoneServer | undefined {
    if (failingSince === undefined) return undefined;
    const length = this.deps.clock.now() - failingSince;
    const isNameGone = lastFailure?.cause === 'dns' && length >= NAME_GONE;
    return isNameGone || length >= SERVER_GONE ? { server, failingSince, isNameGone } : undefined;
  }

  /** One that we cannot reach may still speak to us. */
  async #silent(gone: readonly GoneServer[]): Promise<GoneServer[]> {
    if (gone.length === 0) return [];
    const facts = await this.deps.servers.peers.facts(gone.map(({ server }) => server));
    return gone.filter(({ server, failingSince }) => (facts.get(server)?.lastHeard ?? 0) < failingSince);
  }

  async #roomsWith(server: ServerName): Promise<RoomId[]> {
    const { db, events } = this.deps;
    return (await events.inCommon.rooms(db, server, MOST_ROOMS)).map(({ roomId }) => roomId);
  }

  async #roomsLeftAlone(names: readonly ServerName[]): Promise<RoomId[]> {
    const { reader } = this.deps.events;
    const gone = new Set(names);
    const rooms = new Set<RoomId>();
    for (const server of names) for (const roomId of await this.#roomsWith(server)) rooms.add(roomId);
    const alone: RoomId[] = [];
    for (const roomId of rooms) {
      if ((await reader.serversIn(roomId)).every((server) => gone.has(server))) alone.push(roomId);
      await turn();
    }
    return alone;
  }

  async #removeRooms(names: readonly ServerName[]): Promise<Set<RoomId>> {
    const removed = new Set<RoomId>();
    for (const roomId of await this.#roomsLeftAlone(names)) {
      try {
        await this.deps.rooms.removals.removeRoom(roomId, { by: undefined, block: false, purge: true });
      } catch (error) {
        // it is being removed already
        if (!(error instanceof MatrixError)) throw error;
      }
      removed.add(roomId);
    }
    return removed;
  }

  async #forgetOrMark(server: ServerName, removed: ReadonlySet<RoomId>): Promise<void> {
    const { db, store } = this.deps;
    const shared = await this.#roomsWith(server);
    if (shared.length === 0) await this.#forget(server);
    else if (shared.every((roomId) => removed.has(roomId))) await db.write((tx) => store.add(tx, server));
  }

  async #forget(server: ServerName): Promise<void> {
    const { db, store, servers, queues } = this.deps;
    const isStillGone = servers.destinations.failingSince(server) !== undefined;
    if (isStillGone) {
      await queues.drop(server);
      await servers.destinations.forget(server);
      await servers.peers.forget(server);
    }
    await db.write((tx) => store.remove(tx, server));
  }
}

const NOTHING = { count: 0, bytes: 0 };
