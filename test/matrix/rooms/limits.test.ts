import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, testConfig } from '../../support/homeserver.js';
import type { RateLimits } from '../../../src-main/config/config.js';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';

const { rateLimits } = testConfig('/nowhere');
const slow = (burst: number) => ({ perSecond: 0.5, burst });
const start = (limits: Partial<RateLimits>) => {
  const clock = new FakeClock();
  return startHomeserver({ clock, config: { rateLimits: { ...rateLimits, ...limits } } });
};

const limited = (retryAfter: number) => ({
  status: 429,
  body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: retryAfter },
});

it('slows down who says too much, and says in both ways for how long', async () => {
  await using server = await start({ message: slow(3) });
  const alice = await server.register('alice');
  const bob = await server.register('bob');
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  const first = await alice.say(roomId, 'one');
  await alice.setState(roomId, 'm.room.topic', { topic: 'two' });
  await alice.redact(roomId, first);

  const reply = await alice.put(`/rooms/${roomId}/send/m.room.message/x`, { msgtype: 'm.text', body: 'four' });
  expect(reply).toMatchObject(limited(2000));
  expect(reply.headers['retry-after']).toBe('2');
  expect(await alice.put(`/rooms/${roomId}/state/m.room.topic/`, { topic: 'four' })).toMatchObject(limited(2000));
  await bob.say(roomId, 'others go on');

  (server.clock as FakeClock).advance(2000);
  await alice.say(roomId, 'four');
});

it('lets those who clean up be quicker where that is said', async () => {
  await using server = await start({ message: slow(4), adminRedaction: slow(20) });
  const alice = await server.register('alice');
  const bob = await server.register('bob');
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  const said: EventId[] = [];
  for (const text of ['a', 'b', 'c', 'd']) said.push(await bob.say(roomId, text));
  for (const text of ['a', 'b', 'c', 'd']) await alice.say(roomId, text);
  for (const eventId of said) await alice.redact(roomId, eventId);
  expect(await alice.put(`/rooms/${roomId}/send/m.room.message/x`, { msgtype: 'm.text', body: 'e' })).toMatchObject(
    limited(2000),
  );
});

it('slows down joins of one person, and of one room', async () => {
  await using server = await start({
    joins: { ...rateLimits.joins, local: slow(1) },
    joinsPerRoom: { perSecond: 0.1, burst: 2 },
  });
  const alice = await server.register('alice');
  const bob = await server.register('bob');
  const carol = await server.register('carol');
  const [one, two] = [
    await alice.createRoom({ preset: 'public_chat' }),
    await alice.createRoom({ preset: 'public_chat' }),
  ];
  await bob.join(one);
  await bob.join(one);
  expect(await bob.post(`/join/${two}`, {})).toMatchObject(limited(2000));
  const own = { membership: 'join', displayname: 'Bobby' };
  expect(await bob.put(`/rooms/${one}/state/m.room.member/${bob.userId}`, own)).toMatchObject({ status: 200 });
  expect(await bob.put(`/rooms/${two}/state/m.room.member/${bob.userId}`, own)).toMatchObject(limited(2000));
  await carol.join(one);
  const dave = await server.register('dave');
  expect(await dave.post(`/join/${one}`, {})).toMatchObject(limited(10_000));
});

it('slows down invitations by the room, by who makes them and by whom they are for', async () => {
  const invites = { perRoom: slow(2), perUser: slow(100), perIssuer: slow(3) };
  await using server = await start({ invites });
  const alice = await server.register('alice');
  const others = [];
  for (const name of ['b', 'c', 'd', 'e']) others.push(await server.register(name));
  const [b, c, d, e] = others.map(({ userId }) => userId);
  const one = await alice.createRoom();
  const invite = (roomId: string, user_id: string | undefined) => alice.post(`/rooms/${roomId}/invite`, { user_id });
  expect(await invite(one, b)).toMatchObject({ status: 200 });
  expect(await invite(one, c)).toMatchObject({ status: 200 });
  expect(await invite(one, d)).toMatchObject(limited(2000));
  const two = await alice.createRoom();
  expect(await invite(two, d)).toMatchObject({ status: 200 });
  expect(await invite(two, e)).toMatchObject(limited(2000));
  expect(await alice.post('/createRoom', { invite: [b, c, d, e] })).toMatchObject({ status: 400 });
  expect(await alice.post('/createRoom', { invite: [b, c] })).toMatchObject(limited(4000));
});

it('takes one who is invited everywhere out of the line of fire', async () => {
  await using server = await start({ invites: { ...rateLimits.invites, perUser: slow(1) } });
  const alice = await server.register('alice');
  const bob = await server.register('bob');
  const carol = await server.register('carol');
  await alice.invite(await alice.createRoom(), bob);
  const own = await carol.createRoom();
  expect(await carol.post(`/rooms/${own}/invite`, { user_id: bob.userId })).toMatchObject(limited(2000));
});

