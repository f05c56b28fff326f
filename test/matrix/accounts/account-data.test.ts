import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const ROOM = '!room:hearth.test';
const ALICE = '/user/@alice:hearth.test';
const GLOBAL = `${ALICE}/account_data`;
const OF_ROOM = `${ALICE}/rooms/${ROOM}/account_data`;

describeEachDatabase('account data', (databases) => {
  it('is kept for a user, about a room and about none', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const alice = await server.register('alice');
    const content = { '@bob:hearth.test': [ROOM], nested: { fraction: 0.5, nothing: null } };
    expect(await alice.put(`${GLOBAL}/m.direct`, content)).toEqual({ status: 200, body: {} });
    expect(await alice.put(`${OF_ROOM}/org.example.color`, { color: 'red' })).toEqual({ status: 200, body: {} });
    expect(await alice.get(`${GLOBAL}/m.direct`)).toEqual({ status: 200, body: content });
    expect((await alice.get(`${OF_ROOM}/org.example.color`)).body).toEqual({ color: 'red' });
    expect((await alice.get(`${GLOBAL}/org.example.color`)).status).toBe(404);
    expect((await alice.get(`${OF_ROOM}/m.direct`)).status).toBe(404);
  });

  it('tells sync what changed between two positions, and wakes who waits', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const { db, accounts } = server.homeserver;
    const alice = await server.register('alice');
    await alice.setAccountData('m.direct', { v: 1 });
    const before = db.position();
    await alice.setAccountData('m.direct', { v: 2 });
    await alice.setAccountData('org.example.color', { color: 'red' }, ROOM);
    const between = db.position();
    await alice.setAccountData('org.example.color', {}, ROOM);
    const after = db.position();

    expect(db.news.mayHaveChangedSince(`user:${alice.userId}`, before)).toBe(true);
    const direct = { roomId: undefined, type: 'm.direct', content: { v: 2 } };
    const deleted = { roomId: ROOM, type: 'org.example.color', content: {} };
    const { accountData } = accounts;
    expect(await accountData.changedSince(alice.userId, before, after)).toEqual([direct, deleted]);
    expect(await accountData.changedSince(alice.userId, between, after)).toEqual([deleted]);
    expect(await accountData.changedSince(alice.userId, before, between)).toEqual([direct]);
    expect(await accountData.changedSince(alice.userId, after, after)).toEqual([]);
    expect(await accountData.all(alice.userId, after)).toEqual([direct]);
    expect(await accountData.ofType([alice.userId, '@bob:hearth.test'], 'm.direct')).toEqual(
      new Map([[alice.userId, { v: 2 }]]),
    );
  });

  it('keeps tags of rooms, and changes of many devices at once', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const alice = await server.register('alice');
    const tags = `${ALICE}/rooms/${ROOM}/tags`;
    expect((await alice.get(tags)).body).toEqual({ tags: {} });
    const names = ['m.favourite', 'u.work', 'u.red', 'u.blue'];
    await Promise.all(names.map((name, i) => alice.put(`${tags}/${name}`, { order: i / 4 })));
    expect((await alice.get(tags)).body).toEqual({
      tags: {
        'm.favourite': { order: 0 },
        'u.work': { order: 0.25 },
        'u.red': { order: 0.5 },
        'u.blue': { order: 0.75 },
      },
    });
    for (const name of ['u.red', 'u.red', 'never-there'])
      expect((await alice.delete(`${tags}/${name}`)).status).toBe(200);
    expect(Object.keys((await alice.get(`${OF_ROOM}/m.tag`)).body.tags).sort()).toEqual([
      'm.favourite',
      'u.blue',
      'u.work',
    ]);
  });

  it('keeps filters, the same one once', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const [alice, bob] = [await server.register('alice'), await server.register('bob')];
    const filter = { room: { timeline: { limit: 5, types: ['m.room.message'] } }, 'org.example.more': true };
    const add = async (body: object) => (await alice.post(`${ALICE}/filter`, body)).body.filter_id;
    const id = await add(filter);
    expect(await Promise.all([add(filter), add(filter)])).toEqual([id, id]);
    const other = await add({});
    expect(other).not.toBe(id);
    expect(await alice.get(`${ALICE}/filter/${id}`)).toEqual({ status: 200, body: filter });
    expect((await alice.get(`${ALICE}/filter/${other}`)).body).toEqual({});
    await bob.post(`/user/${bob.userId}/filter`, { presence: { limit: 1 } });
    expect((await bob.get(`/user/${bob.userId}/filter/${id}`)).body).toEqual({ presence: { limit: 1 } });
  });
});

