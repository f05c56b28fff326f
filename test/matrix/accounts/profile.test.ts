import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src-main/config/defaults.js';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const { profiles } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });
const ALICE = '@alice:hearth.test';
const PATH = `/profile/${ALICE}`;

describeEachDatabase('a profile', (databases) => {
  it('is written by its owner and read by everybody', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const alice = await server.register('alice');
    const fields = {
      displayname: 'Alice Liddell',
      avatar_url: 'mxc://hearth.test/rabbit',
      'm.tz': 'Europe/London',
      'org.example.job': { title: 'explorer', since: [1865, null] },
    };
    for (const [name, value] of Object.entries(fields)) {
      expect(await alice.put(`${PATH}/${name}`, { [name]: value })).toEqual({ status: 200, body: {} });
      expect(await server.stranger.get(`${PATH}/${name}`)).toEqual({ status: 200, body: { [name]: value } });
    }
    expect(await server.stranger.get(PATH)).toEqual({ status: 200, body: fields });

    expect(await alice.delete(`${PATH}/m.tz`)).toEqual({ status: 200, body: {} });
    expect((await alice.delete(`${PATH}/m.tz`)).status).toBe(200);
    expect(await server.stranger.get(`${PATH}/m.tz`)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  });

  it('answers for many users at once', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const alice = await server.register('alice', { displayName: 'Alice' });
    const bob = await server.register('bob');
    await bob.delete(`/profile/${bob.userId}/displayname`);
    const { profiles } = server.homeserver.accounts;
    const everybody = [alice.userId, bob.userId, '@nobody:hearth.test', '@alice:else.test'] as const;
    for (const _time of ['read', 'remembered']) {
      expect(await profiles.of(everybody)).toEqual(
        new Map([
          [alice.userId, { displayName: 'Alice', avatarUrl: undefined }],
          [bob.userId, { displayName: undefined, avatarUrl: undefined }],
        ]),
      );
    }
    await alice.setDisplayName('Alice L.');
    expect((await profiles.of([alice.userId])).get(alice.userId)?.displayName).toBe('Alice L.');
  });
});

it('announces each field that changed, and nothing when none did', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const start = server.homeserver.db.position();
  await alice.setDisplayName('Alice');
  await alice.setDisplayName('Alice');
  await alice.delete(`${PATH}/displayname`);
  await alice.delete(`${PATH}/displayname`);
  const changes = await server.homeserver.accounts.streams.profiles.after(start, 10);
  const change = { userId: ALICE, field: 'displayname' };
  expect(changes.map((one) => one.change)).toEqual([change, change]);
});

it('loses a name or picture that is set to nothing', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  await alice.put(`${PATH}/displayname`, { displayname: '' });
  expect((await alice.get(PATH)).body).toEqual({});
});

it('answers to the paths that clients used before', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const unstable = `/_matrix/client/unstable/uk.tcpip.msc4133/profile/${ALICE}/org.example.job`;
  expect((await alice.put(unstable, { 'org.example.job': 'cook' })).status).toBe(200);
  expect((await alice.get(unstable)).body).toEqual({ 'org.example.job': 'cook' });
  expect((await alice.get(`/_matrix/client/r0/profile/${ALICE}/displayname`)).body).toEqual({ displayname: 'alice' });
});

