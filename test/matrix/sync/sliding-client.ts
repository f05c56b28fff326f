import type { RoomId } from '../../../src-main/spec/ids.js';
import type { Query, TestReply, TestUser } from '../../support/test-client.js';

export type DialectName = 'unstable' | 'v4';
export const DIALECTS: readonly DialectName[] = ['unstable', 'v4'];

/** State as the unstable dialect asks for it: `*` is any, `$ME` the viewer, `$LAZY` members as needed. */
export type Pair = readonly [type: string, stateKey: string];

export interface RoomWish {
  readonly state?: readonly Pair[];
  readonly limit?: number;
}

export interface ListWish extends RoomWish {
  readonly range?: readonly [number, number];
  readonly filters?: Record<string, unknown>;
}

export interface Wish {
  readonly lists?: Record<string, ListWish>;
  readonly rooms?: Record<RoomId, RoomWish>;
  readonly extensions?: Record<string, unknown>;
  readonly timeout?: number;
}

/** A room of an answer in words that both dialects share. */
export interface SlidRoom {
  readonly [key: string]: any;
  readonly timeline: any[] | undefined;
  readonly state: any[] | undefined;
  readonly stripped: any[] | undefined;
  readonly isExpanded: boolean;
}

export interface Slid {
  readonly pos: string;
  readonly lists: Record<string, { count: number }>;
  readonly rooms: Record<RoomId, SlidRoom>;
  readonly extensions: any;
}

const UNSTABLE = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync';
const V4 = '/_matrix/client/v4/sync';

/** One connection of a device, in either dialect. */
export class SlidingClient {
  pos: string | undefined;

  constructor(
    readonly user: TestUser,
    readonly dialect: DialectName,
    readonly connId?: string,
  ) {}

  /** Asks from where the last answer ended, and goes on from this one. */
  async sync(wish: Wish = {}, signal?: AbortSignal): Promise<Slid> {
    const slid = await this.peek(wish, signal);
    this.pos = slid.pos;
    return slid;
  }

  /** The same, as if the answer never arrived. */
  async peek(wish: Wish = {}, signal?: AbortSignal): Promise<Slid> {
    const reply = await this.ask(wish, signal);
    if (reply.status !== 200) throw new Error(`sliding sync answered ${reply.status} ${JSON.stringify(reply.body)}`);
    const rooms = Object.entries(reply.body.rooms).map(([roomId, room]) => [roomId, this.#room(room)]);
    return { ...reply.body, rooms: Object.fromEntries(rooms) };
  }

  ask(wish: Wish = {}, signal?: AbortSignal): Promise<TestReply> {
    const { timeout = 0 } = wish;
    const lists = mapValues(wish.lists ?? {}, (list) => this.#list(list));
    const subscriptions = mapValues(wish.rooms ?? {}, (room) => this.#config(room));
    const body = {
      conn_id: this.connId,
      lists,
      room_subscriptions: subscriptions,
      extensions: wish.extensions,
      ...(this.dialect === 'v4' && { pos: this.pos, timeout }),
    };
    const query: Query = this.dialect === 'unstable' ? { pos: this.pos, timeout } : {};
    return this.user.request('POST', this.path, { body, query, ...(signal && { signal }) });
  }

  get path(): string {
    return this.dialect === 'unstable' ? UNSTABLE : V4;
  }

  #list({ range, filters, ...room }: ListWish) {
    if (this.dialect === 'unstable') return { ...this.#config(room), ranges: range && [range], filters };
    const { is_invite: isInvited, ...others } = filters ?? {};
    return { ...this.#config(room), range, filters: filters && { ...others, is_invited: isInvited } };
  }

  #config({ state = [], limit = 10 }: RoomWish) {
    if (this.dialect === 'unstable') return { required_state: state, timeline_limit: limit };
    const include = state
      .filter(([, stateKey]) => stateKey !== '$LAZY')
      .map(([type, stateKey]) => ({
        ...(type !== '*' && { type }),
        ...(stateKey !== '*' && { state_key: stateKey === '$ME' ? this.user.userId : stateKey }),
      }));
    const lazy = state.some(([, stateKey]) => stateKey === '$LAZY');
    return { required_state: { include, lazy_members: lazy }, timeline_limit: limit };
  }

  #room(room: any): SlidRoom {
    const isUnstable = this.dialect === 'unstable';
    return {
      ...room,
      timeline: isUnstable ? room.timeline : room.timeline_events,
      state: room.required_state,
      stripped: isUnstable ? room.invite_state : room.stripped_state,
      isExpanded: (isUnstable ? room.unstable_expanded_timeline : room.expanded_timeline) === true,
    };
  }
}

/** What the events of a timeline say. */
export const said = (room: SlidRoom | undefined): string[] =>
  (room?.timeline ?? []).flatMap((event) => (event.type === 'm.room.message' ? (event.content.body ?? []) : []));

/** `type|state_key` of the state sent of a room, sorted. */
export const stateOf = (room: SlidRoom | undefined): string[] =>
  (room?.state ?? []).map((event) => `${event.type}|${event.state_key}`).sort();

const mapValues = <T, R>(record: Record<string, T>, map: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
