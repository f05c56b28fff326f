import type { RoomId, UserId } from '../../spec/ids.js';

/** Rooms that this server knows. */
export interface RoomsProcedures {
  'rooms.list': { input: RoomsQuery; output: RoomsPage };
  /** @throws M_NOT_FOUND for a room that this server does not know */
  'rooms.detail': { input: { roomId: string }; output: RoomDetail };
  'rooms.people': { input: { roomId: string }; output: RoomPeople };
  'rooms.spaces': { input: undefined; output: Space[] };
  'rooms.blocked': { input: { after?: string }; output: BlockedRoomsPage };
  /** Puts a room into this server's directory, or takes it out. */
  'rooms.setPublic': { input: { roomId: string; isPublic: boolean }; output: undefined };
  'rooms.block': { input: { roomId: string }; output: undefined };
  'rooms.unblock': { input: { roomId: string }; output: undefined };
  /** @throws M_UNKNOWN when nobody here may do that */
  'rooms.makeAdmin': { input: { roomId: string; userId: string }; output: undefined };
  /** Begins to take everybody here out of a room. */
  'rooms.remove': { input: RemoveRoom; output: RoomRemoval };
  'rooms.historyPreview': { input: ClearHistory; output: HistoryAmount };
  /** Begins to remove messages of the past. */
  'rooms.clearHistory': { input: ClearHistory; output: RoomRemoval };
  /** What is being removed and what was, the newest first. */
  'rooms.removals': { input: { roomId?: string }; output: RoomRemoval[] };
  'rooms.cancelRemoval': { input: { id: string }; output: undefined };
}

export type RoomsOrder = 'name' | 'members' | 'local' | 'events' | 'bytes' | 'active';
export type RoomsFilter = 'all' | 'spaces' | 'rooms' | 'empty' | 'public' | 'blocked';

export interface RoomsQuery {
  /** part of a name, an address or an id, any case */
  search?: string;
  filter?: RoomsFilter;
  order?: RoomsOrder;
  descending?: boolean;
  /** `next` of the page before */
  after?: string;
}

/** What a room is called: all of it is what strangers wrote. */
export interface RoomNames {
  readonly roomId: RoomId;
  readonly name: string | undefined;
  readonly alias: string | undefined;
  /** some who are in it, where it has neither */
  readonly people: readonly string[];
}

export interface RoomRow extends RoomNames {
  readonly joined: number;
  /** people of this server */
  readonly local: number;
  /** the server that the room's id names; undefined for ids without one */
  readonly origin: string | undefined;
  readonly isEncrypted: boolean;
  readonly isSpace: boolean;
  /** stands in this server's directory */
  readonly isPublic: boolean;
  readonly isBlocked: boolean;
  readonly version: string;
  readonly events: number;
  /** on disk, about */
  readonly bytes: number;
  readonly lastActive: number;
  /** names of spaces that it lies in */
  readonly spaces: readonly RoomNames[];
}

export interface RoomsPage {
  readonly rooms: readonly RoomRow[];
  readonly total: number;
  readonly next: string | undefined;
}

export interface RoomDetail {
  readonly room: RoomRow;
  readonly topic: string | undefined;
  readonly creator: UserId | undefined;
  readonly createdAt: number | undefined;
  readonly joinRule: string;
  readonly historyVisibility: string;
  readonly guestsMayJoin: boolean;
  /** addresses that this server gave to it */
  readonly aliases: readonly string[];
  /** other servers with people in it, the largest first */
  readonly servers: readonly { readonly serverName: string; readonly people: number }[];
  /** in all */
  readonly serverCount: number;
  /** leaves of its graph: more than ten make it slow */
  readonly forks: number;
  /** messages a day, the oldest first, until today */
  readonly days: readonly { readonly day: number; readonly events: number }[];
  /** what takes the most space, by type of event */
  readonly types: readonly { readonly type: string; readonly events: number; readonly bytes: number }[];
}

export interface RoomPerson {
  readonly userId: UserId;
  readonly displayName: string | undefined;
  readonly membership: 'join' | 'invite' | 'knock';
  readonly isLocal: boolean;
  readonly role: 'admin' | 'moderator' | 'person';
}

/** Those of this server first. */
export interface RoomPeople {
  readonly people: readonly RoomPerson[];
  /** there are more than these */
  readonly isMore: boolean;
}

/** A space and what it names, in its order; rooms that are not known here have their id only. */
export interface Space extends RoomNames {
  readonly isTop: boolean;
  readonly children: readonly (RoomNames & { readonly isSpace: boolean; readonly isKnown: boolean })[];
}

export interface BlockedRoomsPage {
  readonly rooms: readonly {
    readonly roomId: RoomId;
    readonly name: string | undefined;
    readonly by: UserId | undefined;
    readonly at: number;
  }[];
  readonly next: string | undefined;
}

export interface RemoveRoom {
  roomId: string;
  /** nobody here may come in again */
  block: boolean;
  /** what is stored of it goes */
  erase: boolean;
  /** what the people are told, in a room made for that */
  message?: string;
}

export interface ClearHistory {
  roomId: string;
  /** said before this */
  before: number;
  /** messages of people here go too */
  ours: boolean;
}

export interface HistoryAmount {
  readonly events: number;
  readonly bytes: number;
}

export type RoomRemovalState = 'waiting' | 'leaving' | 'telling' | 'erasing' | 'done' | 'failed' | 'cancelled';

export interface RoomRemoval {
  readonly id: string;
  readonly roomId: RoomId;
  readonly name: string | undefined;
  readonly kind: 'room' | 'history';
  readonly state: RoomRemovalState;
  /** whether its events go */
  readonly erases: boolean;
  /** events that there were to remove, about */
  readonly total: number;
  readonly done: number;
  readonly bytes: number;
  /** how many people were taken out, and how many could not be */
  readonly removed: number;
  readonly stayed: number;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** English */
  readonly error: string | undefined;
}
