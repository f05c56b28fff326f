import type { JsonObject } from '../../src-main/base/json.js';
import type { RoomEvent } from '../../src-main/spec/event.js';
import type { EventId, RoomId, UserId } from '../../src-main/spec/ids.js';
import { domainOf, stateMapKey } from '../../src-main/spec/state-view.js';
import type { FakeDraft } from './fake-room.js';
import { FakeRoom } from './fake-room.js';
import type { FakeReply, FakeServer } from './fake-server.js';
import type { TestFederation } from './federation.js';
import type { TestHomeserver } from './homeserver.js';
import type { TestUser } from './test-client.js';

const V1 = '/_matrix/federation/v1';
const segment = encodeURIComponent;
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const unknown = { status: 404, body: { errcode: 'M_NOT_FOUND', error: '' } };

/** A room of a hand-played server that lets people in without its members, and tells them when the test says so. */
export class PartialRoom extends FakeRoom {
  /** the last join that it let in */
  joinId: EventId | undefined;
  /** servers that it says are in the room; all that are unless set */
  servers: readonly string[] | undefined;
  /** members that it says nothing of */
  isHidden: (event: RoomEvent) => boolean = ({ stateKey }) => stateKey !== this.creator;
  #released = Promise.withResolvers<void>();

  /** Somebody of the hand-played server joins. */
  addMember(name: string): UserId {
    const userId = `@${name}:${this.server.name}` as UserId;
    this.add({ type: 'm.room.member', sender: userId, stateKey: userId, content: { membership: 'join' } });
    return userId;
  }

