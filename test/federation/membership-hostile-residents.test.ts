import { afterAll, describe, expect, it } from 'vitest';
import { arrayAt, type JsonObject, type JsonValue } from '../../src-main/base/json.js';
import type { Pdu } from '../../src-main/spec/event.js';
import type { UserId } from '../../src-main/spec/ids.js';
import { signPdu } from '../../src-main/spec/signing.js';
import { FakeRoom } from '../support/fake-room.js';
import { startFederation } from '../support/federation.js';
import type { TestUser } from '../support/test-client.js';

/** What servers in a room, played by hand, may answer to somebody who joins. */
const federation = await startFederation(['hs1.test']);
const [one] = federation.servers as [(typeof federation.servers)[0] & object];
const fake = await federation.fakeServer('fake.test');
const other = await federation.fakeServer('other.test');
afterAll(() => federation.stop());

const alice = await one.register('alice');
const segment = encodeURIComponent;
const tryJoin = (user: TestUser, roomId: string, ...via: string[]) =>
  user.request('POST', `/join/${segment(roomId)}`, { query: { via }, body: {} });
const without = (list: readonly JsonValue[], type: string) =>
  list.filter((event) => (event as JsonObject)['type'] !== type);
const stateOf = (answer: JsonObject) => arrayAt(answer, 'state') ?? [];

describe.each(['1', '2', '3', '6', '10', '11', '12'])('a room of version %s', (version) => {
  it('is joined as its server tells it', async () => {
    const room = new FakeRoom(fake, version).letIn();
    room.add({ type: 'm.room.name', stateKey: '', content: { name: 'Fake' } });
    await alice.join(room.roomId, 'fake.test');
    expect(await alice.stateContent(room.roomId, 'm.room.name')).toEqual({ name: 'Fake' });
    expect(await alice.stateContent(room.roomId, 'm.room.member', room.creator)).toEqual({ membership: 'join' });
    const members = await alice.ok('GET', `/rooms/${segment(room.roomId)}/joined_members`);
    expect(Object.keys(members.joined).sort()).toEqual([alice.userId, room.creator].sort());
  });
});

describe('a template', () => {
  const changed = (change: (answer: JsonObject) => JsonValue) => async () => {
    const room = new FakeRoom(fake, '11').letIn();
    fake.on('GET', new RegExp(`make_join/${segment(room.roomId)}/`), ({ path }) => ({
      body: change(room.template(path[5] as UserId, 'join')),
      isWrong: true,
    }));
    return tryJoin(alice, room.roomId, 'fake.test');
  };
  const event = (answer: JsonObject, more: JsonObject) => ({
    ...answer,
    event: { ...(answer['event'] as JsonObject), ...more },
  });

  it.each<[string, (answer: JsonObject) => JsonValue]>([
    ['for another room', (answer) => event(answer, { room_id: '!other:fake.test' })],
    ['for another user', (answer) => event(answer, { sender: '@eve:hs1.test', state_key: '@eve:hs1.test' })],
    ['of another kind', (answer) => event(answer, { type: 'm.room.power_levels', state_key: '' })],
    ['of another membership', (answer) => event(answer, { content: { membership: 'leave' } })],
    ['of a version that nobody knows', (answer) => ({ ...answer, room_version: '99' })],
    ['without an event', (answer) => ({ room_version: answer['room_version'] ?? '' })],
    ['that is no object', () => [1, 2]],
  ])('%s is not signed', async (_case, change) => {
    const seen = fake.requests.length;
    expect(await changed(change)()).toMatchObject({ status: 502, body: { errcode: 'M_UNKNOWN' } });
    expect(fake.requests.slice(seen).filter(({ uri }) => uri.includes('send_join'))).toEqual([]);
  });
});

