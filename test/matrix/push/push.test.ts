import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestEvent, TestUser } from '../../support/test-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const segment = encodeURIComponent;
const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const RULES = '/pushrules/global';
const byThread = JSON.stringify({ room: { timeline: { unread_thread_notifications: true } } });

async function pair() {
  const [alice, bob] = [await someone('alice'), await someone('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  await bob.sync();
  return { alice, bob, roomId };
}

/** What waits for a user in a room, as a fresh client sees it. */
async function unread(user: TestUser, roomId: RoomId, filter?: string) {
  user.since = undefined;
  const room = (await user.sync({ filter })).rooms.join[roomId];
  return { ...room.unread_notifications, threads: room.unread_thread_notifications };
}

describe('unread counts', () => {
  it('grow with messages of others and go when they are read', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.say(roomId, 'one');
    const last = await alice.say(roomId, 'two');
    expect(await unread(bob, roomId)).toMatchObject({ notification_count: 2, highlight_count: 0 });
    expect(await unread(alice, roomId)).toMatchObject({ notification_count: 0 });
    await bob.receipt(roomId, last);
    expect(await unread(bob, roomId)).toMatchObject({ notification_count: 0 });
  });

  it('go down as far as one has read, by private receipts too', async () => {
    const { alice, bob, roomId } = await pair();
    const first = await alice.say(roomId, 'one');
    await alice.say(roomId, 'two');
    await bob.receipt(roomId, first, 'm.read.private');
    expect(await unread(bob, roomId)).toMatchObject({ notification_count: 1 });
  });

  it('highlight where somebody is mentioned', async () => {
    const { alice, bob, roomId } = await pair();
    await alice.send(roomId, 'm.room.message', {
      msgtype: 'm.text',
      body: 'you!',
      'm.mentions': { user_ids: [bob.userId] },
    });
    expect(await unread(bob, roomId)).toMatchObject({ notification_count: 1, highlight_count: 1 });
  });

  it('come with each message to a waiting sync', async () => {
    const { alice, bob, roomId } = await pair();
    const waiting = bob.sync({ timeout: 20_000 });
    await alice.say(roomId, 'hello');
    expect((await waiting).rooms.join[roomId].unread_notifications).toEqual({
      notification_count: 1,
      highlight_count: 0,
    });
  });

  it('are the same after a restart', async () => {
    await using two = await startHomeserver();
    const [alice, bob] = [await two.register('alice'), await two.register('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    await bob.receipt(roomId, await alice.say(roomId, 'read'));
    await alice.say(roomId, 'not read');
    await two.restart();
    expect(await unread(bob, roomId)).toMatchObject({ notification_count: 1 });
  });

  it('are apart for threads where a client asks for that, and together where not', async () => {
    const { alice, bob, roomId } = await pair();
    const root = await alice.say(roomId, 'root');
    const inThread = { msgtype: 'm.text', body: 'reply', 'm.relates_to': { rel_type: 'm.thread', event_id: root } };
    const reply = await alice.send(roomId, 'm.room.message', inThread);
    await alice.say(roomId, 'beside it');
    expect(await unread(bob, roomId)).toMatchObject({ notification_count: 3 });
    expect(await unread(bob, roomId, byThread)).toMatchObject({
      notification_count: 2,
      threads: { [root]: { notification_count: 1, highlight_count: 0 } },
    });
    await bob.receipt(roomId, reply, 'm.read', { thread_id: root });
    expect(await unread(bob, roomId, byThread)).toMatchObject({ notification_count: 2, threads: {} });
    await bob.receipt(roomId, reply);
    expect(await unread(bob, roomId)).toMatchObject({ notification_count: 1 });
  });
});

describe('push rules', () => {
  it('come with a first sync, and each change wakes a waiting one', async () => {
    const alice = await someone('alice');
    const pushRules = (body: any) =>
      body.account_data?.events.find((event: TestEvent) => event.type === 'm.push_rules');
    expect(pushRules(await alice.sync()).content.global.override[0].rule_id).toBe('.m.rule.master');
    const waiting = alice.sync({ timeout: 20_000 });
    await alice.ok('PUT', `${RULES}/room/${segment('!quiet:hearth.test')}`, { body: { actions: [] } });
    expect(pushRules(await waiting).content.global.room[0].rule_id).toBe('!quiet:hearth.test');
    expect(pushRules(await alice.sync())).toBeUndefined();
  });

  it('are made, placed, switched, changed and removed', async () => {
    const alice = await someone('alice');
    const put = (id: string, query = {}) =>
      alice.ok('PUT', `${RULES}/content/${id}`, { body: { pattern: id, actions: ['notify'] }, query });
    await put('one');
    await put('two');
    await put('three', { after: 'two' });
    const ids = async () =>
      (await alice.ok('GET', `${RULES}/`)).content
        .map((rule: any) => rule.rule_id)
        .filter((id: string) => !id.startsWith('.'));
    expect(await ids()).toEqual(['two', 'three', 'one']);
    await put('one', { before: 'two' });
    expect(await ids()).toEqual(['one', 'two', 'three']);
    await alice.ok('PUT', `${RULES}/content/one/enabled`, { body: { enabled: false } });
    expect(await alice.ok('GET', `${RULES}/content/one/enabled`)).toEqual({ enabled: false });
    await alice.ok('PUT', `${RULES}/content/one/actions`, { body: { actions: [] } });
    expect(await alice.ok('GET', `${RULES}/content/one`)).toMatchObject({
      enabled: false,
      actions: [],
      default: false,
    });
    await alice.ok('DELETE', `${RULES}/content/one`);
    expect(await alice.get(`${RULES}/content/one`)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  });

  it('that are the server’s can be switched off, and then do nothing', async () => {
    const { alice, bob, roomId } = await pair();
    await bob.ok('PUT', `${RULES}/override/.m.rule.master/enabled`, { body: { enabled: true } });
    await alice.say(roomId, 'silence');
    expect(await unread(bob, roomId)).toMatchObject({ notification_count: 0 });
  });

  it.each([
    ['a kind that does not exist', 'PUT', '/pushrules/global/nonsense/x', { actions: [] }, 400, 'M_INVALID_PARAM'],
    ['an id of the server', 'PUT', `${RULES}/room/.mine`, { actions: [] }, 400, 'M_INVALID_PARAM'],
    ['a content rule without a pattern', 'PUT', `${RULES}/content/x`, { actions: [] }, 400, 'M_MISSING_PARAM'],
    ['an override rule without conditions', 'PUT', `${RULES}/override/x`, { actions: [] }, 400, 'M_MISSING_PARAM'],
    ['a rule without actions', 'PUT', `${RULES}/room/x`, {}, 400, 'M_MISSING_PARAM'],
    ['an action that is none', 'PUT', `${RULES}/room/x`, { actions: ['shout'] }, 400, 'M_BAD_JSON'],
    ['a neighbour that does not exist', 'PUT', `${RULES}/room/x?before=y`, { actions: [] }, 400, 'M_UNKNOWN'],
    ['changes of what does not exist', 'PUT', `${RULES}/room/x/enabled`, { enabled: true }, 404, 'M_NOT_FOUND'],
    ['to remove what does not exist', 'DELETE', `${RULES}/room/x`, undefined, 404, 'M_NOT_FOUND'],
    ['scopes other than global', 'PUT', '/pushrules/device/room/x', { actions: [] }, 404, 'M_UNRECOGNIZED'],
  ])('refuse %s', async (_case, method, path, body, status, errcode) => {
    const alice = await someone('alice');
    expect(await alice.request(method, path, { body })).toMatchObject({ status, body: { errcode } });
  });
});
