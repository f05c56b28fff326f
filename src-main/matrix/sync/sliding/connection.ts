import type { RoomId } from '../../../spec/ids.js';
import type { Position } from '../../../storage/database.js';

/**
 * Up to where a client has one kind of news of a room: up to its last answer (LIVE), nothing at all (NEVER), or up to an
 * earlier position, after which something came that was not sent.
 */
export type Cursor = Position;
export const LIVE: Cursor = -1;
export const NEVER: Cursor = 0;

/** What a connection was sent of a room. */
export interface SentRoom {
  /** so many of the newest events were sent without a gap, or more */
  readonly timelineLimit: number;
  /** which state was asked for, as JSON */
  readonly requiredState: string;
  readonly isDm: boolean;
  readonly events: Cursor;
  readonly accountData: Cursor;
  readonly receipts: Cursor;
  readonly typing: Cursor;
}

export type SentRooms = ReadonlyMap<RoomId, SentRoom>;

/** Where a connection stands at one `pos`. */
export interface Standpoint {
  /** up to here everything was sent, but for the rooms that are behind */
  readonly position: Position;
  /** the same for what is not stored */
  readonly ephemeral: number;
  /** the stored state; 0 for a connection that begins */
  readonly state: number;
  /** counts the answers of all connections */
  readonly serial: number;
  readonly rooms: SentRooms;
}

export const BEGINNING: Standpoint = { position: 0, ephemeral: 0, state: 0, serial: 0, rooms: new Map() };

/**
 * Begins like a token of /sync, so that the endpoints that page through events take it. What a client was sent of which
 * room changes rarely: it is stored under the third number, and all answers between two changes share it.
 */
export const writePos = ({ position, ephemeral, state, serial }: Omit<Standpoint, 'rooms'>): string =>
  `s${position}_${ephemeral}_${state}_${serial}`;

/** Undefined for a text that is no `pos` of ours. */
export function parsePos(text: string): Omit<Standpoint, 'rooms'> | undefined {
  const match = /^s(\d{1,15})_(\d{1,15})_(\d{1,15})_(\d{1,15})$/.exec(text);
  if (!match) return undefined;
  const [position = 0, ephemeral = 0, state = 0, serial = 0] = match.slice(1).map(Number);
  return { position, ephemeral, state, serial };
}

type Packed = [RoomId, number, number, number, ...Cursor[]];

/** `{ wishes, rooms }`: rooms name the state asked for by its place in the list, and cursors end before the live ones. */
export function packRooms(rooms: SentRooms): string {
  const wishes = [...new Set([...rooms.values()].map(({ requiredState }) => requiredState))];
  const places = new Map(wishes.map((wish, place) => [wish, place]));
  const packed = [...rooms].map(([roomId, room]): Packed => {
    const cursors = [room.events, room.accountData, room.receipts, room.typing];
    const end = cursors.findLastIndex((cursor) => cursor !== LIVE) + 1;
    const wish = places.get(room.requiredState) ?? 0;
    return [roomId, room.timelineLimit, wish, room.isDm ? 1 : 0, ...cursors.slice(0, end)];
  });
  return JSON.stringify({ wishes, rooms: packed });
}

export function unpackRooms(text: string): Map<RoomId, SentRoom> {
  const { wishes, rooms } = JSON.parse(text) as { wishes: string[]; rooms: Packed[] };
  return new Map(
    rooms.map(([roomId, timelineLimit, wish, isDm, ...cursors]) => {
      const [events = LIVE, accountData = LIVE, receipts = LIVE, typing = LIVE] = cursors;
      const requiredState = wishes[wish] ?? '[]';
      return [
        roomId,
        { timelineLimit, requiredState, isDm: isDm === 1, events, accountData, receipts, typing },
      ] as const;
    }),
  );
}

/** Whether two states say the same. */
export function areSame(some: SentRooms, others: SentRooms): boolean {
  if (some.size !== others.size) return false;
  for (const [roomId, room] of some) {
    const other = others.get(roomId);
    if (!other || (room !== other && JSON.stringify(room) !== JSON.stringify(other))) return false;
  }
  return true;
}
