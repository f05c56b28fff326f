import type { JsonObject } from '../../base/json.js';
import type { Filter } from '../../spec/event-filter.js';
import type { DeviceId, EventId, RoomId, UserId } from '../../spec/ids.js';
import type { Position } from '../../storage/database.js';

/** A part of the past: after one position, up to and including another. */
export interface Span {
  readonly after: Position;
  readonly upTo: Position;
}

export interface Event {
  readonly type: string;
  readonly sender?: string;
  readonly content: JsonObject;
}

/** Account data of a user, by room or global (roomId undefined). */
export interface AccountDataEntry {
  readonly roomId: RoomId | undefined;
  readonly type: string;
  readonly content: JsonObject;
}

export interface AccountDataSource {
  /** all that changed in the span; with `after: 0` all that stands */
  changed(userId: UserId, span: Span): Promise<readonly AccountDataEntry[]>;
  get(userId: UserId, type: string): Promise<JsonObject | undefined>;
  /** all about some rooms as of `upTo`; what was deleted has content `{}` */
  inRooms(userId: UserId, roomIds: readonly RoomId[], upTo: Position): Promise<readonly AccountDataEntry[]>;
  /** whom the user ignores */
  ignored(userId: UserId): Promise<ReadonlySet<string>>;
  /** whether the user wants invitations by somebody to be shown to nobody */
  isInviterIgnored(userId: UserId, inviter: UserId): Promise<boolean>;
  /** one type in every room that has it */
  typeInRooms(userId: UserId, type: string): Promise<readonly AccountDataEntry[]>;
}

export interface FilterSource {
  get(userId: UserId, filterId: string): Promise<Filter | undefined>;
}

export interface EncryptionSource {
  /**
   * Messages for this device in the span, oldest first; what came before it has arrived. `upTo` is the place of the last
   * where more wait, else the span's end.
   */
  toDevice(
    userId: UserId,
    deviceId: DeviceId,
    span: Span,
    limit?: number,
  ): Promise<{ readonly events: readonly JsonObject[]; readonly upTo: Position }>;
  deviceLists(
    userId: UserId,
    span: Span,
  ): Promise<{ readonly changed: readonly UserId[]; readonly left: readonly UserId[] }>;
  keyStock(
    userId: UserId,
    deviceId: DeviceId,
  ): Promise<{ readonly counts: Readonly<Record<string, number>>; readonly unusedFallbackTypes: readonly string[] }>;
}

export interface Counts {
  readonly notifications: number;
  readonly highlights: number;
}

export interface NotificationSource {
  /** unread counts of each room: in all, and of each thread where asked for (then `main` leaves them out) */
  counts(
    userId: UserId,
    roomIds: readonly RoomId[],
  ): Promise<ReadonlyMap<RoomId, { readonly main: Counts; readonly threads: ReadonlyMap<EventId, Counts> }>>;
}

export interface EphemeralSource {
  /** the place in what is not stored, now */
  position(): number;
  /** who types in each of `roomIds` whose list changed after `after`; empty lists too, unless `after` is 0 */
  typing(roomIds: readonly RoomId[], after: number): ReadonlyMap<RoomId, readonly UserId[]>;
  /** contents of m.receipt events of the span, as this user may see them */
  receipts(userId: UserId, roomIds: readonly RoomId[], span: Span): Promise<ReadonlyMap<RoomId, JsonObject>>;
  /** the same of rooms that the client sees first: the user's own, and everybody's at the events that it sees */
  firstReceipts(
    userId: UserId,
    roomIds: readonly RoomId[],
    eventIds: readonly EventId[],
  ): Promise<ReadonlyMap<RoomId, JsonObject>>;
  /** m.presence events after `after` of those whom this user shares a room with, and of `met` whenever they changed */
  presence(userId: UserId, after: number, met: readonly UserId[]): Promise<readonly Event[]>;
  /** the user is there, in this state, until the returned function is called */
  polls(userId: UserId, state: 'online' | 'offline' | 'unavailable'): () => void;
}

export interface ThreadSource {
  /** the last `limit` changes of the span, as clients get them; `end`: where to go on, when there are more */
  subscriptions(
    userId: UserId,
    span: Span,
    limit: number,
  ): Promise<{
    readonly subscribed: JsonObject;
    readonly unsubscribed: JsonObject;
    readonly end: Position | undefined;
  }>;
}

export interface ReminderSource {
  /** somebody's client asks what is new: there may be something that they have to be told */
  remind(userId: UserId): void;
}

/** What sync reads beside rooms and their events. */
export interface SyncSources {
  readonly accountData: AccountDataSource;
  readonly filters: FilterSource;
  readonly encryption: EncryptionSource;
  readonly notifications: NotificationSource;
  readonly ephemeral: EphemeralSource;
  readonly threads: ThreadSource;
  readonly reminders: ReminderSource;
}
