import { randomUUID } from 'node:crypto';
import type { EventId, RoomId } from '../../src-main/spec/ids.js';
import type { Query, TestReply, TestUser } from '../support/test-client.js';
import {
  accountDataContents,
  createRoomBodies,
  messageContents,
  pushRules,
  stateContents,
  type Subjects,
  syncFilters,
} from './contents.js';
import { Mutation } from './mutation.js';
import { Nonsense } from './nonsense.js';
import type { Random } from './random.js';

const VERSIONS = ['1', '2', '3', '5', '6', '7', '8', '9', '10', '11', '12'];
const CLIENT = '/_matrix/client';

/** Two people who send each other what nobody should send, room by room. */
export class Story {
  /** what the server answered that it should not have, once of each kind */
  readonly wrong = new Map<string, string>();
  /** how many of the writes were taken */
  taken = 0;
  readonly #mutation: Mutation;
  #roomId: RoomId = '!nowhere:hearth.test';
  #alias = '';
  #eventIds: EventId[] = [];
  #rooms = 0;

  constructor(
    private readonly alice: TestUser,
    private readonly bob: TestUser,
    private readonly random: Random,
  ) {
    const sense = {
      user: [alice.userId, bob.userId],
      type: ['m.room.message', 'm.room.member'],
      key: ['content.body'],
    };
    this.#mutation = new Mutation(random, new Nonsense(random, sense));
  }

  /** A new room with both in it. */
  async begin(): Promise<void> {
    const name = `room${this.#rooms++}`;
    const version = this.random.pick(VERSIONS);
    this.#roomId = await this.alice.createRoom({ preset: 'public_chat', room_alias_name: name, room_version: version });
    this.#alias = `#${name}:hearth.test`;
    await this.bob.join(this.#roomId);
    this.#eventIds = [await this.alice.say(this.#roomId, 'hello'), await this.bob.say(this.#roomId, 'hi'), '$unknown'];
  }

  /** One strange thing, by either of them. */
  async write(): Promise<void> {
    const user = this.random.chance(0.75) ? this.alice : this.bob;
    const [method, path, body] = this.#strange(user);
    const { status, body: answer } = await this.#ask(user, method, path, this.#mutation.of(body));
    if (status !== 200) return;
    this.taken += 1;
    if (typeof answer.event_id === 'string') this.#eventIds[this.random.integer(3)] = answer.event_id;
  }

  /** Everything that could stumble over what was written. */
  async readAll(): Promise<void> {
    for (const user of [this.alice, this.bob]) {
      for (const query of this.#syncs(user)) {
        const { status, body } = await this.#ask(user, 'GET', '/v3/sync', undefined, query);
        if (status === 200) user.since = body.next_batch;
      }
      for (const path of this.#views()) await this.#ask(user, 'GET', path);
    }
  }

  #strange(user: TestUser): [method: string, path: string, body: unknown] {
    const subjects: Subjects = {
      roomId: this.#roomId,
      alias: this.#alias,
      eventIds: this.#eventIds,
      users: [this.alice.userId, this.bob.userId],
    };
    const room = `/v3/rooms/${encodeURIComponent(this.#roomId)}`;
    const own = `/v3/user/${user.userId}`;
    const kind = this.random.integer(10);
    if (kind <= 2) {
      const [type, key, content] = this.random.pick(stateContents(subjects));
      return ['PUT', `${room}/state/${type}/${encodeURIComponent(key)}`, content];
    }
    if (kind <= 5) {
      const [type, content] = this.random.pick(messageContents(subjects));
      return ['PUT', `${room}/send/${type}/${randomUUID()}`, content];
    }
    if (kind === 6) {
      const [type, content] = this.random.pick(accountDataContents(subjects));
      const where = this.random.chance(0.5) ? own : `${own}/rooms/${encodeURIComponent(this.#roomId)}`;
      return ['PUT', `${where}/account_data/${type}`, content];
    }
    if (kind === 7) {
      const [rule, id, body] = this.random.pick(pushRules(subjects));
      return ['PUT', `/v3/pushrules/global/${rule}/${encodeURIComponent(id)}`, body];
    }
    if (kind === 8) return ['POST', '/v3/createRoom', this.random.pick(createRoomBodies(subjects))];
    const [eventId = ''] = this.#eventIds;
    return ['POST', `${room}/receipt/m.read/${encodeURIComponent(eventId)}`, { thread_id: 'main' }];
  }

  #syncs(user: TestUser): Query[] {
    const subjects = { roomId: this.#roomId, alias: this.#alias, eventIds: this.#eventIds, users: [user.userId] };
    const strange = JSON.stringify(this.#mutation.of(this.random.pick(syncFilters(subjects))));
    return [
      { since: user.since ?? '', filter: strange },
      { since: user.since ?? '', use_state_after: 'true' },
      { filter: '{"room":{"state":{"lazy_load_members":true},"include_leave":true,"timeline":{"limit":50}}}' },
      { full_state: 'true', since: user.since ?? '' },
    ];
  }

  #views(): string[] {
    const room = `/v3/rooms/${encodeURIComponent(this.#roomId)}`;
    const events = this.#eventIds.map((eventId) => encodeURIComponent(eventId));
    return [
      ...['/messages?dir=b&limit=100', '/messages?dir=f&limit=100', '/state', '/members', '/joined_members'].map(
        (rest) => `${room}${rest}`,
      ),
      ...events.flatMap((eventId) => [`${room}/event/${eventId}`, `${room}/context/${eventId}`]),
      ...events.map((eventId) => `/v1/rooms/${encodeURIComponent(this.#roomId)}/relations/${eventId}?recurse=true`),
      `/v1/rooms/${encodeURIComponent(this.#roomId)}/threads`,
      `/v3/directory/room/${encodeURIComponent(this.#alias)}`,
      '/v3/publicRooms',
      '/v3/pushrules/',
      '/v3/joined_rooms',
    ];
  }

  async #ask(user: TestUser, method: string, path: string, body?: unknown, query: Query = {}): Promise<TestReply> {
    const said = `${method} ${path} ${JSON.stringify(query)} ${JSON.stringify(body)?.slice(0, 1000)}`;
    try {
      const options = { body: JSON.stringify(body), query, headers: { 'content-type': 'application/json' } };
      const reply = await user.request(method, `${CLIENT}${path}`, options);
      if (reply.status >= 500) this.#complain(said, `${reply.status} ${JSON.stringify(reply.body)}`);
      return reply;
    } catch (error) {
      // Who asks for other fields or another form of events gets what the schema does not know.
      if (!String(query['filter']).includes('event_f')) this.#complain(said, String(error));
      return { status: 0, body: {}, headers: {}, bytes: Buffer.alloc(0) };
    }
  }

  #complain(said: string, what: string): void {
    const kind = what.slice(0, 100).replaceAll(/[^A-Za-z ]+/g, '');
    if (!this.wrong.has(kind)) this.wrong.set(kind, `${said}\n  ${what.slice(0, 1000)}`);
  }
}
