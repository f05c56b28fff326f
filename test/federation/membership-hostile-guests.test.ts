import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src-main/base/json.js';
import { randomLetters } from '../../src-main/base/random.js';
import type { EventId, RoomId, UserId } from '../../src-main/spec/ids.js';
import { type PduDraft, type SealedPdu, sealPdu } from '../../src-main/spec/seal-pdu.js';
import { FakeRoom } from '../support/fake-room.js';
import { startFederation } from '../support/federation.js';
import { rulesOf } from '../support/rooms.js';
import type { TestReply } from '../support/test-client.js';

/** What servers outside a room, played by hand, may ask of one that is in it. */
const federation = await startFederation(['hs1.test']);
const one = federation.server('hs1.test');
const fake = await federation.fakeServer('fake.test');
afterAll(() => federation.stop());

const alice = await one.register('alice');
const mallory: UserId = '@mallory:fake.test';
const V1 = '/_matrix/federation/v1';
const V2 = '/_matrix/federation/v2';
const segment = encodeURIComponent;
const refusal = (status: number, errcode: string) => ({ status, body: { errcode } });

const make = (asking: string, roomId: RoomId, userId: UserId, ...versions: string[]) => {
  const query = versions.map((version) => `ver=${version}`).join('&');
  const path = `${V1}/make_${asking}/${segment(roomId)}/${segment(userId)}`;
  return fake.ask(one, 'GET', query === '' ? path : `${path}?${query}`);
};

/** Our event of a template, changed. */
function sealed({ event, room_version: version }: JsonObject, change: JsonObject = {}): SealedPdu {
  const rules = rulesOf(String(version));
  const id = rules.eventIds === 'random' ? { event_id: `$${randomLetters(20)}:fake.test` } : {};
  const draft = { ...(event as JsonObject), ...id, ...change };
  return sealPdu(draft as unknown as PduDraft, rules, 'fake.test', fake.key);
}

const send = (asking: string, roomId: RoomId, { eventId, pdu }: { eventId: string; pdu: JsonObject }, query = '') =>
  fake.ask(
    one,
    'PUT',
    `${asking === 'knock' ? V1 : V2}/send_${asking}/${segment(roomId)}/${segment(eventId)}${query}`,
    pdu,
    {
      isWrong: true,
    },
  );

const publicRoom = (version = '11', more: JsonObject = {}) =>
  alice.createRoom({ preset: 'public_chat', room_version: version, ...more });

/** Comes in as a server should. */
async function comeIn(roomId: RoomId, version: string, userId = mallory): Promise<TestReply> {
  const { body: template } = await make('join', roomId, userId, version);
  return send('join', roomId, sealed(template));
}

describe.each(['1', '3', '6', '10', '11', '12'])('into a room of version %s', (version) => {
  it('a server comes by a template that it signs, and out again', async () => {
    const roomId = await publicRoom(version);
    const joined = await comeIn(roomId, version);
    expect(joined.status).toBe(200);
    expect(joined.body.members_omitted).toBe(false);
    const types = joined.body.state.map(({ type }: JsonObject) => type);
    expect(types).toEqual(expect.arrayContaining(['m.room.create', 'm.room.join_rules', 'm.room.power_levels']));
    const member = (membership: string) =>
      expect.poll(() => alice.stateContent(roomId, 'm.room.member', mallory)).toMatchObject({ membership });
    await member('join');
    const { body: template } = await make('leave', roomId, mallory);
    expect(await send('leave', roomId, sealed(template))).toMatchObject({ status: 200, body: {} });
    await member('leave');
  });
});