  /** Lets everybody in who asks, without the members. @param change of the answer to `/send_join` */
  letInPartly(change: (answer: JsonObject) => JsonObject = (answer) => answer): this {
    this.letIn((answer) => {
      const join = this.events.at(-1);
      this.joinId = join?.eventId;
      const before = join ? this.stateBefore(join.eventId) : [];
      const told = before.filter((event) => event.type !== 'm.room.member' || !this.isHidden(event));
      const members = before.filter(({ type }) => type === 'm.room.member');
      const servers_in_room = this.servers ?? [...new Set(members.map(({ stateKey }) => domainOf(stateKey ?? '')))];
      const auth_chain = pdusOf([
        ...new Set([...told, ...(join ? [join] : [])].flatMap((event) => this.#chainOf(event))),
      ]);
      return change({ ...answer, state: pdusOf(told), auth_chain, members_omitted: true, servers_in_room });
    });
    return this.tellState(this.server);
  }

  /** Has a server answer what the room's state was; before the join once it is released. */
  tellState(server: FakeServer): this {
    const room = segment(this.roomId);
    const told = async (id: string | null, answer: (state: readonly RoomEvent[]) => JsonObject): Promise<FakeReply> => {
      if (id === this.joinId) await this.#released.promise;
      if (!this.events.some(({ eventId }) => eventId === id)) return unknown;
      return { body: answer(this.stateBefore(id as EventId)) };
    };
    const chain = (state: readonly RoomEvent[]) => [...new Set(state.flatMap((event) => this.#chainOf(event)))];
    const ids = (events: readonly RoomEvent[]) => events.map(({ eventId }) => eventId);
    server.on('GET', `${V1}/state_ids/${room}`, ({ query }) =>
      told(query.get('event_id'), (state) => ({ pdu_ids: ids(state), auth_chain_ids: ids(chain(state)) })),
    );
    server.on('GET', `${V1}/state/${room}`, ({ query }) =>
      told(query.get('event_id'), (state) => ({ pdus: pdusOf(state), auth_chain: pdusOf(chain(state)) })),
    );
    return this.tellEvents(server);
  }

  /** Has a server answer for single events, for what they rest on, and for what lies between. */
  tellEvents(server: FakeServer): this {
    const room = segment(this.roomId);
    const byId = (id: string | undefined) => this.events.find(({ eventId }) => eventId === id);
    server.on('GET', new RegExp(`^${V1}/event/`), ({ path }) => {
      const event = byId(path.at(-1));
      if (!event) return unknown;
      return { body: { origin: server.name, origin_server_ts: Date.now(), pdus: [event.pdu] } };
    });
    server.on('GET', new RegExp(`^${V1}/event_auth/${escaped(room)}/`), ({ path }) => {
      const event = byId(path.at(-1));
      return event ? { body: { auth_chain: pdusOf(this.#chainOf(event)) } } : unknown;
    });
    return this;
  }

  /** Tells the state from now on to those who wait for it, and to those who will ask. */
  release(): void {
    this.#released.resolve();
  }

  /** From now on nobody is told the state again. */
  withhold(): void {
    this.#released = Promise.withResolvers();
  }

  /** The state before an event, in the order in which the events came; those that are let in only. */
  stateBefore(id: EventId): RoomEvent[] {
    const state = new Map<string, RoomEvent>();
    for (const event of this.events) {
      if (event.eventId === id) break;
      if (event.stateKey !== undefined) state.set(stateMapKey(event.type, event.stateKey), event);
    }
    return [...state.values()];
  }

  #chainOf(event: RoomEvent): RoomEvent[] {
    const found = new Map<EventId, RoomEvent>();
    const open = [...event.authEvents];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const named = this.events.find(({ eventId }) => eventId === id);
      if (!named || found.has(id)) continue;
      found.set(id, named);
      open.push(...named.authEvents);
    }
    return [...found.values()];
  }
}

const pdusOf = (events: readonly RoomEvent[]) => events.map(({ pdu }) => pdu) as unknown as JsonObject[];

/** Somebody here in a room of a hand-played server, of which only a part is here. */
export interface PartlyJoined {
  readonly one: TestHomeserver;
  readonly fake: FakeServer;
  readonly room: PartialRoom;
  readonly roomId: RoomId;
  readonly alice: TestUser;
  /** three people of the hand-played server, of whom nothing is known at first */
  readonly members: readonly [UserId, UserId, UserId];
  /** events and EDUs that the hand-played server was sent */
  readonly sent: { readonly pdus: any[]; readonly edus: any[] };
}

let count = 0;

/** A name that no other test has. */
export const freshName = (kind: string): string => `${kind}${(count += 1)}`;

/** A room with three members beside its creator that somebody of the first server joins, and knows only in part. */
export async function joinPartly(
  federation: TestFederation,
  prepare: (room: PartialRoom) => void = () => undefined,
): Promise<PartlyJoined> {
  const one = federation.server('hs1.test');
  const fake = await federation.fakeServer(`${freshName('partial')}.test`);
  const sent = takeTransactions(fake);
  const room = new PartialRoom(fake, '10');
  const members = [room.addMember('bob'), room.addMember('carol'), room.addMember('derek')] as const;
  prepare(room);
  room.letInPartly();
  const alice = await one.register(freshName('alice'));
  await alice.join(room.roomId, fake.name);
  return { one, fake, room, roomId: room.roomId, alice, members, sent };
}

/** Has a hand-played server take what it is sent. */
export function takeTransactions(fake: FakeServer): PartlyJoined['sent'] {
  const sent: { pdus: any[]; edus: any[] } = { pdus: [], edus: [] };
  fake.on('PUT', new RegExp(`^${V1}/send/`), ({ body }) => {
    sent.pdus.push(...body.pdus);
    sent.edus.push(...(body.edus ?? []));
    return { body: { pdus: {} } };
  });
  return sent;
}

/** Sends events and EDUs in the name of a hand-played server. */
export function sendAs(fake: FakeServer, one: TestHomeserver, pdus: readonly unknown[], edus: readonly unknown[] = []) {
  const body = { origin: fake.name, origin_server_ts: Date.now(), pdus, edus };
  return fake.ask(one, 'PUT', `${V1}/send/${freshName('t')}`, body, { isWrong: true });
}

/** Puts an event at the end of the room, and sends it. */
export async function happen({ room, fake, one }: PartlyJoined, draft: FakeDraft): Promise<RoomEvent> {
  const event = room.add(draft);
  await sendAs(fake, one, [event.pdu]);
  return event;
}

export const isPartial = ({ one, roomId }: Pick<PartlyJoined, 'one' | 'roomId'>): boolean =>
  one.homeserver.joins.list().some((join) => join.roomId === roomId && join.stage === 'completing');

export const say = (sender: UserId, body: string): FakeDraft => ({
  type: 'm.room.message',
  sender,
  content: { msgtype: 'm.text', body },
});

export const LAZY = JSON.stringify({ room: { state: { lazy_load_members: true }, timeline: { limit: 10 } } });
