import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserId } from '../../src-main/spec/ids.js';
import { sealPdu } from '../../src-main/spec/seal-pdu.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import {
  freshName,
  happen,
  isPartial,
  joinPartly,
  LAZY,
  type PartialRoom,
  type PartlyJoined,
  say,
  sendAs,
  takeTransactions,
} from '../support/partial-room.js';
import type { TestUser } from '../support/test-client.js';
import { rulesOf } from '../support/rooms.js';
import { crossSigningIdentity, deviceIdentity, queryKeys } from '../matrix/encryption/keys.js';

/** Devices of people in rooms whose members are on their way. */
let federation: TestFederation;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
});
afterAll(() => federation.stop());

const LONG = { timeout: 10_000 };
const joined = (prepare?: (room: PartialRoom) => void) => joinPartly(federation, prepare);
async function complete(given: PartlyJoined): Promise<void> {
  given.room.release();
  await expect.poll(() => isPartial(given), LONG).toBe(false);
}

/** A server with somebody who joins before, or after, the room is joined in part. */
async function otherServer() {
  const server = await federation.fakeServer(`${freshName('other')}.test`);
  const sent = takeTransactions(server);
  const user = `@oscar:${server.name}` as UserId;
  return { server, sent, user };
}
type Other = Awaited<ReturnType<typeof otherServer>>;

/** Somebody of another server does something in the room: signed by their own server, told by it. */
async function moves(given: PartlyJoined, { server, user }: Other, membership: string): Promise<void> {
  const { room, one } = given;
  const own = room.server;
  Object.assign(room, { server });
  try {
    const event = room.add({ type: 'm.room.member', sender: user, stateKey: user, content: { membership } });
    room.tellState(server);
    await sendAs(server, one, [event.pdu]);
  } finally {
    Object.assign(room, { server: own });
  }
}

/** Somebody of another server is in the room from the beginning. */
const isIn =
  (other: Other, isTold = true) =>
  (room: PartialRoom) => {
    const own = room.server;
    Object.assign(room, { server: other.server });
    const { user } = other;
    room.add({ type: 'm.room.member', sender: user, stateKey: user, content: { membership: 'join' } });
    Object.assign(room, { server: own });
    if (!isTold) room.servers = [own.name];
  };

const updatesOf = (sent: PartlyJoined['sent'], userId: string) =>
  sent.edus.filter((edu) => edu.edu_type === 'm.device_list_update' && edu.content.user_id === userId);
const changesDevice = async (user: TestUser) => {
  const { device_id } = await user.ok('GET', '/account/whoami');
  await user.ok('PUT', `/devices/${device_id}`, { body: { display_name: freshName('name') } });
  await user.ok('POST', '/keys/upload', { body: { device_keys: deviceIdentity(user).deviceKeys } });
};
const hears = (sent: PartlyJoined['sent'], user: TestUser) =>
  expect.poll(() => updatesOf(sent, user.userId).length, LONG).toBeGreaterThan(0);

