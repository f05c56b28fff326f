import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import type { Position } from '../../../storage/database.js';
import type { Topic } from '../../../storage/news.js';

/** An event that other servers must get. */
export interface OutgoingPdu {
  /** where it was given to be sent */
  readonly position: Position;
  readonly eventId: EventId;
  readonly roomId: RoomId;
  /** canonical JSON, made once for all servers */
  readonly text: string;
}

/** An event with the servers that must get it. */
export interface AddressedPdu {
  readonly pdu: OutgoingPdu;
  readonly servers: ReadonlySet<ServerName>;
}

/** The newest event of a room that other servers must get. */
export interface LatestOutgoing {
  readonly position: Position;
  readonly roomId: RoomId;
}

/** What the sender asks of the rooms' graphs: what must go out, and to whom. */
export interface OutgoingEvents {
  /** announced with each event that must go out */
  readonly topic: Topic;
  /** Up to `limit` after `position`, oldest first, each with the servers that must get it: for who follows them. */
  next(position: Position, limit: number): Promise<readonly AddressedPdu[]>;
  /** Up to `limit` after `position`, oldest first. */
  after(position: Position, limit: number): Promise<readonly OutgoingPdu[]>;
  /** How many there are after `position`; `limit` when there are more. */
  countAfter(position: Position, limit: number): Promise<number>;
  /** The position that `count` others come after; undefined when there are not so many. */
  before(count: number): Promise<Position | undefined>;
  /** Those at some positions, oldest first. */
  at(positions: readonly Position[]): Promise<readonly OutgoingPdu[]>;
  /** The newest of each room that has any after `position`, oldest first. */
  latest(position: Position): Promise<readonly LatestOutgoing[]>;
  /** The other servers that were in the room when its event at `position` came. */
  serversAt(roomId: RoomId, position: Position): Promise<ReadonlySet<ServerName>>;
  /** Nobody needs what is not the newest of its room up to `position` any more. */
  release(position: Position): Promise<void>;
}
