import type { RoomId, ServerName } from '../../spec/ids.js';
import { domainOf } from '../../spec/state-view.js';
import type { Database, Position } from '../../storage/database.js';
import { streamTopic, type Topic } from '../../storage/news.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { OutgoingPdu, OutgoingStore } from './outgoing.store.js';
import type { RoomServerStore } from './room-servers.store.js';
import type { Room, RoomStore } from './rooms.store.js';
import { OUTGOING_STREAM } from './topics.js';

/** An event with the servers that must get it. */
export interface AddressedPdu {
  readonly pdu: OutgoingPdu;
  readonly servers: ReadonlySet<ServerName>;
}

/** Events that other servers must get, in order: those of people here, and those whose senders we let into a room. */
export class OutgoingEvents {
  /** announced with each event that must go out */
  readonly topic: Topic = streamTopic(OUTGOING_STREAM);

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly serverName: ServerName;
      readonly rooms: RoomStore;
      readonly events: EventStore;
      readonly outgoing: OutgoingStore;
      readonly servers: RoomServerStore;
    },
  ) {}

  /**
   * Up to `limit` after `position`, oldest first, each with the servers that must get it. For who follows them: of what
   * was written a moment ago nothing is read again.
   */
  async next(position: Position, limit: number): Promise<AddressedPdu[]> {
    const written = this.deps.outgoing.newest(position, limit);
    const found: AddressedPdu[] = [];
    if (written) {
      for (const { pdu, event } of written) found.push({ pdu, servers: await this.#serversOf(event, pdu.position) });
      return found;
    }
    for (const pdu of await this.after(position, limit)) {
      found.push({ pdu, servers: await this.serversAt(pdu.roomId, pdu.position) });
    }
    return found;
  }

  /** Up to `limit` after `position`, oldest first. */
  after(position: Position, limit: number): Promise<OutgoingPdu[]> {
    return this.deps.outgoing.after(this.deps.db, position, limit);
  }

  /** How many there are after `position`; `limit` when there are more. */
  countAfter(position: Position, limit: number): Promise<number> {
    return this.deps.outgoing.countAfter(this.deps.db, position, limit);
  }

  /** The position that `count` others come after; undefined when there are not so many. */
  before(count: number): Promise<Position | undefined> {
    return this.deps.outgoing.before(this.deps.db, count);
  }

  /** Those at some positions, oldest first. */
  at(positions: readonly Position[]): Promise<OutgoingPdu[]> {
    return this.deps.outgoing.at(this.deps.db, positions);
  }

  /** The newest of each room that has any after `position`, oldest first. */
  latest(position: Position): Promise<{ readonly position: Position; readonly roomId: RoomId }[]> {
    return this.deps.outgoing.latest(this.deps.db, position);
  }

  /**
   * The other servers that were in the room when its event at `position` came: who came in by it is not among them, who
   * was put out by it is. The sender's server has it already.
   */
  async serversAt(roomId: RoomId, position: Position): Promise<ReadonlySet<ServerName>> {
    const { db, rooms, events, outgoing } = this.deps;
    const nid = await outgoing.eventAt(db, position);
    const event = nid === undefined ? undefined : await events.byNid(db, nid);
    if (event) return this.#serversOf(event, position);
    const room = await rooms.byId(db, roomId);
    return room ? this.#present(room, position) : new Set();
  }

  /** Nobody needs what is not the newest of its room up to `position` any more. */
  release(position: Position): Promise<void> {
    const { db, outgoing } = this.deps;
    return db.write((tx) => outgoing.release(tx, position));
  }

  async #serversOf(event: StoredEvent, position: Position): Promise<ReadonlySet<ServerName>> {
    const servers = await this.#present(event.room, position);
    this.#adjust(servers, event);
    return servers;
  }

  async #present({ nid }: Room, position: Position): Promise<Set<ServerName>> {
    const present = new Set<ServerName>();
    for (const { server, since, until } of await this.deps.servers.inRoom(this.deps.db, nid)) {
      if (since < position && (until === undefined || until >= position)) present.add(server);
    }
    return present;
  }

  #adjust(servers: Set<ServerName>, { type, sender, stateKey, content }: StoredEvent): void {
    const target = type === 'm.room.member' && stateKey !== undefined ? domainOf(stateKey) : undefined;
    const isDeparture = content['membership'] === 'leave' || content['membership'] === 'ban';
    if (target !== undefined && isDeparture) servers.add(target);
    servers.delete(domainOf(sender));
    servers.delete(this.deps.serverName);
  }
}