describe('what happens to the devices of people here is told', () => {
  it('to all servers that were in the room', async () => {
    const other = await otherServer();
    const given = await joined(isIn(other));
    await changesDevice(given.alice);
    await hears(given.sent, given.alice);
    await hears(other.sent, given.alice);
    given.room.release();
  });

  it('to a server that came into the room meanwhile', async () => {
    const given = await joined();
    const other = await otherServer();
    await moves(given, other, 'join');
    await expect
      .poll(async () => (await given.alice.messages(given.roomId, { dir: 'b', limit: 1 })).chunk[0]?.sender, LONG)
      .toBe(other.user);
    await changesDevice(given.alice);
    await hears(other.sent, given.alice);
    given.room.release();
  });

  it('not any more to a server that left, once all members are here', async () => {
    const other = await otherServer();
    const given = await joined(isIn(other));
    await moves(given, other, 'leave');
    await complete(given);
    await given.alice.say(given.roomId, 'now');
    const before = updatesOf(other.sent, given.alice.userId).length;
    const own = updatesOf(given.sent, given.alice.userId).length;
    await changesDevice(given.alice);
    await expect.poll(() => updatesOf(given.sent, given.alice.userId).length, LONG).toBeGreaterThan(own);
    expect(updatesOf(other.sent, given.alice.userId)).toHaveLength(before);
  });

  it.each([
    ['stays in the room', false],
    ['left meanwhile', true],
  ])('later to a server that was not said to be in the room, and %s', async (_case, hasLeft) => {
    const other = await otherServer();
    const given = await joined(isIn(other, false));
    await changesDevice(given.alice);
    await hears(given.sent, given.alice);
    expect(updatesOf(other.sent, given.alice.userId)).toEqual([]);
    if (hasLeft) await moves(given, other, 'leave');
    await complete(given);
    await hears(other.sent, given.alice);
  });

  it.each([
    ['stays in the room', false],
    ['left meanwhile', true],
  ])('to a server of which somebody was put out wrongly, and that %s', async (_case, hasLeft) => {
    const other = await otherServer();
    let eve: UserId | undefined;
    const given = await joined((room) => {
      isIn(other)(room);
      eve = room.addMember('eve');
      room.add({ type: 'm.room.power_levels', stateKey: '', content: { users: { [room.creator]: 100, [eve]: 50 } } });
      room.add({ type: 'm.room.member', stateKey: eve, content: { membership: 'ban' } });
    });
    const { room, fake, one, alice } = given;
    const find = (type: string, key: string | undefined, membership?: string) =>
      room.events.find(
        (event) =>
          event.type === type && event.stateKey === key && (!membership || event.content['membership'] === membership),
      )?.eventId ?? '$';
    const levels = room.events.findLast(({ type }) => type === 'm.room.power_levels')?.eventId ?? '$';
    const member = find('m.room.member', eve, 'join');
    const authEvents = [find('m.room.create', ''), levels, member, find('m.room.member', other.user)];
    const kick = room.make({
      type: 'm.room.member',
      stateKey: other.user,
      sender: eve ?? room.creator,
      content: { membership: 'leave' },
      authEvents,
    });
    await sendAs(fake, one, [kick.pdu]);
    if (hasLeft) await moves(given, other, 'leave');
    await changesDevice(alice);
    await complete(given);
    await hears(other.sent, alice);
  });
});

/** What a hand-played server says of the devices of its people. @returns how often it was asked */
function hasDevices(fake: FakeServer, streamId = 1): { asked: number } {
  const count = { asked: 0 };
  fake.on('GET', /^\/_matrix\/federation\/v1\/user\/devices\//, ({ path }) => {
    count.asked += 1;
    const user_id = path[5] as UserId;
    const keys = deviceIdentity({ userId: user_id, deviceId: 'PHONE' } as unknown as TestUser).deviceKeys;
    return { body: { user_id, stream_id: streamId, devices: [{ device_id: 'PHONE', keys }] } };
  });
  fake.on('POST', '/_matrix/federation/v1/user/keys/query', ({ body }) => {
    count.asked += 1;
    const of = (userId: string) => ({
      PHONE: deviceIdentity({ userId, deviceId: 'PHONE' } as unknown as TestUser).deviceKeys,
    });
    return { body: { device_keys: Object.fromEntries(Object.keys(body.device_keys).map((id) => [id, of(id)])) } };
  });
  return count;
}
const keysOf = async (user: TestUser, userId: UserId) =>
  Object.keys((await queryKeys(user, { userId })).device_keys[userId] ?? {});
/** Whether the list is kept here: asked for twice, its server hears of it once. */
async function isTracked(user: TestUser, userId: UserId, count: { asked: number }): Promise<boolean> {
  expect(await keysOf(user, userId)).toEqual(['PHONE']);
  const before = count.asked;
  expect(await keysOf(user, userId)).toEqual(['PHONE']);
  return count.asked === before;
}
const tells = (fake: FakeServer, given: PartlyJoined, userId: UserId, streamId: number) =>
  sendAs(
    fake,
    given.one,
    [],
    [
      {
        edu_type: 'm.device_list_update',
        content: { user_id: userId, device_id: 'TABLET', stream_id: streamId, prev_id: [streamId - 1] },
      },
    ],
  );
const hearsOf = (user: TestUser, userId: UserId) =>
  user.syncUntilBody((body) => (body.device_lists?.changed?.includes(userId) ? true : undefined));

