import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src-main/config/defaults.js';
import { MOST_NOTICES } from '../../../src-main/matrix/push/pushers/pusher-queues.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import { type PushGateway, startPushGateway } from '../../support/push-gateway.js';
import type { TestUser } from '../../support/test-client.js';

const base = defaultConfig({ serverName: 'hearth.test', dataDir: '/nowhere' });
/** The gateway stands on loopback, which nobody else may make a server ask. */
const config = { federation: { ...base.federation, allowedRanges: ['127.0.0.1'] } };

let one: TestHomeserver;
let gateway: PushGateway;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver({ config });
  gateway = await startPushGateway();
});
afterAll(async () => {
  await one[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

const someone = (name: string, displayName?: string): Promise<TestUser> =>
  one.register(`${name}${(count += 1)}`, { displayName });

/** Gives a user a pusher, and returns its key. */
async function phoneOf(
  user: TestUser,
  data: object = {},
  pushkey = `key of ${user.userId}`,
  more: object = {},
): Promise<string> {
  await user.ok('POST', '/pushers/set', {
    body: {
      kind: 'http',
      app_id: 'org.example.app',
      pushkey,
      app_display_name: 'App',
      device_display_name: 'Phone',
      lang: 'en',
      data: { url: gateway.url, ...data },
      ...more,
    },
  });
  return pushkey;
}

/** Two in a room; Bob has a phone. */
async function pair(data: object = {}, room: object = {}) {
  const [alice, bob] = [await someone('alice', 'Alice'), await someone('bob', 'Bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat', ...room });
  await bob.join(roomId);
  const pushkey = await phoneOf(bob, data);
  return { alice, bob, roomId, pushkey };
}

describe('a push gateway', () => {
  it('hears nothing of invitations by people who are blocked or ignored', async () => {
    const [alice, bob, carol] = [await someone('alice'), await someone('bob'), await someone('carol')];
    const pushkey = await phoneOf(bob);
    await bob.setAccountData('org.matrix.msc4155.invite_permission_config', { ignored_users: [alice.userId] });
    await alice.invite(await alice.createRoom(), bob);
    await carol.invite(await carol.createRoom(), bob);
    expect((await gateway.until(pushkey)).sender).toBe(carol.userId);
  });

  it('is told of a message with all that a notification shows', async () => {
    const { alice, roomId, pushkey } = await pair(
      { default_payload: { aps: { alert: 'x' } } },
      { name: 'Kitchen', room_alias_name: `kitchen${count}` },
    );
    const eventId = await alice.say(roomId, 'hello');
    const notification = await gateway.until(pushkey);
    expect(notification).toEqual({
      id: eventId,
      event_id: eventId,
      room_id: roomId,
      type: 'm.room.message',
      sender: alice.userId,
      sender_display_name: 'Alice',
      room_name: 'Kitchen',
      room_alias: expect.stringContaining('#kitchen'),
      prio: 'high',
      content: { msgtype: 'm.text', body: 'hello' },
      counts: { unread: 1 },
      devices: [
        {
          app_id: 'org.example.app',
          pushkey,
          pushkey_ts: expect.any(Number),
          data: { default_payload: { aps: { alert: 'x' } } },
          tweaks: { sound: 'default' },
        },
      ],
    });
    expect(String(notification.devices[0].pushkey_ts)).toHaveLength(10);
  });

  it('is told no more than ids where a client asks for that', async () => {
    const { alice, roomId, pushkey } = await pair({ format: 'event_id_only' });
    const eventId = await alice.say(roomId, 'hello');
    expect(await gateway.until(pushkey)).toEqual({
      event_id: eventId,
      room_id: roomId,
      prio: 'high',
      counts: { unread: 1 },
      devices: [
        {
          app_id: 'org.example.app',
          pushkey,
          pushkey_ts: expect.any(Number),
          data: { format: 'event_id_only' },
        },
      ],
    });
  });

  it('is not told of what oneself says, what rules keep quiet, and what others say whom one ignores', async () => {
    const { alice, bob, roomId, pushkey } = await pair();
    const carol = await someone('carol');
    await carol.join(roomId);
    await bob.setAccountData('m.ignored_user_list', { ignored_users: { [carol.userId]: {} } });
    await bob.say(roomId, 'myself');
    await alice.send(roomId, 'm.room.message', { msgtype: 'm.notice', body: 'a notice' });
    await carol.say(roomId, 'ignored');
    const last = await alice.say(roomId, 'heard');
    await gateway.until(pushkey, ({ event_id }) => event_id === last);
    expect(gateway.of(pushkey).map(({ event_id }) => event_id)).toEqual([last]);
  });

  it('is told softly of what makes no sound, and loudly of what may', async () => {
    const { alice, bob, roomId, pushkey } = await pair();
    const carol = await someone('carol');
    await carol.join(roomId);
    const quiet = await alice.say(roomId, 'to all');
    expect(await gateway.until(pushkey, ({ event_id }) => event_id === quiet)).toMatchObject({ prio: 'low' });
    const mention = { msgtype: 'm.text', body: 'you', 'm.mentions': { user_ids: [bob.userId] } };
    const loud = await alice.send(roomId, 'm.room.message', mention);
    expect(await gateway.until(pushkey, ({ event_id }) => event_id === loud)).toMatchObject({
      prio: 'high',
      devices: [{ tweaks: { sound: 'default', highlight: true } }],
    });
    const secret = await alice.send(roomId, 'm.room.encrypted', { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'x' });
    expect(await gateway.until(pushkey, ({ event_id }) => event_id === secret)).toMatchObject({
      type: 'm.room.encrypted',
      prio: 'high',
      counts: { unread: 1 },
    });
  });

  it('is told of invitations to a room that one is not in yet', async () => {
    const [alice, bob] = [await someone('alice', 'Alice'), await someone('bob')];
    const pushkey = await phoneOf(bob);
    const roomId = await alice.createRoom({ name: 'Party' });
    await alice.invite(roomId, bob);
    expect(await gateway.until(pushkey)).toMatchObject({
      room_id: roomId,
      type: 'm.room.member',
      membership: 'invite',
      user_is_target: true,
      sender_display_name: 'Alice',
      room_name: 'Party',
      counts: { unread: 1 },
    });
  });

  it('names rooms of several after them, and talks of two not at all', async () => {
    const { alice, roomId, pushkey } = await pair();
    const first = await alice.say(roomId, 'two');
    const told = await gateway.until(pushkey, ({ event_id }) => event_id === first);
    expect(told.room_name).toBeUndefined();
    const carol = await someone('carol', 'Carol');
    await carol.join(roomId);
    const second = await carol.say(roomId, 'three');
    expect(await gateway.until(pushkey, ({ event_id }) => event_id === second)).toMatchObject({
      room_name: 'Alice and Carol',
    });
  });

  it('is told of mentions by the name that one has now', async () => {
    const { alice, bob, roomId, pushkey } = await pair();
    await alice.say(roomId, 'hello Bob');
    await bob.setDisplayName('Robert');
    await alice.syncUntil(roomId, ({ content }) => content.displayname === 'Robert');
    const mention = await alice.say(roomId, 'hello robert');
    expect(await gateway.until(pushkey, ({ event_id }) => event_id === mention)).toMatchObject({
      devices: [{ tweaks: { highlight: true } }],
    });
  });

  it('is told of rooms that one joins later, and not of those that one left', async () => {
    const { alice, bob, roomId, pushkey } = await pair();
    const later = await alice.createRoom({ preset: 'public_chat' });
    await alice.say(later, 'not there yet');
    await bob.join(later);
    const joined = await alice.say(later, 'there now');
    await gateway.until(pushkey, ({ event_id }) => event_id === joined);
    await bob.leave(roomId);
    await alice.say(roomId, 'gone');
    const last = await alice.say(later, 'still there');
    await gateway.until(pushkey, ({ event_id }) => event_id === last);
    expect(gateway.of(pushkey).flatMap(({ event_id }) => event_id ?? [])).toEqual([joined, last]);
  });

  it('is told nothing of what happens while a pusher is switched off', async () => {
    const { alice, bob, roomId, pushkey } = await pair();
    const enabled = (isEnabled: boolean) => phoneOf(bob, {}, pushkey, { 'org.matrix.msc3881.enabled': isEnabled });
    await enabled(false);
    await alice.say(roomId, 'off');
    await bob.receipt(roomId, await alice.say(roomId, 'off too'));
    await enabled(true);
    const last = await alice.say(roomId, 'on');
    await gateway.until(pushkey, ({ event_id }) => event_id === last);
    expect(gateway.of(pushkey).flatMap(({ event_id }) => event_id ?? [])).toEqual([last]);
  });

  it('is told the new number when things are read, down to none', async () => {
    const { alice, bob, roomId, pushkey } = await pair();
    const elsewhere = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(elsewhere);
    const here = await alice.say(roomId, 'here');
    await gateway.until(pushkey, ({ event_id }) => event_id === here);
    await alice.say(elsewhere, 'there');
    const again = await alice.say(elsewhere, 'and again');
    expect(await gateway.until(pushkey, ({ event_id }) => event_id === again)).toMatchObject({ counts: { unread: 2 } });
    await bob.receipt(elsewhere, again);
    const isBadge = (unread: number) => (one: any) => one.event_id === undefined && one.counts.unread === unread;
    expect(await gateway.until(pushkey, isBadge(1))).toEqual({
      id: '',
      type: null,
      sender: '',
      counts: { unread: 1 },
      devices: [{ app_id: 'org.example.app', pushkey, pushkey_ts: expect.any(Number), data: {} }],
    });
    await bob.receipt(roomId, here, 'm.read.private');
    await gateway.until(pushkey, isBadge(0));
    expect(gateway.of(pushkey).filter((told) => told.event_id === undefined)).toHaveLength(2);
  });

  it('is not told the number where the app counts by itself', async () => {
    const { alice, bob, roomId, pushkey } = await pair({ 'org.matrix.msc4076.disable_badge_count': true });
    const first = await alice.say(roomId, 'one');
    expect((await gateway.until(pushkey)).counts).toBeUndefined();
    await bob.receipt(roomId, first);
    const second = await alice.say(roomId, 'two');
    await gateway.until(pushkey, ({ event_id }) => event_id === second);
    expect(gateway.of(pushkey).map(({ event_id }) => event_id)).toEqual([first, second]);
  });

  it('that knows a device no more has its pusher removed, and only that one', async () => {
    const { alice, bob, roomId, pushkey } = await pair();
    await phoneOf(bob, {}, `${pushkey} 2`);
    gateway.answer = ({ pushkey: asked }) => ({
      status: 200,
      body: JSON.stringify({ rejected: asked === pushkey ? [asked, 'somebody else’s'] : ['somebody else’s'] }),
    });
    await alice.say(roomId, 'hello');
    await gateway.until(`${pushkey} 2`);
    await expect
      .poll(async () => (await bob.ok('GET', '/pushers')).pushers.map((one: any) => one.pushkey))
      .toEqual([`${pushkey} 2`]);
    gateway.answer = () => ({ status: 200, body: '{}' });
    const second = await alice.say(roomId, 'again');
    await gateway.until(`${pushkey} 2`, ({ event_id }) => event_id === second);
    expect(gateway.of(pushkey)).toHaveLength(1);
  });

  it.each([
    ['an error', { status: 502, body: 'bad gateway' }],
    ['something that is no JSON', { status: 200, body: '<html>' }],
    ['a redirect', { status: 302, body: '' }],
  ])('that answers %s is asked again, and nothing is lost or told twice after it', async (_case, answer) => {
    const { alice, roomId, pushkey } = await pair();
    let failures = 0;
    gateway.answer = (told) =>
      told.pushkey === pushkey && (failures += 1) <= 1 ? answer : { status: 200, body: '{}' };
    const [first, second] = [await alice.say(roomId, 'one'), await alice.say(roomId, 'two')];
    await gateway.until(pushkey, ({ event_id }) => event_id === second);
    expect(gateway.of(pushkey).map(({ event_id }) => event_id)).toEqual([first, first, second]);
  });

  it('that says nothing holds up nobody else', async () => {
    const [slow, quick] = [await pair(), await pair()];
    gateway.answer = (told) => (told.pushkey === slow.pushkey ? 'none' : { status: 200, body: '{}' });
    await slow.alice.say(slow.roomId, 'lost');
    await gateway.until(slow.pushkey);
    await quick.alice.say(quick.roomId, 'heard');
    await gateway.until(quick.pushkey);
    gateway.answer = () => ({ status: 200, body: '{}' });
  });

  it('is not told of what was read or taken back before it could be', async () => {
    const { alice, bob, roomId, pushkey } = await pair();
    const release = Promise.withResolvers<void>();
    gateway.answer = async (told) => {
      if (told.pushkey === pushkey) await release.promise;
      return { status: 200, body: '{}' };
    };
    const held = await alice.say(roomId, 'held');
    await gateway.until(pushkey);
    const read = await alice.say(roomId, 'read meanwhile');
    await bob.receipt(roomId, read);
    const redacted = await alice.say(roomId, 'taken back');
    await alice.redact(roomId, redacted);
    const last = await alice.say(roomId, 'last');
    release.resolve();
    await gateway.until(pushkey, ({ event_id }) => event_id === last);
    const told = gateway.of(pushkey).flatMap(({ event_id }) => event_id ?? []);
    expect(told).toEqual([held, last]);
    gateway.answer = () => ({ status: 200, body: '{}' });
  });
});

describe('after a restart', () => {
  it('pushers go on where they were, and tell nothing twice', async () => {
    await using two = await startHomeserver({ config });
    const [alice, bob] = [await two.register('alice'), await two.register('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    const pushkey = await phoneOf(bob, {}, 'after a restart');
    const told = await alice.say(roomId, 'told');
    await gateway.until(pushkey, ({ event_id }) => event_id === told);
    gateway.answer = () => ({ status: 503, body: '' });
    const [lost, other] = [await alice.say(roomId, 'while it is down'), await alice.say(roomId, 'and another')];
    await gateway.until(pushkey, ({ event_id }) => event_id === lost);
    await two.stop();
    gateway.answer = () => ({ status: 200, body: '{}' });
    gateway.received.length = 0;
    await two.start();
    await gateway.until(pushkey, ({ event_id }) => event_id === other);
    expect(gateway.of(pushkey).map(({ event_id }) => event_id)).toEqual([lost, other]);
  });
});

describe('a gateway that is away', () => {
  it('is asked less and less, and what it missed for a day is let go', async () => {
    const clock = new FakeClock();
    await using two = await startHomeserver({ config, clock });
    const [alice, bob] = [await two.register('alice'), await two.register('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    const pushkey = await phoneOf(bob, {}, 'away for a day');
    gateway.answer = () => ({ status: 500, body: '' });
    const attempts = () => gateway.of(pushkey).length;
    const pass = async (times: number, step: number) => {
      for (let n = 0; n < times; n += 1) {
        clock.advance(step);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const untilAsked = async () => {
      while (attempts() === 0) await pass(1, 200);
    };
    await alice.say(roomId, 'lost');
    await untilAsked();
    await pass(60, 1_000);
    // Without a growing wait it would be one a second.
    expect(attempts()).toBeLessThan(12);
    const before = attempts();
    await pass(26, 60 * 60_000);
    expect(attempts() - before).toBeGreaterThan(5);
    gateway.answer = () => ({ status: 200, body: '{}' });
    gateway.received.length = 0;
    const told = await alice.say(roomId, 'told');
    await untilAsked();
    expect(gateway.of(pushkey).map(({ event_id }) => event_id)).toEqual([told]);
  });
});

describe('the configuration', () => {
  async function told(push: object): Promise<any> {
    await using two = await startHomeserver({ config: { ...config, push: { ...base.push, ...push } } });
    const [alice, bob] = [await two.register('alice'), await two.register('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    const pushkey = await phoneOf(bob, {}, `configured ${(count += 1)}`);
    await alice.say(roomId, 'one');
    const second = await alice.say(roomId, 'two');
    return await gateway.until(pushkey, ({ event_id }) => event_id === second);
  }

  it('may keep contents from gateways', async () => {
    const notification = await told({ includeContent: false });
    expect(notification).toMatchObject({ type: 'm.room.message' });
    expect(notification.content).toBeUndefined();
  });

  it('may have numbers count all that is unread', async () => {
    expect((await told({ groupUnreadCountByRoom: false })).counts).toEqual({ unread: 2 });
    expect((await told({})).counts).toEqual({ unread: 1 });
  });
});

describe('the cost', () => {
  it('of a message does not depend on members without pushers', async () => {
    const { alice, roomId, pushkey } = await pair();
    for (let n = 0; n < 5; n += 1) await (await someone('other')).join(roomId);
    const eventId = await alice.say(roomId, 'hello');
    await gateway.until(pushkey, ({ event_id }) => event_id === eventId);
    const rows = await one.homeserver.db.all<[], { readers: string }>({
      sql: 'SELECT readers FROM push_notices ORDER BY event_nid DESC LIMIT 1',
    });
    const [readers] = JSON.parse(rows[0]?.readers ?? '[]');
    expect(readers.users).toHaveLength(1);
  });
});

it('gets everything that came while it was away, however much that is', async () => {
  const clock = new FakeClock();
  await using server = await startHomeserver({ config, clock });
  await using away = await startPushGateway();
  const [alice, bob] = [await server.register('alice'), await server.register('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  let isAway = true;
  away.answer = () => (isAway ? { status: 502, body: '' } : { status: 200, body: '{}' });
  await phoneOf(bob, { url: away.url });
  const sent: string[] = [];
  for (let i = 0; i < MOST_NOTICES + 120; i += 1) sent.push(await alice.say(roomId, `${i}`));
  await server.restart();
  sent.push(await alice.say(roomId, 'are you there?'));
  const taken = () => new Set(away.received.map(({ notification }) => notification.event_id)).size;
  await expect.poll(() => (clock.advance(1000), taken())).toBe(1);
  isAway = false;
  await expect.poll(() => (clock.advance(60_000), taken()), { timeout: 20_000 }).toBe(sent.length);
  const order = [...new Set(away.received.map(({ notification }) => notification.event_id))];
  expect(order).toEqual(sent);
}, 60_000);
