import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { refusal, roomPath, segment, sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();
const HELLO = { msgtype: 'm.text', body: 'hello' };

const firstMessage = (room: string) => roomPath(room, 'send/m.room.message/1');

describe('messages', () => {
  it('returns an event of any type just as it was sent', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const content = { 'org.x': [1, -0, { '': null, é: '\u{1f600}' }], nested: { deep: { deeper: [] } }, b: true };
    const eventId = await alice.send(roomId, 'org.example.any/thing ü', content);
    expect(await alice.event(roomId, eventId)).toMatchObject({
      type: 'org.example.any/thing ü',
      sender: alice.userId,
      room_id: roomId,
      content: JSON.parse(JSON.stringify(content)),
      unsigned: { membership: 'join' },
    });
  });

  it('tells strangers neither of the room nor that it exists', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const roomId = await alice.createRoom();
    const reply = await bob.put(firstMessage(roomId), HELLO);
    expect(reply).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await bob.put(firstMessage('!unknown:hearth.test'), HELLO)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('refuses those whose level is too low', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const roomId = await alice.createRoom({
      preset: 'public_chat',
      power_level_content_override: { events_default: 1 },
    });
    await bob.join(roomId);
    expect(await bob.put(roomPath(roomId, 'send/m.room.message/1'), HELLO)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it.each<[string, unknown, number, string]>([
    ['text that is no JSON', '{"body": ', 400, 'M_NOT_JSON'],
    ['a list', [], 400, 'M_BAD_JSON'],
    ['a fraction', '{"msgtype":"m.text","body":"x","n":1.5}', 400, 'M_BAD_JSON'],
    ['a fraction that is whole', '{"msgtype":"m.text","body":"x","n":1.0}', 400, 'M_BAD_JSON'],
    ['a number beyond 2^53 - 1', '{"msgtype":"m.text","body":"x","n":9007199254740992}', 400, 'M_BAD_JSON'],
    ['NaN', '{"msgtype":"m.text","body":"x","n":NaN}', 400, 'M_NOT_JSON'],
    ['half a character', '{"msgtype":"m.text","body":"\\ud800"}', 400, 'M_BAD_JSON'],
    ['a message without a body', { msgtype: 'm.text' }, 400, 'M_BAD_JSON'],
    ['mentions that are no object', { ...HELLO, 'm.mentions': ['@a:b.c'] }, 400, 'M_BAD_JSON'],
    ['mentions of numbers', { ...HELLO, 'm.mentions': { user_ids: [1] } }, 400, 'M_BAD_JSON'],
  ])('answers to %s as the spec says', async (_case, body, status, errcode) => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const headers = { 'content-type': 'application/json' };
    const reply = await alice.request('PUT', roomPath(roomId, 'send/m.room.message/1'), { body, headers });
    expect(reply).toMatchObject(refusal(status, errcode));
  });
});

const fill = (bytes: number) => ({ ...HELLO, body: 'x'.repeat(bytes) });

describe('limits', () => {
  it('takes events of up to 65,536 bytes and refuses larger ones', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    expect(await alice.put(roomPath(roomId, 'send/m.room.message/1'), fill(64_500))).toMatchObject({ status: 200 });
    const reply = await alice.put(roomPath(roomId, 'send/m.room.message/2'), fill(65_536));
    expect(reply).toMatchObject(refusal(413, 'M_TOO_LARGE'));
    const state = await alice.put(roomPath(roomId, 'state/org.x/1'), fill(65_536));
    expect(state).toMatchObject(refusal(413, 'M_TOO_LARGE'));
  });

  it.each([
    ['a type of 255 bytes', 't'.repeat(255), 'k', 200],
    ['a type of 256 bytes', 't'.repeat(256), 'k', 413],
    ['a state key of 255 bytes', 'org.x', 'k'.repeat(255), 200],
    ['a state key of 256 bytes', 'org.x', 'k'.repeat(256), 413],
    ['a state key of 128 letters of two bytes', 'org.x', 'é'.repeat(128), 413],
  ])('%s', async (_case, type, stateKey, status) => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const reply = await alice.put(roomPath(roomId, `state/${type}/${segment(stateKey)}`), {});
    expect(reply.status).toBe(status);
  });
});

const send = (roomId: RoomId, type: string, txnId: string) => roomPath(roomId, `send/${type}/${txnId}`);