describe('refuses', () => {
  let server: TestHomeserver;
  let alice: TestUser;
  beforeAll(async () => {
    server = await startHomeserver();
    alice = await server.register('alice');
    await server.register('bob');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each([
    ['the profile of somebody else', '/profile/@bob:hearth.test/displayname', { displayname: 'x' }, 403, 'M_FORBIDDEN'],
    ['a display name that is no string', `${PATH}/displayname`, { displayname: 7 }, 400, 'M_INVALID_PARAM'],
    ['a display name of null', `${PATH}/displayname`, { displayname: null }, 400, 'M_INVALID_PARAM'],
    [
      'a display name that is too long',
      `${PATH}/displayname`,
      { displayname: 'x'.repeat(257) },
      400,
      'M_INVALID_PARAM',
    ],
    ['an avatar that is no string', `${PATH}/avatar_url`, { avatar_url: {} }, 400, 'M_INVALID_PARAM'],
    ['an avatar that is too long', `${PATH}/avatar_url`, { avatar_url: 'x'.repeat(1001) }, 400, 'M_INVALID_PARAM'],
    ['a body without the field', `${PATH}/displayname`, { name: 'x' }, 400, 'M_MISSING_PARAM'],
    ['a field that every object has', `${PATH}/constructor`, {}, 400, 'M_MISSING_PARAM'],
    ['a body that is no object', `${PATH}/displayname`, ['x'], 400, 'M_BAD_JSON'],
    ['a field in capitals', `${PATH}/Job`, { Job: 1 }, 400, 'M_INVALID_PARAM'],
    ['a field with a space', `${PATH}/my%20job`, { 'my job': 1 }, 400, 'M_INVALID_PARAM'],
    ['a field with too long a name', `${PATH}/${'j'.repeat(256)}`, { ['j'.repeat(256)]: 1 }, 400, 'M_KEY_TOO_LARGE'],
    ['too much', `${PATH}/org.example.book`, { 'org.example.book': 'x'.repeat(65_536) }, 400, 'M_PROFILE_TOO_LARGE'],
    ['what is no user id', '/profile/alice/displayname', { displayname: 'x' }, 400, 'M_INVALID_PARAM'],
  ])('%s', async (_case, path, body, status, errcode) => {
    expect(await alice.put(path, body)).toMatchObject({ status, body: { errcode } });
  });

  it('many fields that are too much together', async () => {
    await using server = await startHomeserver();
    const alice = await server.register('alice');
    expect((await alice.put(`${PATH}/a.a`, { 'a.a': 'x'.repeat(33_000) })).status).toBe(200);
    expect(await alice.put(`${PATH}/b.b`, { 'b.b': 'x'.repeat(33_000) })).toMatchObject({
      status: 400,
      body: { errcode: 'M_PROFILE_TOO_LARGE' },
    });
    expect((await alice.put(`${PATH}/a.a`, { 'a.a': 'x'.repeat(60_000) })).status).toBe(200);
  });

  it('deletions of somebody else’s fields', async () => {
    await using server = await startHomeserver();
    await server.register('alice');
    const bob = await server.register('bob');
    expect(await bob.delete(`${PATH}/displayname`)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    expect((await server.stranger.delete(`${PATH}/displayname`)).status).toBe(401);
  });

  it('changes by suspended users', async () => {
    await using server = await startHomeserver();
    const alice = await server.register('alice');
    await server.homeserver.accounts.users.setFlag(ALICE, 'isSuspended', true);
    const reply = await alice.put(`${PATH}/displayname`, { displayname: 'x' });
    expect(reply).toMatchObject({ status: 403, body: { errcode: 'M_USER_SUSPENDED' } });
    expect((await alice.get('/account/whoami')).status).toBe(200);
  });

  it.each([
    ['displayname', 'displayNameChangeAllowed'],
    ['avatar_url', 'avatarChangeAllowed'],
  ])('changes of %s, where the configuration forbids them, except by administrators', async (field, key) => {
    await using server = await startHomeserver({ config: { profiles: { ...profiles, [key]: false } } });
    const alice = await server.register('alice');
    const body = { [field]: 'mxc://hearth.test/x' };
    expect(await alice.put(`${PATH}/${field}`, body)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    const admin = await server.registerAdmin('root');
    expect((await admin.put(`/profile/${admin.userId}/${field}`, body)).status).toBe(200);
    expect((await alice.get('/capabilities')).body.capabilities['m.profile_fields']).toEqual({
      enabled: true,
      disallowed: [field],
    });
  });
});

it.each([
  ['nobody here', '@nobody:hearth.test', 404, 'M_NOT_FOUND'],
  ['somebody whose server is not there', '@alice:else.test', 502, 'M_UNKNOWN'],
])('is not found of %s', async (_case, userId, status, errcode) => {
  await using server = await startHomeserver();
  for (const path of [`/profile/${userId}`, `/profile/${userId}/displayname`]) {
    expect(await server.stranger.get(path)).toMatchObject({ status, body: { errcode } });
  }
});

it('has no fields that nobody set, whatever they are called', async () => {
  await using server = await startHomeserver();
  await server.register('alice');
  for (const field of ['avatar_url', 'constructor', '__proto__']) {
    expect((await server.stranger.get(`${PATH}/${field}`)).status).toBe(404);
  }
});

it('is shown to users only, where the configuration says so', async () => {
  await using server = await startHomeserver({ config: { profiles: { ...profiles, requireAuthForRequests: true } } });
  const alice = await server.register('alice');
  expect(await server.stranger.get(PATH)).toMatchObject({ status: 401, body: { errcode: 'M_MISSING_TOKEN' } });
  expect((await alice.get(PATH)).status).toBe(200);
});