describe('the devices of people elsewhere', () => {
  it('are asked for again and again until it is known that they are in the room, and kept then', async () => {
    const given = await joined();
    const count = hasDevices(given.fake);
    await given.alice.sync({ filter: LAZY });
    expect(await isTracked(given.alice, given.members[0], count)).toBe(false);
    await complete(given);
    await hearsOf(given.alice, given.members[0]);
    expect(await isTracked(given.alice, given.members[0], count)).toBe(true);
  });

  it('are kept where they are in another room too', async () => {
    const given = await joined();
    const { alice, fake, members } = given;
    const count = hasDevices(fake);
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    const [bob] = members;
    expect(await isTracked(alice, bob, count)).toBe(false);
    const ask = (method: string, path: string, body?: unknown) =>
      fake.ask(given.one, method, `/_matrix/federation/${path}`, body, { isWrong: true });
    const place = encodeURIComponent(roomId);
    const { body } = await ask('GET', `v1/make_join/${place}/${encodeURIComponent(bob)}?ver=12`);
    const join = sealPdu({ ...body.event, origin_server_ts: 1 }, rulesOf('12'), fake.name, fake.key);
    expect((await ask('PUT', `v2/send_join/${place}/${encodeURIComponent(join.eventId)}`, join.pdu)).status).toBe(200);
    expect(await isTracked(alice, bob, count)).toBe(true);
    given.room.release();
  });

  it('who join meanwhile are kept at once, and no more when they leave', async () => {
    const given = await joined();
    const { alice, fake } = given;
    const count = hasDevices(fake);
    const frank = `@frank:${fake.name}` as UserId;
    const moves = (membership: string) =>
      happen(given, { type: 'm.room.member', sender: frank, stateKey: frank, content: { membership } });
    await alice.sync({ filter: LAZY });
    await moves('join');
    await hearsOf(alice, frank);
    expect(await isTracked(alice, frank, count)).toBe(true);
    await tells(fake, given, frank, 2);
    await hearsOf(alice, frank);
    await moves('leave');
    await alice.syncUntilBody((body) => (body.device_lists?.left?.includes(frank) ? true : undefined));
    expect(await isTracked(alice, frank, count)).toBe(false);
    given.room.release();
  });

  it('are kept no more when the room is left', async () => {
    const given = await joined();
    const { alice, fake, roomId } = given;
    const count = hasDevices(fake);
    const frank = `@frank:${fake.name}` as UserId;
    await happen(given, { type: 'm.room.member', sender: frank, stateKey: frank, content: { membership: 'join' } });
    await expect.poll(() => isTracked(alice, frank, count), LONG).toBe(true);
    await alice.leave(roomId);
    await expect.poll(() => isTracked(alice, frank, count), LONG).toBe(false);
  });

  it('who were taken for members wrongly are kept no more once all is known, unless they come back', async () => {
    let eve: UserId | undefined;
    const given = await joined((room) => {
      eve = room.addMember('eve');
      room.add({ type: 'm.room.power_levels', stateKey: '', content: { users: { [room.creator]: 100, [eve]: 50 } } });
      room.add({ type: 'm.room.member', stateKey: eve, content: { membership: 'ban' } });
    });
    const { room, fake, alice, one } = given;
    const count = hasDevices(fake);
    const find = (type: string, key: string | undefined) =>
      room.events.findLast(
        (event) => event.type === type && event.stateKey === key && event.content['membership'] !== 'ban',
      )?.eventId ?? '$';
    const wrongly = eve ?? room.creator;
    const authEvents = [
      find('m.room.create', ''),
      find('m.room.power_levels', ''),
      find('m.room.join_rules', ''),
      find('m.room.member', wrongly),
    ];
    const name = { membership: 'join', displayname: 'Still here' };
    const renamed = room.make({ type: 'm.room.member', sender: wrongly, stateKey: wrongly, content: name, authEvents });
    await alice.sync({ filter: LAZY });
    await sendAs(fake, one, [renamed.pdu]);
    await expect.poll(() => isTracked(alice, wrongly, count), LONG).toBe(true);
    await complete(given);
    await alice.syncUntilBody((body) => (body.device_lists?.left?.includes(wrongly) ? true : undefined));
    await expect.poll(() => isTracked(alice, wrongly, count), LONG).toBe(false);
    await happen(given, { type: 'm.room.member', stateKey: wrongly, content: { membership: 'leave' } });
    await happen(given, { type: 'm.room.member', sender: wrongly, stateKey: wrongly, content: { membership: 'join' } });
    await expect.poll(() => isTracked(alice, wrongly, count), LONG).toBe(true);
  });

  it('and their signing keys are heard of', async () => {
    const given = await joined();
    const { alice, fake, one } = given;
    const frank = `@frank:${fake.name}` as UserId;
    hasDevices(fake);
    await alice.sync({ filter: LAZY });
    await happen(given, { type: 'm.room.member', sender: frank, stateKey: frank, content: { membership: 'join' } });
    await hearsOf(alice, frank);
    expect(await keysOf(alice, frank)).toEqual(['PHONE']);
    const { master_key } = crossSigningIdentity({ userId: frank }).body;
    await sendAs(fake, one, [], [{ edu_type: 'm.signing_key_update', content: { user_id: frank, master_key } }]);
    await hearsOf(alice, frank);
    await happen(given, say(frank, 'new keys'));
    given.room.release();
  });
});
