import { describe, expect, it } from 'vitest';
import { notification } from '../../../src-main/matrix/push/gateway/notification.js';
import type { Pusher } from '../../../src-main/matrix/push/pushers/pushers.store.js';
import { checkGatewayUrl } from '../../../src-main/matrix/push/pushers/gateway-url.js';
import type { PushAction } from '../../../src-main/spec/push-rules/ruleset.js';

const pusher: Pusher = {
  pusherId: 1,
  userId: '@bob:a',
  kind: 'http',
  appId: 'app',
  pushkey: 'key',
  appDisplayName: 'App',
  deviceDisplayName: 'Phone',
  profileTag: '',
  lang: 'en',
  data: { url: 'x' },
  deviceId: undefined,
  setAt: 1_700_000_000_999,
  unsubscribeToken: 't',
  from: 0,
  isEnabled: true,
};
const message = { eventId: '$e', roomId: '!r', type: 'm.room.message', sender: '@alice:a', content: { body: 'hi' } };
const context = { senderName: 'Alice', roomName: undefined, roomAlias: undefined };

const told = (event: object, actions: readonly PushAction[], data: object = {}): any =>
  notification(
    { ...pusher, data: { url: 'x', ...data } },
    {
      event: { ...message, ...event } as never,
      actions,
      badge: 3,
      context,
      withContent: true,
    },
  )['notification'];

describe('a notification', () => {
  it.each([
    ['without a sound', {}, ['notify'], 'low'],
    ['with a sound', {}, ['notify', { set_tweak: 'sound', value: 'ring' }], 'high'],
    ['with a highlight without a value', {}, ['notify', { set_tweak: 'highlight' }], 'high'],
    ['with a highlight that is none', {}, ['notify', { set_tweak: 'highlight', value: false }], 'low'],
    ['of something encrypted', { type: 'm.room.encrypted' }, ['notify'], 'high'],
  ] as [string, object, PushAction[], string][])('%s has the priority that fits', (_case, event, actions, prio) => {
    expect(told(event, actions).prio).toBe(prio);
  });

  it('has tweaks for the device only when there are any', () => {
    expect(told({}, ['notify']).devices[0]).toEqual({
      app_id: 'app',
      pushkey: 'key',
      pushkey_ts: 1_700_000_000,
      data: {},
    });
    expect(told({}, ['notify', { set_tweak: 'highlight' }]).devices[0].tweaks).toEqual({ highlight: true });
  });

  it('hands on whatever the client put into the pusher, but the address', () => {
    const data = { brand: 'X', format: 'event_id_only', nested: { deep: [1] } };
    expect(told({}, ['notify', { set_tweak: 'highlight' }], data)).toEqual({
      event_id: '$e',
      room_id: '!r',
      prio: 'high',
      counts: { unread: 3 },
      devices: [{ app_id: 'app', pushkey: 'key', pushkey_ts: 1_700_000_000, data }],
    });
  });

  it('of a member event says whom it is about', () => {
    const member = { type: 'm.room.member', content: { membership: 'invite' } };
    expect(told({ ...member, stateKey: '@bob:a' }, ['notify'])).toMatchObject({
      membership: 'invite',
      user_is_target: true,
    });
    expect(told({ ...member, stateKey: '@carol:a' }, ['notify'])).toMatchObject({ user_is_target: false });
    expect(told({}, ['notify'])).not.toHaveProperty('user_is_target');
  });
});

describe('the address of a gateway', () => {
  const isOurs = (host: string) => host === '127.0.0.1' || host === '::1';
  it.each([
    'https://push.example.org/_matrix/push/v1/notify',
    'https://push.example.org:8443/_matrix/push/v1/notify?token=x',
    'http://127.0.0.1:5000/_matrix/push/v1/notify',
    'http://[::1]:5000/_matrix/push/v1/notify',
  ])('may be %s', (url) => {
    expect(() => checkGatewayUrl(url, isOurs)).not.toThrow();
  });

  it.each([
    'http://push.example.org/_matrix/push/v1/notify',
    'http://10.0.0.1/_matrix/push/v1/notify',
    'https://push.example.org/_matrix/push/v1/notify/',
    'https://push.example.org/_matrix/push/r0/notify',
    'ftp://push.example.org/_matrix/push/v1/notify',
    `https://push.example.org/_matrix/push/v1/notify?${'x'.repeat(2_000)}`,
    '',
    null,
  ])('may not be %s', (url) => {
    expect(() => checkGatewayUrl(url, isOurs)).toThrow(/'url'/);
  });
});
