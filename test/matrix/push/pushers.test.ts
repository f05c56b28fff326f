import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

let one: TestHomeserver;
let count = 0;
beforeAll(async () => {
  one = await startHomeserver();
});
afterAll(() => one[Symbol.asyncDispose]());

const someone = (name: string): Promise<TestUser> => one.register(`${name}${(count += 1)}`);
const pusher = (more: object = {}) => ({
  kind: 'http',
  app_id: 'org.example.app',
  pushkey: 'the key',
  app_display_name: 'App',
  device_display_name: 'Phone',
  profile_tag: 'tag',
  lang: 'en',
  data: { url: 'https://push.example.org/_matrix/push/v1/notify', format: 'event_id_only', custom: [1] },
  ...more,
});
const set = (user: TestUser, more: object = {}) => user.ok('POST', '/pushers/set', { body: pusher(more) });
const pushersOf = async (user: TestUser): Promise<any[]> => (await user.ok('GET', '/pushers')).pushers;

describe('pushers', () => {
  it('are set, changed, listed and deleted', async () => {
    const alice = await someone('alice');
    expect(await pushersOf(alice)).toEqual([]);
    await set(alice);
    const shown = { 'org.matrix.msc3881.enabled': true, 'org.matrix.msc3881.device_id': alice.deviceId };
    expect(await pushersOf(alice)).toEqual([pusher(shown)]);
    await set(alice, { lang: 'de', device_display_name: 'Other phone' });
    expect(await pushersOf(alice)).toEqual([pusher({ ...shown, lang: 'de', device_display_name: 'Other phone' })]);
    await set(alice, { pushkey: 'second' });
    expect((await pushersOf(alice)).map(({ pushkey }) => pushkey)).toEqual(['the key', 'second']);
    await alice.ok('POST', '/pushers/set', { body: { kind: null, app_id: 'org.example.app', pushkey: 'the key' } });
    expect((await pushersOf(alice)).map(({ pushkey }) => pushkey)).toEqual(['second']);
    await alice.ok('POST', '/pushers/set', { body: { kind: null, app_id: 'org.example.app', pushkey: 'never was' } });
  });

  it('leave a person when another sets the same, unless that one says to append', async () => {
    const [alice, bob] = [await someone('alice'), await someone('bob')];
    await set(alice, { pushkey: 'shared' });
    await set(bob, { pushkey: 'shared', append: true });
    expect(await pushersOf(alice)).toHaveLength(1);
    await set(bob, { pushkey: 'shared', append: false });
    expect(await pushersOf(alice)).toEqual([]);
    expect(await pushersOf(bob)).toHaveLength(1);
  });

  it('go with their session', async () => {
    const alice = await someone('alice');
    const phone = await alice.logIn();
    await set(phone);
    await set(alice, { pushkey: 'stays' });
    await phone.ok('POST', '/logout', { body: {} });
    expect((await pushersOf(alice)).map(({ pushkey }) => pushkey)).toEqual(['stays']);
    await expect
      .poll(() => one.homeserver.db.all({ sql: `SELECT pushkey FROM pushers WHERE user_id = '${alice.userId}'` }))
      .toEqual([{ pushkey: 'stays' }]);
  });

  it('of other sessions go when the password changes, and those of this one stay', async () => {
    const alice = await someone('alice');
    const phone = await alice.logIn();
    await set(phone, { pushkey: 'other session' });
    await set(alice, { pushkey: 'this session' });
    await alice.ok('POST', '/account/password', {
      body: {
        new_password: 'a wholly new one',
        auth: {
          type: 'm.login.password',
          identifier: { type: 'm.id.user', user: alice.userId },
          password: alice.password,
        },
      },
    });
    expect((await pushersOf(alice)).map(({ pushkey }) => pushkey)).toEqual(['this session']);
  });

  it('go with an account that is given up', async () => {
    const alice = await someone('alice');
    await set(alice);
    await alice.ok('POST', '/account/deactivate', {
      body: {
        auth: {
          type: 'm.login.password',
          identifier: { type: 'm.id.user', user: alice.userId },
          password: alice.password,
        },
      },
    });
    await expect
      .poll(() => one.homeserver.db.all({ sql: `SELECT pushkey FROM pushers WHERE user_id = '${alice.userId}'` }))
      .toEqual([]);
  });

  it('stay with their session when another one changes them, as long as there is that session', async () => {
    const alice = await someone('alice');
    const phone = await alice.logIn();
    await set(phone);
    await set(alice, { 'org.matrix.msc3881.enabled': false });
    expect(await pushersOf(alice)).toMatchObject([
      { 'org.matrix.msc3881.enabled': false, 'org.matrix.msc3881.device_id': phone.deviceId },
    ]);
    await phone.ok('POST', '/logout', { body: {} });
    await set(alice);
    expect(await pushersOf(alice)).toMatchObject([
      { 'org.matrix.msc3881.enabled': true, 'org.matrix.msc3881.device_id': alice.deviceId },
    ]);
  });

  it('are bounded in number', async () => {
    const alice = await someone('alice');
    for (let n = 0; n < 100; n += 1) await set(alice, { pushkey: `key ${n}` });
    expect(await alice.post('/pushers/set', pusher({ pushkey: 'one more' }))).toMatchObject({
      status: 400,
      body: { errcode: 'M_INVALID_PARAM' },
    });
    await set(alice, { pushkey: 'key 7', lang: 'fr' });
  });

  const url = (address: unknown) => ({ data: { url: address } });
  it.each([
    ['without a kind', { kind: undefined }, 'M_MISSING_PARAM'],
    ['without a pushkey', { pushkey: undefined }, 'M_MISSING_PARAM'],
    ['without a language', { lang: undefined }, 'M_MISSING_PARAM'],
    ['without data', { data: undefined }, 'M_MISSING_PARAM'],
    ['of a kind that is none', { kind: 'pigeon' }, 'M_INVALID_PARAM'],
    ['with an app id that is too long', { app_id: 'a'.repeat(65) }, 'M_BAD_JSON'],
    ['with a pushkey that is too long', { pushkey: 'ä'.repeat(257) }, 'M_INVALID_PARAM'],
    [
      'with too much data',
      { data: { url: 'https://a/_matrix/push/v1/notify', x: 'x'.repeat(40_000) } },
      'M_INVALID_PARAM',
    ],
    ['without the address of a gateway', { data: {} }, 'M_MISSING_PARAM'],
    ['with an address that is no text', url(1), 'M_MISSING_PARAM'],
    ['with an address that is none', url('push.example.org'), 'M_MISSING_PARAM'],
    ['with an address that leads elsewhere', url('https://push.example.org/notify'), 'M_MISSING_PARAM'],
    ['with an address with a password', url('https://a:b@push.example.org/_matrix/push/v1/notify'), 'M_MISSING_PARAM'],
    ['with an address without TLS', url('http://push.example.org/_matrix/push/v1/notify'), 'M_MISSING_PARAM'],
    ['with an address in our network', url('http://127.0.0.1/_matrix/push/v1/notify'), 'M_MISSING_PARAM'],
    ['that sends e-mail where none is sent', { kind: 'email', app_id: 'm.email', pushkey: 'a@b.c' }, 'M_INVALID_PARAM'],
  ])('are refused %s', async (_case, more, errcode) => {
    const alice = await someone('alice');
    const body = JSON.parse(JSON.stringify(pusher(more)));
    expect(await alice.post('/pushers/set', body)).toMatchObject({ status: 400, body: { errcode } });
    expect(await pushersOf(alice)).toEqual([]);
  });
});