it('slows down making and replacing rooms', async () => {
  await using server = await start({ roomCreation: slow(2) });
  const alice = await server.register('alice');
  const roomId = await alice.createRoom();
  expect(await alice.post(`/rooms/${roomId}/upgrade`, { new_version: '11' })).toMatchObject({ status: 200 });
  expect(await alice.post('/createRoom', {})).toMatchObject(limited(2000));
});

it('always lets people leave, and change how they are called', async () => {
  await using server = await start({ message: slow(1) });
  const alice = await server.register('alice');
  const bob = await server.register('bob');
  const rooms: RoomId[] = [];
  for (let i = 0; i < 4; i += 1) rooms.push(await alice.createRoom({ preset: 'public_chat' }));
  for (const roomId of rooms) await bob.join(roomId);
  await bob.setDisplayName('Bobby');
  for (const roomId of rooms) await bob.leave(roomId);
  expect((await bob.ok('GET', '/joined_rooms')).joined_rooms).toEqual([]);
});

it('slows down who keeps saying how they are', async () => {
  await using server = await start({ presence: { perUser: slow(1) } });
  const alice = await server.register('alice');
  const path = `/presence/${alice.userId}/status`;
  expect(await alice.put(path, { presence: 'unavailable' })).toMatchObject({ status: 200 });
  expect(await alice.put(path, { presence: 'online' })).toMatchObject(limited(2000));
  await alice.sync({ set_presence: 'online' });
  expect((await alice.get(path)).body.presence).toBe('unavailable');
});

it('counts changes of a profile as messages', async () => {
  await using server = await start({ message: slow(1) });
  const alice = await server.register('alice', { displayName: 'Alice' });
  const path = `/profile/${alice.userId}/displayname`;
  expect(await alice.put(path, { displayname: 'Alicia' })).toMatchObject(limited(2000));
});

it('makes rooms of the same kind in the same moment', async () => {
  await using server = await start({});
  const alice = await server.register('alice');
  const rooms = await Promise.all([1, 2, 3].map(() => alice.createRoom()));
  expect(new Set(rooms).size).toBe(3);
});

describe('for whom administrators say so', () => {
  const PATH = (userId: string) => `/_synapse/admin/v1/users/${userId}/override_ratelimit`;
  const strict = { message: slow(2), roomCreation: slow(1), reports: slow(1), userDirectory: slow(1) };

  it('nothing is limited, after a restart too, until they say otherwise', async () => {
    await using server = await start(strict);
    const [root, bot] = [await server.registerAdmin('root'), await server.register('bot')];
    expect(await root.ok('GET', PATH(bot.userId))).toEqual({});
    const none = { messages_per_second: 0, burst_count: 0 };
    expect(await root.post(PATH(bot.userId))).toEqual({ status: 200, body: none });
    const rooms = [await bot.createRoom(), await bot.createRoom(), await bot.createRoom()];
    for (let n = 0; n < 5; n += 1) await bot.say(rooms[0] as RoomId, `${n}`);
    await server.restart();
    for (let n = 0; n < 5; n += 1) await bot.say(rooms[1] as RoomId, `${n}`);
    for (let n = 0; n < 3; n += 1) await bot.ok('POST', '/user_directory/search', { body: { search_term: 'root' } });
    expect(await root.ok('GET', PATH(bot.userId))).toEqual(none);
    expect(await root.delete(PATH(bot.userId))).toEqual({ status: 200, body: {} });
    await bot.say(rooms[0] as RoomId, 'one');
    await bot.say(rooms[0] as RoomId, 'two');
    const three = await bot.put(`/rooms/${rooms[0]}/send/m.room.message/3`, { msgtype: 'm.text', body: 'three' });
    expect(three).toMatchObject(limited(2000));
  });

  it('what they say has a rate of its own', async () => {
    await using server = await start(strict);
    const [root, bot] = [await server.registerAdmin('root'), await server.register('bot')];
    await root.ok('POST', PATH(bot.userId), { body: { messages_per_second: 1, burst_count: 4 } });
    const roomId = await bot.createRoom();
    for (let n = 0; n < 4; n += 1) await bot.say(roomId, `${n}`);
    const next = { msgtype: 'm.text', body: 'next' };
    expect(await bot.put(`/rooms/${roomId}/send/m.room.message/x`, next)).toMatchObject(limited(1000));
    expect(await bot.post('/createRoom', {})).toMatchObject(limited(2000));
  });

  it('that they are, and who they are, must be right', async () => {
    await using server = await start(strict);
    const [root, bot] = [await server.registerAdmin('root'), await server.register('bot')];
    const refusal = (status: number, errcode: string) => ({ status, body: { errcode } });
    expect(await bot.post(PATH(bot.userId))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await root.post(PATH('@bot:elsewhere.test'))).toMatchObject(refusal(400, 'M_UNKNOWN'));
    expect(await root.get(PATH('@nobody:hearth.test'))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    const negative = { messages_per_second: -1 };
    expect(await root.post(PATH(bot.userId), negative)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });
});
