import type { RoomId } from '../../../spec/ids.js';
import { type Cursor, LIVE, NEVER, type SentRoom } from './connection.js';
import type { RoomNews } from './room-news.js';
import type { ListedRoom } from './room-list.js';
import type { WantedRoom } from './selection.js';
import { afterOf, hasState, textOf, type Turn } from './turn.js';

/** The kinds of news of a room that an extension brings. */
export type Part = 'accountData' | 'receipts' | 'typing';

/** What a connection will have been sent once its answer arrives: begins with what it was sent, and follows the answer. */
export class SentAfter {
  readonly rooms: Map<RoomId, SentRoom>;

  constructor(private readonly turn: Turn) {
    this.rooms = new Map(turn.base.rooms);
  }

  /** All events of a room are sent; `news` where there were any. */
  delivered({ room, config }: WantedRoom, news: RoomNews | undefined): void {
    if (room.departure !== undefined && room.departure !== 'put out') {
      // Whoever left knows it now: the room is over for this connection.
      this.rooms.delete(room.roomId);
      return;
    }
    const before = this.rooms.get(room.roomId);
    const isDm = this.turn.list.direct.has(room.roomId);
    const hasAll = before?.events === LIVE && before.isDm === isDm;
    if (!news && hasAll && hasState(before.requiredState, config.requiredState)) return;
    this.#set(room.roomId, before, {
      timelineLimit: news?.timelineLimit ?? before?.timelineLimit ?? 0,
      // A smaller wish takes nothing from the client, as long as nothing changes.
      requiredState:
        !news && before && hasState(before.requiredState, config.requiredState)
          ? before.requiredState
          : textOf(config.requiredState),
      isDm,
      events: LIVE,
      accountData: before?.accountData ?? NEVER,
      receipts: before?.receipts ?? NEVER,
      typing: before?.typing ?? NEVER,
    });
  }

  /** Rooms that were sent and are not asked for now fall behind when something happens in them. */
  leaveBehind(visible: readonly ListedRoom[], wanted: ReadonlyMap<RoomId, WantedRoom>): void {
    const byId = new Map(visible.map((room) => [room.roomId, room]));
    for (const [roomId, sent] of this.turn.base.rooms) {
      if (wanted.has(roomId)) continue;
      const room = byId.get(roomId);
      if (!room) this.rooms.delete(roomId);
      else if (sent.events === LIVE && lastOf(room) > this.turn.base.position) this.#mark(roomId, 'events');
    }
  }

  /** One kind of news is sent for some rooms; of the others, those where something `changed` fall behind. */
  extended(part: Part, covered: ReadonlySet<RoomId>, changed: (roomId: RoomId) => boolean): void {
    for (const [roomId, sent] of this.rooms) {
      if (sent[part] !== LIVE && covered.has(roomId)) this.rooms.set(roomId, { ...sent, [part]: LIVE });
      else if (sent[part] === LIVE && changed(roomId) && !covered.has(roomId)) this.#mark(roomId, part);
    }
  }

  /** From where one kind of news of a room is new; undefined where all is. */
  after(part: Part | 'events', roomId: RoomId): number | undefined {
    return afterOf(this.turn, this.turn.base.rooms.get(roomId)?.[part]);
  }

  cursor(part: Part, roomId: RoomId): Cursor {
    return this.turn.base.rooms.get(roomId)?.[part] ?? NEVER;
  }

  #mark(roomId: RoomId, part: Part | 'events'): void {
    const sent = this.rooms.get(roomId);
    if (sent) this.rooms.set(roomId, { ...sent, [part]: this.turn.base.position });
  }

  /** Keeps the record that stands where nothing of it changes, so that states compare quickly. */
  #set(roomId: RoomId, before: SentRoom | undefined, next: SentRoom): void {
    const isSame = before !== undefined && FIELDS.every((field) => before[field] === next[field]);
    if (!isSame) this.rooms.set(roomId, next);
  }
}

const FIELDS = ['timelineLimit', 'requiredState', 'isDm', 'events', 'accountData', 'receipts', 'typing'] as const;

/** When something that this viewer is shown last happened in a room. */
export const lastOf = ({ membership, activity, position }: ListedRoom): number =>
  membership === 'join' ? activity : position;
