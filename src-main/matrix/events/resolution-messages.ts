import type { EventId, RoomId } from '../../spec/ids.js';
import type { StateMapKey } from '../../spec/state-view.js';

/** Events and entries in one message: what is copied at once holds up the event loop. */
export const PIECE = 1_000;

export type SentEvent = readonly [id: EventId, roomId: RoomId, text: string, isRejected: boolean];
export type SentEntry = readonly [key: StateMapKey, id: EventId];

/** What the worker is told. */
export type Asked =
  | { readonly events: readonly SentEvent[] }
  | { readonly set: number; readonly entries: readonly SentEntry[] }
  | { readonly version: string; readonly shortcuts: readonly (readonly [EventId, readonly EventId[]])[] };

/** What the worker says. */
export type Said = { readonly resolved: readonly SentEntry[] } | { readonly done: true };
