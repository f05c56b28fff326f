import type { Milliseconds } from '../../../base/clock.js';
import type { JsonObject } from '../../../base/json.js';
import type { RoomId } from '../../../spec/ids.js';
import type { Position } from '../../../storage/database.js';
import type { MembershipState } from '../../events/index.js';
import type { Viewer } from '../../rooms/index.js';
import type { Counts } from '../ports.js';
import type { RequiredState } from './required-state.js';

/** What to send of a room. */
export interface RoomConfig {
  readonly timelineLimit: number;
  /** any of them may want an entry */
  readonly requiredState: readonly RequiredState[];
}

/** Which rooms belong to a list; what is undefined does not matter. */
export interface RoomFilter {
  readonly isDm?: boolean | undefined;
  readonly isEncrypted?: boolean | undefined;
  readonly isInvited?: boolean | undefined;
  /** null stands for rooms without a type */
  readonly roomTypes?: readonly (string | null)[] | undefined;
  readonly notRoomTypes?: readonly (string | null)[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly notTags?: readonly string[] | undefined;
  readonly spaces?: readonly string[] | undefined;
  /** a part of the room's name, upper case or lower */
  readonly nameLike?: string | undefined;
}

/** First and last place of a window into a list, both in it. */
export type Range = readonly [first: number, last: number];

export interface ListConfig extends RoomConfig {
  /** undefined: all rooms of the list */
  readonly ranges: readonly Range[] | undefined;
  readonly filter: RoomFilter;
}

/** For which of the rooms asked for an extension is wanted: those of some lists and some subscribed ones; `*` is all. */
export interface RoomSelector {
  readonly lists: readonly string[];
  readonly rooms: readonly string[];
}

/** The extensions that are wanted. */
export interface ExtensionsRequest {
  readonly toDevice: { readonly since: Position; readonly limit: number | undefined } | undefined;
  readonly e2ee: boolean;
  readonly accountData: RoomSelector | undefined;
  readonly receipts: RoomSelector | undefined;
  readonly typing: RoomSelector | undefined;
  readonly threadSubscriptions: { readonly limit: number } | undefined;
}

/** What a client asks, in either dialect. */
export interface SlidingRequest {
  readonly viewer: Viewer;
  /** '' where the client gave none */
  readonly connId: string;
  readonly pos: string | undefined;
  readonly timeout: Milliseconds;
  readonly lists: ReadonlyMap<string, ListConfig>;
  readonly subscriptions: ReadonlyMap<RoomId, RoomConfig>;
  readonly extensions: ExtensionsRequest;
  /** the dialect shows unread counts */
  readonly withCounts: boolean;
}

/** Somebody to name a room after. */
export interface Hero extends JsonObject {
  readonly user_id: string;
  readonly displayname?: string;
  readonly avatar_url?: string;
}

/** What is new of a room; what is undefined has not changed. */
export interface RoomResult {
  readonly isInitial: boolean;
  readonly isExpanded?: boolean;
  readonly membership: MembershipState;
  /** null: taken away */
  readonly name?: string | null;
  readonly avatar?: string | null;
  readonly heroes?: readonly Hero[];
  readonly isDm?: boolean;
  /** state events, and `{ type, state_key }` of entries that went away */
  readonly requiredState?: readonly JsonObject[];
  readonly timeline?: {
    /** oldest first */
    readonly events: readonly JsonObject[];
    readonly isLimited: boolean;
    readonly prevBatch: string;
    /** so many of the last events are new, and not history */
    readonly live: number;
  };
  readonly counts?: { readonly joined: number; readonly invited: number };
  readonly unread?: Counts;
  readonly stripped?: readonly JsonObject[];
  /** larger for rooms where something worth a look happened later */
  readonly bumpStamp: Position;
}

export interface SlidingResult {
  readonly pos: string;
  readonly lists: ReadonlyMap<string, { readonly count: number }>;
  /** with the lists through which each came */
  readonly rooms: ReadonlyMap<RoomId, RoomResult & { readonly lists: readonly string[] }>;
  /** in the one form that both dialects share */
  readonly extensions: JsonObject;
}