describe('transactions', () => {
  it('answers the same event to the same transaction, whatever it says', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const first = await alice.put(send(roomId, 'm.room.message', 'abc'), HELLO);
    const again = await alice.put(send(roomId, 'm.room.message', 'abc'), { ...HELLO, body: 'other' });
    expect(again).toEqual(first);
    const { chunk } = await alice.messages(roomId);
    expect(chunk.filter(({ type }) => type === 'm.room.message')).toHaveLength(1);
  });

  it('answers one event to the same transaction sent many times at once', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => alice.put(send(roomId, 'm.room.message', 'abc'), HELLO)),
    );
    expect(new Set(replies.map(({ body }) => body.event_id)).size).toBe(1);
  });

  it('takes the same transaction id for other events elsewhere', async () => {
    const alice = await town.person('alice');
    const phone = await alice.logIn();
    const [roomId, otherRoom] = [await alice.createRoom(), await alice.createRoom()];
    const ids = [
      await alice.send(roomId, 'm.room.message', HELLO, 'abc'),
      await alice.send(roomId, 'org.x', {}, 'abc'),
      await alice.send(otherRoom, 'm.room.message', HELLO, 'abc'),
      await phone.send(roomId, 'm.room.message', HELLO, 'abc'),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  it('shows the transaction id to the device that sent the event, and to nobody else', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const phone = await alice.logIn();
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    const eventId = await alice.send(roomId, 'm.room.message', HELLO, 'abc');
    expect((await alice.event(roomId, eventId))['unsigned']).toMatchObject({ transaction_id: 'abc' });
    for (const other of [phone, bob]) {
      expect((await other.event(roomId, eventId))['unsigned']).not.toHaveProperty('transaction_id');
    }
  });

  it('knows transactions again after a restart, and with another token of the same device', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const eventId = await alice.send(roomId, 'm.room.message', HELLO, 'abc');
    await town.server.restart();
    const again = await alice.logIn({ device_id: alice.deviceId });
    expect(await again.send(roomId, 'm.room.message', HELLO, 'abc')).toBe(eventId);
    expect((await again.event(roomId, eventId))['unsigned']).toMatchObject({ transaction_id: 'abc' });
  });
});

describe('state', () => {
  it('writes and reads an empty state key with and without the slash', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    for (const [path, n] of [
      ['state/org.x', 1],
      ['state/org.x/', 2],
    ] as const) {
      await alice.ok('PUT', roomPath(roomId, path), { body: { n } });
      expect(await alice.ok('GET', roomPath(roomId, 'state/org.x'))).toEqual({ n });
      expect(await alice.ok('GET', roomPath(roomId, 'state/org.x/'))).toEqual({ n });
    }
    expect((await alice.state(roomId)).filter(({ type }) => type === 'org.x')).toHaveLength(1);
  });

  it('answers the standing event to a state that changes nothing', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const first = await alice.setState(roomId, 'org.x', { a: 1, b: { c: [2] } });
    expect(await alice.setState(roomId, 'org.x', { b: { c: [2] }, a: 1 })).toBe(first);
    const second = await alice.setState(roomId, 'org.x', { a: 2 });
    expect(second).not.toBe(first);
    expect(await alice.setState(roomId, 'org.x', { a: 1, b: { c: [2] } })).not.toBe(first);
  });

  it('says what a state event replaced', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const first = await alice.setState(roomId, 'm.room.name', { name: 'One' });
    const second = await alice.setState(roomId, 'm.room.name', { name: 'Two' });
    expect(await alice.event(roomId, second)).toMatchObject({
      unsigned: { prev_content: { name: 'One' }, replaces_state: first, prev_sender: alice.userId },
    });
  });

  it('gives a state event as content or whole', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom({ name: 'Kitchen' });
    const path = roomPath(roomId, 'state/m.room.name');
    expect(await alice.ok('GET', path, { query: { format: 'content' } })).toEqual({ name: 'Kitchen' });
    expect(await alice.ok('GET', path, { query: { format: 'event' } })).toMatchObject({
      type: 'm.room.name',
      state_key: '',
      sender: alice.userId,
      room_id: roomId,
      content: { name: 'Kitchen' },
    });
    expect(await alice.get(roomPath(roomId, 'state/m.room.name/other'))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await alice.get(path, { format: 'xml' })).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });

  it.each<[string, string, string, JsonObject, number, string]>([
    ['state of somebody else', 'org.x', '@eve:hearth.test', {}, 403, 'M_FORBIDDEN'],
    ['a second create event', 'm.room.create', '', { room_version: '12' }, 403, 'M_FORBIDDEN'],
    ['a name that is no text', 'm.room.name', '', { name: 1 }, 400, 'M_BAD_JSON'],
    ['a topic without topic', 'm.room.topic', '', {}, 400, 'M_BAD_JSON'],
    ['a tombstone without its room', 'm.room.tombstone', '', { body: 'gone' }, 400, 'M_BAD_JSON'],
    ['a membership that is none', 'm.room.member', '@eve:hearth.test', { membership: 'here' }, 400, 'M_BAD_JSON'],
    ['no membership', 'm.room.member', '@eve:hearth.test', {}, 400, 'M_BAD_JSON'],
    ['an alias that is none', 'm.room.canonical_alias', '', { alias: 'kitchen' }, 400, 'M_INVALID_PARAM'],
    [
      'alternative aliases that are no list',
      'm.room.canonical_alias',
      '',
      { alt_aliases: '#a:b' },
      400,
      'M_INVALID_PARAM',
    ],
    ['an alias that leads nowhere', 'm.room.canonical_alias', '', { alias: '#no:hearth.test' }, 400, 'M_BAD_ALIAS'],
  ])('refuses %s', async (_case, type, stateKey, content, status, errcode) => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const reply = await alice.put(roomPath(roomId, `state/${type}/${segment(stateKey)}`), content);
    expect(reply).toMatchObject(refusal(status, errcode));
  });

  it.each(['m.room.name', 'm.room.topic', 'm.room.member', 'm.room.power_levels'])(
    'refuses %s as a message',
    async (type) => {
      const alice = await town.person('alice');
      const roomId = await alice.createRoom();
      const content = { name: 'x', topic: 'x', membership: 'join' };
      const reply = await alice.put(roomPath(roomId, `send/${type}/1`), content);
      expect(reply).toMatchObject(refusal(400, 'M_BAD_JSON'));
    },
  );
});

