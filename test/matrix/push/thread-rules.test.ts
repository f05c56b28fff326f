import { describe, expect, it } from 'vitest';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import { startHomeserver, type TestHomeserver, testConfig } from '../../support/homeserver.js';
import { startPushGateway } from '../../support/push-gateway.js';
import type { TestUser } from '../../support/test-client.js';

const base = testConfig('/nowhere');
const start = () =>
  startHomeserver({
    config: {
      push: { ...base.push, threadSubscriptions: true },
      federation: { ...base.federation, allowedRanges: ['127.0.0.1'] },
    },
  });

const subscription = (roomId: RoomId, rootId: EventId) =>
  `/_matrix/client/unstable/io.element.msc4306/rooms/${roomId}/thread/${rootId}/subscription`;
const inThread = (rootId: EventId, body: string, more: object = {}) => ({
  msgtype: 'm.text',
  body,
  'm.relates_to': { rel_type: 'm.thread', event_id: rootId },
  ...more,
});

/** Alice and Bob, and two threads in their room; Bob wants to hear of the first. */
async function threads(server: TestHomeserver) {
  const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((name) => server.register(name)));
  if (!alice || !bob || !carol) throw new Error('somebody is missing');
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  for (const user of [bob, carol]) await user.join(roomId);
  const [followed, other] = [await alice.say(roomId, 'one'), await alice.say(roomId, 'two')];
  await bob.receipt(roomId, other);
  await bob.ok('PUT', subscription(roomId, followed), { body: {} });
  return { alice, bob, roomId, followed, other };
}

const FILTER = JSON.stringify({ room: { timeline: { unread_thread_notifications: true } } });
async function unread(user: TestUser, roomId: RoomId) {
  const room = (await (await user.logIn()).sync({ filter: FILTER })).rooms.join[roomId];
  return { main: room.unread_notifications.notification_count, threads: room.unread_thread_notifications ?? {} };
}

describe('where people subscribe to threads', () => {
  it('they hear of those that they subscribed to, and of no others', async () => {
    await using server = await start();
    await using gateway = await startPushGateway();
    const { alice, bob, roomId, followed, other } = await threads(server);
    await bob.ok('POST', '/pushers/set', {
      body: {
        kind: 'http',
        app_id: 'org.example.app',
        pushkey: 'bob',
        app_display_name: 'App',
        device_display_name: 'Phone',
        lang: 'en',
        data: { url: gateway.url },
      },
    });
    await alice.send(roomId, 'm.room.message', inThread(other, 'of no interest'));
    await alice.send(roomId, 'm.room.message', inThread(followed, 'news'));
    const told = await gateway.until('bob');
    expect(told).toMatchObject({ content: { body: 'news' }, devices: [{ tweaks: { sound: 'default' } }] });
    expect(await unread(bob, roomId)).toMatchObject({ main: 0, threads: { [followed]: { notification_count: 1 } } });
    expect(Object.keys((await unread(bob, roomId)).threads)).toEqual([followed]);
    const { notifications } = await bob.ok('GET', '/notifications');
    expect(notifications.map(({ event }: any) => event.content.body)).toContain('news');
    expect(notifications.map(({ event }: any) => event.content.body)).not.toContain('of no interest');
  });

  it('mentions reach them everywhere, and messages in no thread as ever', async () => {
    await using server = await start();
    const { alice, bob, roomId, other } = await threads(server);
    await alice.send(roomId, 'm.room.message', inThread(other, 'bob!', { 'm.mentions': { user_ids: [bob.userId] } }));
    await alice.say(roomId, 'hello');
    const { main, threads: found } = await unread(bob, roomId);
    expect(main).toBe(1);
    expect(found).toEqual({ [other]: { notification_count: 1, highlight_count: 1 } });
  });

  it('the rules for it are there, can be switched off, and none can be added', async () => {
    await using server = await start();
    const { alice, bob, roomId, other } = await threads(server);
    const { global } = await bob.ok('GET', '/pushrules/');
    const ids = global.postcontent.map((rule: { rule_id: string }) => rule.rule_id);
    expect(ids).toEqual(['unsubscribed', 'subscribed'].map((how) => `.io.element.msc4306.rule.${how}_thread`));
    expect(global.postcontent[0].conditions).toEqual([
      { kind: 'io.element.msc4306.thread_subscription', subscribed: false },
    ]);
    await bob.ok('PUT', `/pushrules/global/postcontent/${ids[0]}/enabled`, { body: { enabled: false } });
    await alice.send(roomId, 'm.room.message', inThread(other, 'of no interest'));
    expect((await unread(bob, roomId)).threads).toMatchObject({ [other]: { notification_count: 1 } });
    const own = await bob.put('/pushrules/global/postcontent/mine', { actions: [], conditions: [] });
    expect(own).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } });
    const { unstable_features: features } = await bob.ok('GET', '/_matrix/client/versions');
    expect(features).toMatchObject({ 'org.matrix.msc4306': true, 'org.matrix.msc4308': true });
  });
});

it('nothing is different where nobody asked for it', async () => {
  await using server = await startHomeserver();
  const { alice, bob, roomId, other } = await threads(server);
  await alice.send(roomId, 'm.room.message', inThread(other, 'news'));
  expect((await unread(bob, roomId)).threads).toMatchObject({ [other]: { notification_count: 1 } });
  expect((await bob.ok('GET', '/pushrules/')).global.postcontent).toEqual([]);
  const rule = await bob.get('/pushrules/global/postcontent/.io.element.msc4306.rule.subscribed_thread');
  expect(rule).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  const { unstable_features: features } = await bob.ok('GET', '/_matrix/client/versions');
  expect(Object.keys(features)).not.toContain('org.matrix.msc4306');
});
