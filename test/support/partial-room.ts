import type { JsonObject } from '../../src-main/base/json.js';
import type { Pdu, RoomEvent } from '../../src-main/spec/event.js';
import type { EventId, UserId } from '../../src-main/spec/ids.js';
import { domainOf } from '../../src-main/spec/state-view.js';
import { FakeRoom } from './fake-room.js';
import type { FakeReply, FakeServer } from './fake-server.js';

const V1 = '/_matrix/federation/v1';
const segment = encodeURIComponent;

/** A room of a hand-played server that lets people in without its members, and tells them when the test says so. */
export class PartialRoom extends FakeRoom {
  /** the state before the join, all of it */
  before: RoomEvent[] = [];
  /** how often the state was asked for */
  asked = 0;
  readonly #released = Promise.withResolvers<void>();

  /** Somebody of the hand-played server, or of another one that it speaks for, joins. */
  addMember(name: string): UserId {
    const userId = `@${name}:${this.server.name}` as UserId;
    this.add({ type: 'm.room.member', sender: userId, stateKey: userId, content: { membership: 'join' } });
    return userId;
  }

  /** Lets everybody in who asks, without the members. @param change of the answer to `/send_join` */
  letInPartly(change: (answer: JsonObject) => JsonObject = (answer) => answer): this {
    this.letIn((answer) => {
      this.before = this.stateBeforeJoin();
      const isShown = ({ type, state_key: key }: Pdu) => type !== 'm.room.member' || key === this.creator;
      const state = this.before.map(({ pdu }) => pdu).filter(isShown);
      const members = this.before.filter(({ type }) => type === 'm.room.member');
      const servers_in_room = [...new Set(members.map(({ stateKey }) => domainOf(stateKey ?? '')))];
      return change({ ...answer, state, auth_chain: state, members_omitted: true, servers_in_room } as JsonObject);
    });
    return this.tellState(this.server);
  }

  /** Has a server answer what the room's state is, once it is released. */
  tellState(server: FakeServer): this {
    const room = segment(this.roomId);
    const chain = () => this.events.filter((event) => !this.before.includes(event) && event.stateKey !== undefined);
    const told = async (answer: () => JsonObject): Promise<FakeReply> => {
      this.asked += 1;
      await this.#released.promise;
      return { body: answer() };
    };
    const ids = (events: readonly RoomEvent[]) => events.map(({ eventId }) => eventId);
    const pdus = (events: readonly RoomEvent[]) => events.map(({ pdu }) => pdu) as unknown as JsonObject[];
    server.on('GET', `${V1}/state_ids/${room}`, () =>
      told(() => ({ pdu_ids: ids(this.before), auth_chain_ids: ids(chain()) })),
    );
    server.on('GET', `${V1}/state/${room}`, () => told(() => ({ pdus: pdus(this.before), auth_chain: pdus(chain()) })));
    return this.tellEvents(server);
  }

  /** Has a server answer for single events, and for what they rest on. */
  tellEvents(server: FakeServer): this {
    const room = segment(this.roomId);
    const byId = (id: string | undefined) => this.events.find(({ eventId }) => eventId === id);
    const unknown = { status: 404, body: { errcode: 'M_NOT_FOUND', error: '' } };
    server.on('GET', new RegExp(`^${V1}/event/`), ({ path }) => {
      const event = byId(path.at(-1));
      if (!event) return unknown;
      return { body: { origin: server.name, origin_server_ts: Date.now(), pdus: [event.pdu] } };
    });
    server.on('GET', new RegExp(`^${V1}/event_auth/${escaped(room)}/`), ({ path }) => {
      const event = byId(path.at(-1));
      return event ? { body: { auth_chain: this.#chainOf(event.eventId).map(({ pdu }) => pdu) } } : unknown;
    });
    return this;
  }

  /** Tells the state from now on to those who wait for it, and to those who will ask. */
  release(): void {
    this.#released.resolve();
  }

  stateBeforeJoin(): RoomEvent[] {
    const state = new Map<string, RoomEvent>();
    const join = this.events.at(-1);
    for (const event of this.events) {
      if (event.stateKey !== undefined && event !== join) state.set(`${event.type} ${event.stateKey}`, event);
    }
    return [...state.values()];
  }

  #chainOf(eventId: EventId): RoomEvent[] {
    const found = new Map<EventId, RoomEvent>();
    const open = [...(this.events.find((event) => event.eventId === eventId)?.authEvents ?? [])];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const event = this.events.find((other) => other.eventId === id);
      if (!event || found.has(id)) continue;
      found.set(id, event);
      open.push(...event.authEvents);
    }
    return [...found.values()];
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