describe('power levels', () => {
  it.each<[string, (levels: any) => JsonObject]>([
    ['levels that are text', (levels) => ({ ...levels, ban: '50' })],
    ['levels of users that are text', (levels) => ({ ...levels, users: { ...levels.users, '@a:b.c': '1' } })],
    ['events that are a list', (levels) => ({ ...levels, events: [] })],
    ['notifications that are text', (levels) => ({ ...levels, notifications: { room: '50' } })],
  ])('refuses %s in old and new rooms', async (_case, change) => {
    const alice = await town.person('alice');
    for (const room_version of ['1', '10', '12']) {
      const roomId = await alice.createRoom({ room_version });
      const levels = await alice.stateContent(roomId, 'm.room.power_levels');
      const reply = await alice.put(roomPath(roomId, 'state/m.room.power_levels'), change(levels));
      expect(reply).toMatchObject(refusal(400, 'M_BAD_JSON'));
    }
  });

  it('lets an administrator lower users_default to their own level and below', async () => {
    const alice = await town.person('alice');
    const override = { users: { [alice.userId]: 100 }, users_default: 100 };
    const roomId = await alice.createRoom({ room_version: '11', power_level_content_override: override });
    await alice.setState(roomId, 'm.room.power_levels', { users: { [alice.userId]: 100 }, users_default: 40 });
    expect(await alice.stateContent(roomId, 'm.room.power_levels')).toMatchObject({ users_default: 40 });
  });

  it('takes levels after none at all', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    await alice.setState(roomId, 'm.room.power_levels', {});
    await alice.setState(roomId, 'm.room.power_levels', { users: { '@bob:hearth.test': 100 } });
    expect(await alice.stateContent(roomId, 'm.room.power_levels')).toEqual({ users: { '@bob:hearth.test': 100 } });
  });

  it('lets nobody give others more than they have', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const override = { users: { [bob.userId]: 50 }, events: { 'm.room.power_levels': 50 } };
    const roomId = await alice.createRoom({ preset: 'public_chat', power_level_content_override: override });
    await bob.join(roomId);
    const levels = await bob.stateContent(roomId, 'm.room.power_levels');
    const put = (users: JsonObject) => bob.put(roomPath(roomId, 'state/m.room.power_levels'), { ...levels, users });
    expect(await put({ [bob.userId]: 51 })).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await put({ [bob.userId]: 50, '@carol:hearth.test': 50 })).toMatchObject({ status: 200 });
    expect(await put({ [bob.userId]: 50 })).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('keeps the creators of version 12 above all levels', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const most = Number.MAX_SAFE_INTEGER;
    const override = { users: { [bob.userId]: most } };
    const roomId = await alice.createRoom({ preset: 'public_chat', power_level_content_override: override });
    await bob.join(roomId);
    const kick = { user_id: alice.userId };
    expect(await bob.post(roomPath(roomId, 'kick'), kick)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    const levels = { users: { [alice.userId]: 1 } };
    expect(await alice.put(roomPath(roomId, 'state/m.room.power_levels'), levels)).toMatchObject(
      refusal(403, 'M_FORBIDDEN'),
    );
    await alice.moderate('kick', roomId, bob.userId);
    expect(await alice.stateContent(roomId, 'm.room.member', bob.userId)).toMatchObject({ membership: 'leave' });
  });
});

it('takes events and redactions without a transaction, each for another one', async () => {
  const alice = await town.person('alice');
  const roomId = await alice.createRoom();
  const path = `/rooms/${segment(roomId)}/send/m.room.message`;
  const body = { msgtype: 'm.text', body: 'hello' };
  const first = await alice.ok('POST', path, { body });
  const second = await alice.ok('POST', path, { body });
  expect(second.event_id).not.toBe(first.event_id);
  const redaction = await alice.ok('POST', `/rooms/${segment(roomId)}/redact/${segment(first.event_id)}`);
  expect((await alice.event(roomId, first.event_id))['unsigned']).toMatchObject({
    redacted_because: { event_id: redaction.event_id },
  });
});