describe('refuses', () => {
  let server: TestHomeserver;
  let alice: TestUser;
  beforeAll(async () => {
    server = await startHomeserver();
    alice = await server.register('alice');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const BOB = '/user/@bob:hearth.test';
  it.each([
    ['PUT', `${BOB}/account_data/m.direct`, {}, 403, 'M_FORBIDDEN'],
    ['GET', `${BOB}/account_data/m.direct`, undefined, 403, 'M_FORBIDDEN'],
    ['PUT', `${BOB}/rooms/${ROOM}/account_data/m.x`, {}, 403, 'M_FORBIDDEN'],
    ['GET', `${BOB}/rooms/${ROOM}/account_data/m.x`, undefined, 403, 'M_FORBIDDEN'],
    ['GET', `${BOB}/rooms/${ROOM}/tags`, undefined, 403, 'M_FORBIDDEN'],
    ['PUT', `${BOB}/rooms/${ROOM}/tags/u.x`, {}, 403, 'M_FORBIDDEN'],
    ['DELETE', `${BOB}/rooms/${ROOM}/tags/u.x`, undefined, 403, 'M_FORBIDDEN'],
    ['POST', `${BOB}/filter`, {}, 403, 'M_FORBIDDEN'],
    ['GET', `${BOB}/filter/0`, undefined, 403, 'M_FORBIDDEN'],
    ['POST', `${BOB}/openid/request_token`, {}, 403, 'M_FORBIDDEN'],
    ['PUT', `${GLOBAL}/m.fully_read`, {}, 405, 'M_BAD_JSON'],
    ['PUT', `${GLOBAL}/m.push_rules`, {}, 405, 'M_BAD_JSON'],
    ['PUT', `${OF_ROOM}/m.fully_read`, {}, 405, 'M_BAD_JSON'],
    ['PUT', `${OF_ROOM}/m.push_rules`, {}, 405, 'M_BAD_JSON'],
    ['PUT', `${GLOBAL}/m.direct`, [], 400, 'M_BAD_JSON'],
    ['PUT', `${GLOBAL}/m.direct`, '{', 400, 'M_NOT_JSON'],
    ['PUT', `${GLOBAL}/${'t'.repeat(256)}`, {}, 413, 'M_TOO_LARGE'],
    ['GET', `${GLOBAL}/m.nothing`, undefined, 404, 'M_NOT_FOUND'],
    ['GET', `${ALICE}/rooms/@not:aroom/account_data/m.x`, undefined, 400, 'M_INVALID_PARAM'],
    ['PUT', `${ALICE}/rooms/@not:aroom/account_data/m.x`, {}, 400, 'M_INVALID_PARAM'],
    ['PUT', '/user/alice/account_data/m.x', {}, 400, 'M_INVALID_PARAM'],
    ['GET', `${ALICE}/rooms/nonsense/tags`, undefined, 400, 'M_INVALID_PARAM'],
    ['PUT', `${ALICE}/rooms/${ROOM}/tags/u.x`, { order: 'first' }, 400, 'M_BAD_JSON'],
    ['PUT', `${ALICE}/rooms/${ROOM}/tags/${'t'.repeat(256)}`, {}, 400, 'M_INVALID_PARAM'],
    ['POST', `${ALICE}/filter`, { room: 'all' }, 400, 'M_BAD_JSON'],
    ['POST', `${ALICE}/filter`, { room: { timeline: { limit: 'many' } } }, 400, 'M_BAD_JSON'],
    ['POST', `${ALICE}/filter`, { presence: { senders: ['nobody'] } }, 400, 'M_BAD_JSON'],
    ['POST', `${ALICE}/filter`, { more: 'x'.repeat(70_000) }, 413, 'M_TOO_LARGE'],
    ['GET', `${ALICE}/filter/12`, undefined, 404, 'M_NOT_FOUND'],
    ['GET', `${ALICE}/filter/twelve`, undefined, 400, 'M_INVALID_PARAM'],
  ])('%s %s', async (method, path, body, status, errcode) => {
    expect(await alice.request(method, path, { body })).toMatchObject({ status, body: { errcode } });
    expect(await server.stranger.request(method, path, { body })).toMatchObject({ status: 401 });
  });
});

it('deletes by writing nothing, and by DELETE for clients that know MSC3391', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const unstable = '/_matrix/client/unstable/org.matrix.msc3391';
  for (const base of [GLOBAL, OF_ROOM]) {
    const path = `${base}/org.example.x`;
    await alice.put(path, { v: 1 });
    expect(await alice.delete(`${unstable}${path}`)).toEqual({ status: 200, body: {} });
    expect((await alice.get(path)).status).toBe(404);
    await alice.put(path, { v: 2 });
    await alice.put(path, {});
    expect((await alice.get(path)).status).toBe(404);
  }
  expect((await alice.delete(`${unstable}/user/@bob:hearth.test/account_data/m.x`)).status).toBe(403);
  expect((await alice.delete(`${unstable}${GLOBAL}/m.push_rules`)).status).toBe(405);
});

it('keeps a thousand types and no more, and goes on changing those', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const { db, accounts } = server.homeserver;
  await db.write(async (tx) => {
    for (let i = 0; i < 1000; i += 1) {
      await accounts.accountData.set(tx, alice.userId, { roomId: undefined, type: `x.${i}`, content: { i } });
    }
  });
  expect(await alice.put(`${GLOBAL}/x.1000`, { i: 1 })).toMatchObject({
    status: 413,
    body: { errcode: 'M_TOO_LARGE' },
  });
  expect((await alice.put(`${GLOBAL}/x.999`, { i: 1 })).status).toBe(200);
  expect((await alice.put(`${OF_ROOM}/x.1000`, { i: 1 })).status).toBe(200);
});

it('keeps fifty megabytes of one user in all, and always takes what makes it less', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  const { db, accounts } = server.homeserver;
  const text = 'a'.repeat(1024 * 1024 - 100);
  await db.write(async (tx) => {
    for (let i = 0; i < 50; i += 1) {
      const data = { roomId: `!room${i}:hearth.test` as const, type: 'x', content: { text } };
      await accounts.accountData.set(tx, alice.userId, data);
    }
  });
  const refusal = { status: 413, body: { errcode: 'M_TOO_LARGE' } };
  expect(await alice.put(`${GLOBAL}/x`, { text: 'a'.repeat(10_000) })).toMatchObject(refusal);
  expect((await alice.put(`${ALICE}/rooms/!room1:hearth.test/account_data/x`, {})).status).toBe(200);
  expect((await alice.put(`${GLOBAL}/x`, { text: 'a'.repeat(10_000) })).status).toBe(200);
});
