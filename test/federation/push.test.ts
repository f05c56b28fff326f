import { afterAll, describe, expect, it } from 'vitest';
import { startFederation } from '../support/federation.js';
import { startPushGateway } from '../support/push-gateway.js';
import type { TestUser } from '../support/test-client.js';

const federation = await startFederation(['hs1.test', 'hs2.test']);
const one = federation.server('hs1.test');
const two = federation.server('hs2.test');
const gateway = await startPushGateway();
afterAll(async () => {
  await federation.stop();
  await gateway[Symbol.asyncDispose]();
});

async function phoneOf(user: TestUser): Promise<string> {
  const pushkey = `key of ${user.userId}`;
  await user.ok('POST', '/pushers/set', {
    body: {
      kind: 'http',
      app_id: 'org.example.app',
      pushkey,
      app_display_name: 'App',
      device_display_name: 'Phone',
      lang: 'en',
      data: { url: gateway.url },
    },
  });
  return pushkey;
}

describe('a push gateway', () => {
  it('is told of invitations to rooms of other servers, and of what is said there after joining', async () => {
    const alice = await one.register('alice', { displayName: 'Alice' });
    const bob = await two.register('bob');
    const pushkey = await phoneOf(bob);
    const roomId = await alice.createRoom({ name: 'Kitchen', preset: 'private_chat' });
    await alice.invite(roomId, bob.userId);
    expect(await gateway.until(pushkey, ({ type }) => type === 'm.room.member')).toMatchObject({
      room_id: roomId,
      membership: 'invite',
      user_is_target: true,
      sender: alice.userId,
      sender_display_name: 'Alice',
      room_name: 'Kitchen',
      prio: 'high',
      counts: { unread: 1 },
    });
    await bob.join(roomId);
    const eventId = await alice.say(roomId, 'dinner is ready');
    expect(await gateway.until(pushkey, ({ event_id }) => event_id === eventId)).toMatchObject({
      room_id: roomId,
      sender_display_name: 'Alice',
      content: { body: 'dinner is ready' },
      counts: { unread: 1 },
    });
    expect(gateway.of(pushkey).filter(({ type }) => type === 'm.room.member')).toHaveLength(1);
  });
});