describe('a room', () => {
  const join = async (change: (answer: JsonObject) => JsonValue, version = '11') => {
    const room = new FakeRoom(fake, version).letIn(change);
    return { room, reply: await tryJoin(alice, room.roomId, 'fake.test') };
  };

  it.each<[string, (answer: JsonObject) => JsonValue]>([
    ['without a create event', (answer) => ({ ...answer, state: without(stateOf(answer), 'm.room.create') })],
    ['with one event twice', (answer) => ({ ...answer, state: [...stateOf(answer), ...stateOf(answer)] })],
    ['without a state', ({ auth_chain }) => ({ auth_chain: auth_chain ?? [] })],
    ['with a state that is no list', (answer) => ({ ...answer, state: {} })],
    ['with nothing in it', (answer) => ({ ...answer, state: [], auth_chain: [] })],
    ['whose rules do not let us in', (answer) => ({ ...answer, state: without(stateOf(answer), 'm.room.join_rules') })],
    ['that is a list', () => []],
    ['of another room', () => ({ state: new FakeRoom(fake, '11').statePdus, auth_chain: [] })],
    ['of another version', () => ({ state: new FakeRoom(fake, '6').statePdus, auth_chain: [] })],
  ])('%s is not believed', async (_case, change) => {
    const { room, reply } = await join(change);
    expect(reply).toMatchObject({ status: 502, body: { errcode: 'M_UNKNOWN' } });
    expect((await alice.sync({ since: undefined })).rooms?.join?.[room.roomId]).toBeUndefined();
  });

  it('whose create event belies its id is not believed', async () => {
    const { reply } = await join(() => ({ state: new FakeRoom(fake, '12').statePdus, auth_chain: [] }), '12');
    expect(reply).toMatchObject({ status: 502 });
  });

  it.each<[string, (event: JsonObject) => JsonValue]>([
    ['without a signature', ({ signatures: _signatures, ...event }) => ({ ...event, signatures: {} })],
    ['with a wrong signature', (event) => ({ ...event, signatures: { 'fake.test': { 'ed25519:fake': 'AAAA' } } })],
    ['signed by a server that nobody finds', (event) => ({ ...event, sender: '@ghost:nowhere.test' })],
    ['that is no event', () => ({ type: 'm.room.topic', state_key: '' })],
    ['that is no object', () => 'topic'],
    ['of another room', (event) => ({ ...event, room_id: '!other:fake.test' })],
  ])('with an event %s is joined without it', async (_case, spoil) => {
    const room = new FakeRoom(fake, '11');
    room.add({ type: 'm.room.topic', stateKey: '', content: { topic: 'spoiled' } });
    room.add({ type: 'm.room.name', stateKey: '', content: { name: 'good' } });
    room.letIn((answer) => ({
      ...answer,
      state: stateOf(answer).map((event) => {
        const object = event as JsonObject;
        return object['type'] === 'm.room.topic' ? spoil(object) : object;
      }),
      auth_chain: (answer['auth_chain'] as JsonObject[]).filter(({ type }) => type !== 'm.room.topic'),
    }));
    await alice.join(room.roomId, 'fake.test');
    expect(await alice.stateContent(room.roomId, 'm.room.name')).toEqual({ name: 'good' });
    const topic = await alice.get(`/rooms/${segment(room.roomId)}/state/m.room.topic/`);
    expect(topic).toMatchObject({ status: 404 });
  });

  it('in which somebody may do what the rules forbid is joined without that', async () => {
    const room = new FakeRoom(fake, '11');
    const eve = '@eve:fake.test';
    const levels = { users: { [eve]: 100 } };
    const seized = room.make({ type: 'm.room.power_levels', stateKey: '', sender: eve, content: levels });
    room.letIn((answer) => ({ ...answer, state: [...without(stateOf(answer), 'm.room.power_levels'), seized.pdu] }));
    await tryJoin(alice, room.roomId, 'fake.test');
    const state = await alice.get(`/rooms/${segment(room.roomId)}/state/m.room.power_levels/`);
    expect(state.body).not.toEqual(levels);
  });
});

