import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

let federation: TestFederation;
let one: TestHomeserver;
let two: TestHomeserver;
let alice: TestUser;
let bob: TestUser;
let fake: FakeServer;
beforeAll(async () => {
  federation = await startFederation(['hs1.test', 'hs2.test', 'secretive.test'], {
    config: (name) => ({ federation: { allowProfileLookup: name !== 'secretive.test' } }),
  });
  one = federation.server('hs1.test');
  two = federation.server('hs2.test');
  alice = await one.register('alice', { displayName: 'Alice' });
  bob = await two.register('bob', { displayName: 'Bob' });
  fake = await federation.fakeServer('fake.test');
});
afterAll(() => federation.stop());

const QUERY = '/_matrix/federation/v1/query/profile';

describe('the profile of somebody elsewhere', () => {
  it('is told by their server, whole and field by field', async () => {
    await bob.put(`/profile/${bob.userId}/avatar_url`, { avatar_url: 'mxc://hs2.test/picture' });
    const profile = { displayname: 'Bob', avatar_url: 'mxc://hs2.test/picture' };
    expect(await alice.get(`/profile/${bob.userId}`)).toEqual({ status: 200, body: profile });
    expect(await alice.get(`/profile/${bob.userId}/displayname`)).toEqual({
      status: 200,
      body: { displayname: 'Bob' },
    });
    await bob.setDisplayName('Robert');
    expect((await alice.get(`/profile/${bob.userId}/displayname`)).body).toEqual({ displayname: 'Robert' });
    expect(await alice.get(`/profile/${bob.userId}/m.tz`)).toMatchObject({ status: 404 });
    expect(await alice.get('/profile/@nobody:hs2.test')).toMatchObject({
      status: 404,
      body: { errcode: 'M_NOT_FOUND' },
    });
  });

  it('is asked for once however many want it', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    fake.on('GET', new RegExp(`^${QUERY}`), async () => {
      await held;
      return { body: { displayname: 'Fay' } };
    });
    const before = fake.requests.length;
    const asking = [1, 2, 3].map(() => alice.get('/profile/@fay:fake.test'));
    await expect.poll(() => fake.requests.slice(before).filter(({ uri }) => uri.startsWith(QUERY)).length).toBe(1);
    release();
    for (const reply of await Promise.all(asking)) expect(reply).toEqual({ status: 200, body: { displayname: 'Fay' } });
    expect(fake.received(new RegExp(`^${QUERY}`))).toHaveLength(1);
  });

  it.each([
    ['a list', 200, [], 502, 'M_UNKNOWN'],
    ['an error of its own', 500, { errcode: 'M_UNKNOWN', error: 'broken' }, 502, 'M_UNKNOWN'],
    ['a refusal', 403, { errcode: 'M_FORBIDDEN', error: 'no' }, 403, 'M_FORBIDDEN'],
    ['that there is nobody', 404, { errcode: 'M_NOT_FOUND', error: 'nobody' }, 404, 'M_NOT_FOUND'],
    ['that the token is unknown', 401, { errcode: 'M_UNKNOWN_TOKEN', error: 'who?' }, 502, 'M_UNKNOWN'],
    ['more than a profile may have', 200, { displayname: 'x'.repeat(600_000) }, 502, 'M_UNKNOWN'],
  ])('is an error when their server answers %s', async (_case, status, body, expected, errcode) => {
    fake.on('GET', new RegExp(`^${QUERY}`), { status, body, isWrong: true });
    expect(await alice.get('/profile/@fay:fake.test')).toMatchObject({ status: expected, body: { errcode } });
  });

  it('has names and pictures that are texts, whatever their server says', async () => {
    const body = { displayname: { evil: true }, avatar_url: 'https://evil.test/picture', 'm.tz': 'Europe/London' };
    fake.on('GET', new RegExp(`^${QUERY}`), { body, isWrong: true });
    expect((await alice.get('/profile/@fay:fake.test')).body).toEqual({ 'm.tz': 'Europe/London' });
    expect((await alice.get('/profile/@fay:fake.test/displayname')).status).toBe(404);
  });

  it('is not told by a server that is set not to', async () => {
    const carol = await federation.server('secretive.test').register('carol');
    expect(await alice.get(`/profile/${carol.userId}`)).toMatchObject({
      status: 403,
      body: { errcode: 'M_FORBIDDEN' },
    });
    expect((await carol.get(`/profile/${carol.userId}`)).status).toBe(200);
  });

  it('is out of reach while their server is', async () => {
    federation.cut('hs1.test', 'hs2.test');
    expect(await alice.get(`/profile/${bob.userId}`)).toMatchObject({ status: 502, body: { errcode: 'M_UNKNOWN' } });
    federation.heal('hs1.test', 'hs2.test');
    expect((await alice.get(`/profile/${bob.userId}`)).status).toBe(200);
  });
});

describe('a server that asks for a profile', () => {
  it('is told of our users, whole or one field', async () => {
    const asked = `${QUERY}?user_id=${encodeURIComponent(alice.userId)}`;
    expect(await fake.ask(one, 'GET', asked)).toEqual({ status: 200, body: { displayname: 'Alice' } });
    expect((await fake.ask(one, 'GET', `${asked}&field=displayname`)).body).toEqual({ displayname: 'Alice' });
    expect((await fake.ask(one, 'GET', `${asked}&field=avatar_url`)).body).toEqual({});
  });

  it.each([
    ['somebody who is not here', '@nobody:hs1.test', 404, 'M_NOT_FOUND'],
    ['somebody of another server', '@bob:hs2.test', 400, 'M_INVALID_PARAM'],
    ['a name that is none', 'alice', 400, 'M_INVALID_PARAM'],
    ['a name whose server has no number for a port', '@alice:hs1.test:port', 400, 'M_INVALID_PARAM'],
  ])('hears nothing of %s', async (_case, userId, status, errcode) => {
    const reply = await fake.ask(one, 'GET', `${QUERY}?user_id=${encodeURIComponent(userId)}`);
    expect(reply).toMatchObject({ status, body: { errcode } });
  });

  it('is asked who it is', async () => {
    const uri = `${QUERY}?user_id=${encodeURIComponent(alice.userId)}`;
    const reply = await fake.ask(one, 'GET', uri, undefined, { headers: { authorization: 'X-Matrix nonsense' } });
    expect(reply).toMatchObject({ status: 400 });
  });

  it('hears that there is nothing to be asked under other names', async () => {
    const reply = await fake.ask(one, 'GET', '/_matrix/federation/v1/query/weather?city=London');
    expect(reply).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  });
});