describe('a template', () => {
  it('is for the asking server’s own users', async () => {
    const roomId = await publicRoom();
    for (const asking of ['join', 'leave', 'knock']) {
      expect(await make(asking, roomId, '@eve:other.test', '11')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    }
  });

  it('is of rooms that this server is in', async () => {
    const left = await publicRoom();
    await alice.leave(left);
    for (const roomId of ['!none:hs1.test' as RoomId, left]) {
      expect(await make('join', roomId, mallory, '11')).toMatchObject(refusal(404, 'M_NOT_FOUND'));
      expect(await make('leave', roomId, mallory)).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    }
  });

  it('is of a version that the asking server knows', async () => {
    const roomId = await publicRoom('12');
    const { body } = await make('join', roomId, mallory, '1', '11');
    expect(body).toMatchObject({ errcode: 'M_INCOMPATIBLE_ROOM_VERSION', room_version: '12' });
    const silent = await make('join', roomId, mallory);
    expect(silent).toMatchObject(refusal(400, 'M_INCOMPATIBLE_ROOM_VERSION'));
    expect(await make('knock', roomId, mallory, '11')).toMatchObject(refusal(400, 'M_INCOMPATIBLE_ROOM_VERSION'));
    expect(await make('join', roomId, mallory, '11', '12')).toMatchObject({ status: 200 });
  });

  it('is not for the banned, nor for who is not let in', async () => {
    const open = await publicRoom();
    const closed = await alice.createRoom({ room_version: '11' });
    await alice.moderate('ban', open, mallory);
    expect(await make('join', open, mallory, '11')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await make('join', closed, mallory, '11')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await make('knock', closed, mallory, '11')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await make('leave', closed, mallory)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('is not for servers that the room shuts out', async () => {
    const roomId = await publicRoom();
    const { body: template } = await make('join', roomId, mallory, '11');
    await alice.setState(roomId, 'm.room.server_acl', { allow: ['*'], deny: ['fake.*'] });
    for (const asking of ['join', 'leave', 'knock']) {
      expect(await make(asking, roomId, mallory, '11')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    }
    expect(await send('join', roomId, sealed(template))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });
});

describe('an event', () => {
  it.each<[string, JsonObject]>([
    ['is no member event', { type: 'm.room.message', state_key: undefined }],
    ['is no state', { state_key: undefined }],
    ['is of another room', { room_id: '!other:hs1.test' }],
    ['is of another server’s user', { sender: '@eve:other.test', state_key: '@eve:other.test' }],
    ['is of one of ours', { sender: '@alice:hs1.test', state_key: '@alice:hs1.test' }],
    ['is about somebody else', { state_key: '@eve:fake.test' }],
    ['is another membership', { content: { membership: 'leave' } }],
    ['is no membership', { content: {} }],
    ['has a content that is none', { content: 'join' }],
    ['has no sender', { sender: undefined }],
    ['follows nothing that is known', { prev_events: ['$unknown'] }],
  ])('that %s is no join', async (_case, change) => {
    const roomId = await publicRoom();
    const { body: template } = await make('join', roomId, mallory, '11');
    expect(await send('join', roomId, sealed(template, change))).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await alice.get(`/rooms/${segment(roomId)}/state/m.room.member/${segment(mallory)}`)).toMatchObject({
      status: 404,
    });
  });

  it.each<[string, (event: SealedPdu) => { eventId: string; pdu: JsonObject }]>([
    ['without a signature', ({ eventId, pdu }) => ({ eventId, pdu: { ...pdu, signatures: {} } })],
    [
      'with a wrong signature',
      ({ eventId, pdu }) => ({ eventId, pdu: { ...pdu, signatures: { 'fake.test': { 'ed25519:fake': 'AAAA' } } } }),
    ],
    ['with another id than the path says', ({ pdu }) => ({ eventId: '$other', pdu })],
    ['changed after it was signed', ({ eventId, pdu }) => ({ eventId, pdu: { ...pdu, depth: 1 } })],
  ])('%s is refused', async (_case, spoil) => {
    const roomId = await publicRoom();
    const { body: template } = await make('join', roomId, mallory, '11');
    expect(await send('join', roomId, spoil(sealed(template)))).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });

  it('of a join is no leave, and of a leave no join or knock', async () => {
    const roomId = await publicRoom();
    const { body: join } = await make('join', roomId, mallory, '11');
    expect(await send('leave', roomId, sealed(join))).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await send('knock', roomId, sealed(join))).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await send('join', roomId, sealed(join))).toMatchObject({ status: 200 });
    const { body: leave } = await make('leave', roomId, mallory);
    expect(await send('join', roomId, sealed(leave))).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await send('knock', roomId, sealed(leave))).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });

  it('of somebody who was banned meanwhile is refused', async () => {
    const roomId = await publicRoom();
    const { body: template } = await make('join', roomId, mallory, '11');
    await alice.moderate('ban', roomId, mallory);
    expect(await send('join', roomId, sealed(template))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await alice.stateContent(roomId, 'm.room.member', mallory)).toMatchObject({ membership: 'ban' });
  });

  it('of somebody whom nobody let in is refused', async () => {
    const roomId = await alice.createRoom({ room_version: '11' });
    const open = await publicRoom();
    const { body: template } = await make('join', open, mallory, '11');
    const stolen = sealed(template, { room_id: roomId });
    const { status, body } = await send('join', roomId, stolen);
    expect([400, 403], JSON.stringify(body)).toContain(status);
  });

  it('that claims to be let in by one of ours must be allowed to', async () => {
    const club = await publicRoom();
    const content = { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: club }] };
    const roomId = await alice.createRoom({
      room_version: '11',
      initial_state: [{ type: 'm.room.join_rules', state_key: '', content }],
    });
    expect(await make('join', roomId, mallory, '11')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    await comeIn(club, '11');
    const { body: template } = await make('join', roomId, mallory, '11');
    expect(template.event.content.join_authorised_via_users_server).toBe(alice.userId);
    const { body: leave } = await make('leave', club, mallory);
    await send('leave', club, sealed(leave));
    expect(await send('join', roomId, sealed(template))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    const other = { membership: 'join', join_authorised_via_users_server: '@eve:other.test' };
    expect(await send('join', roomId, sealed(template, { content: other }))).toMatchObject(
      refusal(400, 'M_INVALID_PARAM'),
    );
  });

  it('is taken once, however often it comes', async () => {
    const roomId = await publicRoom();
    const { body: template } = await make('join', roomId, mallory, '11');
    const join = sealed(template);
    for (let i = 0; i < 3; i += 1) expect(await send('join', roomId, join)).toMatchObject({ status: 200 });
  });
});

describe('a room that is handed over', () => {
  it('may come without its members, but with those who give it its name', async () => {
    const bob = await one.register('bob');
    const roomId = await publicRoom('11');
    await bob.join(roomId);
    const { body: template } = await make('join', roomId, mallory, '11');
    const { status, body } = await send('join', roomId, sealed(template), '?omit_members=true');
    expect(status).toBe(200);
    expect(body).toMatchObject({ members_omitted: true, servers_in_room: ['hs1.test'] });
    const members = (list: JsonObject[]) =>
      list.filter(({ type }) => type === 'm.room.member').map((e) => e['state_key']);
    expect(members(body.state).sort()).toEqual([alice.userId, bob.userId].sort());
    const named = await publicRoom('11', { name: 'Named' });
    const { body: other } = await make('join', named, mallory, '11');
    const reply = await send('join', named, sealed(other), '?omit_members=true');
    expect(members(reply.body.state)).toEqual([]);
    // Who made the room is among what its state rests on.
    expect(members(reply.body.auth_chain)).toEqual([alice.userId]);
  });

  it('comes with all that its state rests on', async () => {
    const roomId = await publicRoom('11', { name: 'Whole' });
    const { body } = await comeIn(roomId, '11');
    const ids: EventId[] = [...body.state, ...body.auth_chain].flatMap((event) => event.auth_events);
    const room = new FakeRoom(fake, '11');
    const given = new Set<EventId>([...body.state, ...body.auth_chain].map((event) => room.idOf(event)));
    for (const id of ids) expect(given, String(id)).toContain(id);
  });

  it('comes by the first version of the endpoint too', async () => {
    const roomId = await publicRoom('6');
    const { body: template } = await make('join', roomId, mallory, '6');
    const { eventId, pdu } = sealed(template);
    const { status, body } = await fake.ask(one, 'PUT', `${V1}/send_join/${segment(roomId)}/${segment(eventId)}`, pdu);
    expect(status).toBe(200);
    expect(body[0]).toBe(200);
    expect(body[1].state.length).toBeGreaterThan(3);
    const { body: leaving } = await make('leave', roomId, mallory);
    const leave = sealed(leaving);
    const path = `${V1}/send_leave/${segment(roomId)}/${segment(leave.eventId)}`;
    expect((await fake.ask(one, 'PUT', path, leave.pdu)).body).toEqual([200, {}]);
  });
});

describe('an invitation', () => {
  const invited = (room: FakeRoom, target = alice.userId as UserId, content: JsonObject = {}) =>
    room.make({ type: 'm.room.member', stateKey: target, content: { membership: 'invite', ...content } });
  const bring = (room: FakeRoom, { eventId, pdu }: { eventId: string; pdu: JsonObject }, more: JsonObject = {}) =>
    fake.ask(
      one,
      'PUT',
      `${V2}/invite/${segment(room.roomId)}/${segment(eventId)}`,
      { room_version: room.rules.version, event: pdu, invite_room_state: room.statePdus, ...more },
      { isWrong: true },
    );

  it.each(['1', '6', '11', '12'])('to a room of version %s comes back signed, and is shown', async (version) => {
    const room = new FakeRoom(fake, version);
    room.add({ type: 'm.room.name', stateKey: '', content: { name: 'Trap' } });
    const reply = await bring(room, invited(room));
    expect(reply.status).toBe(200);
    expect(Object.keys(reply.body.event.signatures).sort()).toEqual(['fake.test', 'hs1.test']);
    const shown = await alice.syncUntilBody((body) => body.rooms?.invite?.[room.roomId]?.invite_state.events);
    for (const event of shown) expect(Object.keys(event).sort()).toEqual(['content', 'sender', 'state_key', 'type']);
    expect(shown.find(({ type }: JsonObject) => type === 'm.room.name').content).toEqual({ name: 'Trap' });
  });

  it('comes by the first version of the endpoint too', async () => {
    const room = new FakeRoom(fake, '1');
    const { eventId, pdu } = invited(room);
    const body = { ...pdu, unsigned: { invite_room_state: room.statePdus } };
    const reply = await fake.ask(one, 'PUT', `${V1}/invite/${segment(room.roomId)}/${segment(eventId)}`, body, {
      isWrong: true,
    });
    expect(reply).toMatchObject({ status: 200, body: [200, { event: { room_id: room.roomId } }] });
  });

  it.each<[string, (room: FakeRoom) => { eventId: string; pdu: JsonObject }]>([
    [
      'that is none',
      (room) => room.make({ type: 'm.room.member', stateKey: alice.userId, content: { membership: 'join' } }),
    ],
    ['of no member event', (room) => room.make({ type: 'm.room.message', content: { membership: 'invite' } })],
    ['of somebody elsewhere', (room) => invited(room, '@eve:other.test')],
    [
      'by somebody elsewhere',
      (room) =>
        room.make({
          type: 'm.room.member',
          sender: '@eve:other.test',
          stateKey: alice.userId,
          content: { membership: 'invite' },
        }),
    ],
    ['that is not signed', (room) => ({ ...invited(room), pdu: { ...invited(room).pdu, signatures: {} } })],
    ['with another id than the path says', (room) => ({ ...invited(room), eventId: '$other' })],
    [
      'to another room than the path says',
      (room) => ({ ...invited(room), pdu: { ...invited(room).pdu, room_id: '!other:fake.test' } }),
    ],
  ])('%s is refused', async (_case, spoiled) => {
    const room = new FakeRoom(fake, '11');
    expect(await bring(room, spoiled(room))).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });

  it('to a room of a version that nobody knows is refused', async () => {
    const room = new FakeRoom(fake, '11');
    const reply = await bring(room, invited(room), { room_version: '99' });
    expect(reply).toMatchObject({ status: 400, body: { errcode: 'M_INCOMPATIBLE_ROOM_VERSION', room_version: '99' } });
  });

  it('of nobody is refused', async () => {
    const room = new FakeRoom(fake, '11');
    expect(await bring(room, invited(room, '@nobody:hs1.test'))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('shows what is the room’s own where its version wants that', async () => {
    const room = new FakeRoom(fake, '12');
    const elsewhere = new FakeRoom(fake, '12');
    const [create, ...others] = room.statePdus;
    const stripped = room.statePdus.slice(1).map(({ type, state_key, sender, content }) => ({
      type,
      state_key: state_key ?? '',
      sender,
      content,
    }));
    const unsigned = { ...create, signatures: {} };
    expect(await bring(room, invited(room), { invite_room_state: [create ?? {}, ...stripped] })).toMatchObject({
      status: 200,
    });
    const elsewhereToo = [...room.statePdus, ...elsewhere.statePdus];
    for (const state of [
      [],
      others,
      stripped,
      elsewhere.statePdus,
      elsewhereToo,
      [unsigned],
      [create ?? {}, { type: 'm.room.topic' }],
    ]) {
      const reply = await bring(room, invited(room), { invite_room_state: state as JsonValue });
      expect(reply, JSON.stringify(state).slice(0, 200)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    }
  });

  it('shows what older servers send of older rooms, and leaves out what is spoiled', async () => {
    const room = new FakeRoom(fake, '10');
    const stripped = { type: 'm.room.name', state_key: '', sender: mallory, content: { name: 'Stripped' } };
    const spoiled = { ...room.statePdus[0], signatures: {} };
    const lie = {
      type: 'm.room.member',
      state_key: alice.userId,
      sender: alice.userId,
      content: { membership: 'join' },
    };
    const state = [stripped, spoiled, lie, { type: 'm.room.topic' }, 'text', 7];
    expect(await bring(room, invited(room), { invite_room_state: state.slice(0, 4) })).toMatchObject({ status: 200 });
    const shown = await alice.syncUntilBody((body) => body.rooms?.invite?.[room.roomId]?.invite_state.events);
    expect(shown.map(({ type }: JsonObject) => type)).toEqual(['m.room.name', 'm.room.member']);
    expect(shown.at(-1).content).toMatchObject({ membership: 'invite' });
  });

  it('is taken back by who invited only', async () => {
    const room = new FakeRoom(fake, '11');
    const other = await federation.fakeServer('other.test');
    await bring(room, room.make({ type: 'm.room.member', stateKey: alice.userId, content: { membership: 'invite' } }));
    await alice.syncUntilBody((body) => body.rooms?.invite?.[room.roomId]);
    const transaction = (pdu: JsonObject) => ({
      origin: 'fake.test',
      origin_server_ts: Date.now(),
      pdus: [pdu],
      edus: [],
    });
    const foreign = new FakeRoom(other, '11');
    foreign.roomId = room.roomId;
    const kick = { type: 'm.room.member', stateKey: alice.userId, content: { membership: 'leave' } };
    await other.ask(one, 'PUT', `${V1}/send/1`, transaction(foreign.make(kick).pdu), { isWrong: true });
    expect((await alice.sync({ since: '' })).rooms?.invite?.[room.roomId]).toBeDefined();
    await fake.ask(one, 'PUT', `${V1}/send/2`, transaction(room.make(kick).pdu), { isWrong: true });
    await alice.syncUntilBody((body) => body.rooms?.leave?.[room.roomId]);
  });

  it('that the room does not know of is turned down all the same', async () => {
    const room = new FakeRoom(fake, '11').letIn();
    expect(await bring(room, invited(room))).toMatchObject({ status: 200 });
    await alice.syncUntilBody((body) => body.rooms?.invite?.[room.roomId]);
    const carol = await one.register('carol');
    await carol.join(room.roomId, 'fake.test');
    await alice.leave(room.roomId);
    await alice.syncUntilBody((body) => body.rooms?.leave?.[room.roomId]);
    expect((await alice.sync({ since: '' })).rooms?.invite?.[room.roomId]).toBeUndefined();
  });
});