describe('a server', () => {
  const sending = (room: FakeRoom) => new RegExp(`send_join/${segment(room.roomId)}/`);

  it.each<[string, string | Buffer]>([
    ['that is no JSON', '{"state":[}'],
    ['that is broken off', '{"state":[{"type":"m.room.create"'],
    ['that nests without end', `{"state":[${'['.repeat(50_000)}`],
    ['that is no text', Buffer.from([0x7b, 0xff, 0xfe])],
  ])('that answers something %s is passed over', async (_case, body) => {
    const room = new FakeRoom(fake, '11').letIn();
    fake.on('PUT', sending(room), () => ({ body, headers: { 'content-type': 'application/json' }, isWrong: true }));
    expect(await tryJoin(alice, room.roomId, 'fake.test')).toMatchObject({ status: 502 });
  });

  it('that closes the connection in the middle is passed over', async () => {
    const room = new FakeRoom(fake, '11').letIn();
    fake.on('PUT', sending(room), (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100000' });
      response.write('{"state":[', () => response.destroy());
      return undefined;
    });
    expect(await tryJoin(alice, room.roomId, 'fake.test')).toMatchObject({ status: 502 });
  });

  it('that tells nonsense gives way to one that does not', async () => {
    const room = new FakeRoom(fake, '11').letIn();
    const made = new RegExp(`make_join/${segment(room.roomId)}/`);
    other.on('GET', made, ({ path }) => ({ body: room.template(path[5] as UserId, 'join') }));
    other.on('PUT', sending(room), () => ({ body: { state: [], auth_chain: [] } }));
    await alice.join(room.roomId, 'other.test', 'fake.test');
    expect(await alice.stateContent(room.roomId, 'm.room.member', room.creator)).toEqual({ membership: 'join' });
  });

  it('that knows only the first version of an endpoint is asked by that', async () => {
    const room = new FakeRoom(fake, '6').letIn();
    const unknown = { status: 404, body: { errcode: 'M_UNRECOGNIZED', error: 'no such endpoint' } };
    fake.on('PUT', new RegExp(`v2/send_join/${segment(room.roomId)}/`), unknown);
    fake.on('PUT', new RegExp(`v1/send_join/${segment(room.roomId)}/`), () => {
      const answer = { state: room.statePdus, auth_chain: room.events.map(({ pdu }) => pdu) };
      return { body: [200, { ...answer, origin: 'fake.test' }] };
    });
    await alice.join(room.roomId, 'fake.test');
    expect(await alice.stateContent(room.roomId, 'm.room.member', room.creator)).toEqual({ membership: 'join' });
  });

  it('that lets somebody in without signing for it is passed over', async () => {
    const room = new FakeRoom(fake, '11', { joinRule: 'restricted' }).letIn();
    fake.on('GET', new RegExp(`make_join/${segment(room.roomId)}/`), ({ path }) => ({
      body: room.template(path[5] as UserId, 'join', { join_authorised_via_users_server: room.creator }),
    }));
    expect(await tryJoin(alice, room.roomId, 'fake.test')).toMatchObject({ status: 502 });
  });

  it('that leaves out who authorised the join is asked for everybody', async () => {
    const room = new FakeRoom(fake, '11', { joinRule: 'restricted' });
    fake.on('GET', new RegExp(`make_join/${segment(room.roomId)}/`), ({ path }) => ({
      body: room.template(path[5] as UserId, 'join', { join_authorised_via_users_server: room.creator }),
    }));
    const asked: (string | null)[] = [];
    fake.on('PUT', sending(room), ({ query, body }) => {
      asked.push(query.get('omit_members'));
      const isWhole = query.get('omit_members') === 'false';
      const told = (pdus: readonly Pdu[]) => pdus.filter(({ type }) => isWhole || type !== 'm.room.member');
      const event = signPdu(body, room.rules, fake.name, fake.key);
      const more = isWhole ? { members_omitted: false } : { members_omitted: true, servers_in_room: [fake.name] };
      const auth_chain = told(room.events.map(({ pdu }) => pdu));
      return { body: { origin: fake.name, state: told(room.statePdus), auth_chain, event, ...more }, isWrong: true };
    });
    await alice.join(room.roomId, 'fake.test');
    expect(asked).toEqual(['true', 'false']);
    expect(await alice.stateContent(room.roomId, 'm.room.member', room.creator)).toEqual({ membership: 'join' });
  });

  it('that says more than is known of errors does not sign our user out', async () => {
    const room = new FakeRoom(fake, '11').letIn();
    const answer = { status: 401, body: { errcode: 'M_UNKNOWN_TOKEN', error: 'sign in again' } };
    fake.on('GET', new RegExp(`make_join/${segment(room.roomId)}/`), answer);
    expect(await tryJoin(alice, room.roomId, 'fake.test')).toMatchObject({ status: 502 });
  });
});

describe('a join that takes long', () => {
  /** A room whose server answers only when it is told to. */
  const slowRoom = () => {
    const room = new FakeRoom(fake, '11').letIn();
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    fake.on('PUT', new RegExp(`send_join/${segment(room.roomId)}/`), async ({ body }) => {
      const answer = { state: room.statePdus, auth_chain: room.events.map(({ pdu }) => pdu), event: body };
      onAsked();
      await told;
      return { body: answer };
    });
    return { room, asked, tell };
  };

  it('goes on when the client hangs up, and whoever asks again waits for the same', async () => {
    const { room, asked, tell } = slowRoom();
    const impatient = new AbortController();
    const path = `/join/${segment(room.roomId)}`;
    const query = { via: ['fake.test'] };
    const first = alice.request('POST', path, { query, body: {}, signal: impatient.signal });
    await asked;
    impatient.abort();
    await expect(first).rejects.toThrow();
    const second = alice.request('POST', path, { query, body: {} });
    tell();
    expect(await second).toMatchObject({ status: 200 });
    expect(fake.received(new RegExp(`send_join/${segment(room.roomId)}/`))).toHaveLength(1);
  });

  it('shows how far it is, and can be given up', async () => {
    const { room, asked, tell } = slowRoom();
    const joining = tryJoin(alice, room.roomId, 'fake.test');
    await asked;
    const { joins } = one.homeserver;
    expect(joins.list()).toEqual([
      {
        roomId: room.roomId,
        userId: alice.userId,
        startedAt: expect.any(Number),
        server: 'fake.test',
        asked: 1,
        servers: 1,
        stage: 'joining',
        received: 0,
        done: 0,
      },
    ]);
    expect(joins.cancel(room.roomId)).toBe(true);
    expect(await joining).toMatchObject({ status: 503 });
    expect(joins.list()).toEqual([]);
    expect(joins.cancel(room.roomId)).toBe(false);
    tell();
  });

  it('ends with the server, and can be done again after it', async () => {
    const { room, asked, tell } = slowRoom();
    const joining = tryJoin(alice, room.roomId, 'fake.test').catch((error: unknown) => error);
    await asked;
    await one.restart();
    await joining;
    expect(one.homeserver.joins.list()).toEqual([]);
    tell();
    await alice.join(room.roomId, 'fake.test');
    expect(await alice.stateContent(room.roomId, 'm.room.member', room.creator)).toEqual({ membership: 'join' });
  });
});
