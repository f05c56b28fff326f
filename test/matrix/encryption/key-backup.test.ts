import { expect, it } from 'vitest';
import { KeyBackup } from '../../../src-main/matrix/encryption/key-backup.js';
import { KeyBackupStore } from '../../../src-main/matrix/encryption/key-backup.store.js';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const ALGORITHM = 'm.megolm_backup.v1.curve25519-aes-sha2';
const description = { algorithm: ALGORITHM, auth_data: { public_key: 'abcdefg', signatures: {} } };
const ROOM = '!room:hearth.test';
const OTHER_ROOM = '!other:hearth.test';

const key = (text: string, more: object = {}) => ({
  first_message_index: 1,
  forwarded_count: 1,
  is_verified: false,
  session_data: { ciphertext: text },
  ...more,
});
const keysPath = (...parts: string[]) => ['/room_keys/keys', ...parts.map(encodeURIComponent)].join('/');

const create = async (user: TestUser): Promise<string> =>
  (await user.ok('POST', '/room_keys/version', { body: description })).version;
const put = (user: TestUser, version: string, body: unknown, ...parts: string[]) =>
  user.request('PUT', keysPath(...parts), { body, query: { version } });
const get = (user: TestUser, version: string, ...parts: string[]) => user.get(keysPath(...parts), { version });

describeEachDatabase('key backup', (databases) => {
  const start = async () => startHomeserver({ database: await databases.create() });

  it('keeps versions, of which the last is the current one', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    expect(await alice.get('/room_keys/version')).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
    const [first, second] = [await create(alice), await create(alice)];
    expect(await alice.ok('GET', '/room_keys/version')).toEqual({
      ...description,
      version: second,
      count: 0,
      etag: '0',
    });
    expect(await alice.ok('GET', `/room_keys/version/${first}`)).toMatchObject({ version: first });
    expect(await alice.get('/room_keys/version/bogus')).toMatchObject({
      status: 404,
      body: { errcode: 'M_NOT_FOUND' },
    });
    expect(await alice.delete(`/room_keys/version/${second}`)).toEqual({ status: 200, body: {} });
    expect(await alice.delete(`/room_keys/version/${second}`)).toEqual({ status: 200, body: {} });
    expect(await alice.delete('/room_keys/version/99')).toMatchObject({
      status: 404,
      body: { errcode: 'M_NOT_FOUND' },
    });
    expect(await alice.get(`/room_keys/version/${second}`)).toMatchObject({ status: 404 });
    expect(await alice.ok('GET', '/room_keys/version')).toMatchObject({ version: first });
    expect(await create(alice)).not.toBe(second);
  });

  it('lets the auth_data of a version change, and nothing else', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const version = await create(alice);
    const path = `/room_keys/version/${version}`;
    const changed = { ...description, auth_data: { public_key: 'other' } };
    expect(await alice.put(path, { ...changed, version })).toEqual({ status: 200, body: {} });
    expect(await alice.ok('GET', path)).toMatchObject(changed);
    const refused: [unknown, string][] = [
      [{ ...changed, algorithm: 'other' }, 'M_INVALID_PARAM'],
      [{ ...changed, version: '99' }, 'M_INVALID_PARAM'],
    ];
    for (const [body, errcode] of refused)
      expect(await alice.put(path, body)).toMatchObject({ status: 400, body: { errcode } });
    expect(await alice.put('/room_keys/version/99', changed)).toMatchObject({ status: 404 });
  });

  it('keeps keys and gives them back: one, those of a room, all', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const version = await create(alice);
    expect(await put(alice, version, key('a1'), ROOM, 'a/1')).toEqual({ status: 200, body: { etag: '1', count: 1 } });
    expect(await put(alice, version, { sessions: { a2: key('a2') } }, ROOM)).toMatchObject({ body: { count: 2 } });
    const rooms = { [ROOM]: { sessions: { a3: key('a3') } }, [OTHER_ROOM]: { sessions: { b1: key('b1') } } };
    expect(await put(alice, version, { rooms })).toEqual({ status: 200, body: { etag: '3', count: 4 } });

    expect((await get(alice, version, ROOM, 'a/1')).body).toEqual(key('a1'));
    const inRoom = { 'a/1': key('a1'), a2: key('a2'), a3: key('a3') };
    expect((await get(alice, version, ROOM)).body).toEqual({ sessions: inRoom });
    expect((await get(alice, version)).body).toEqual({
      rooms: { [ROOM]: { sessions: inRoom }, [OTHER_ROOM]: { sessions: { b1: key('b1') } } },
    });
    expect(await alice.ok('GET', '/room_keys/version')).toMatchObject({ count: 4, etag: '3' });
  });

  it('has nothing where nothing was stored', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const version = await create(alice);
    expect(await get(alice, version)).toEqual({ status: 200, body: { rooms: {} } });
    expect(await get(alice, version, ROOM)).toEqual({ status: 200, body: { sessions: {} } });
    expect(await get(alice, version, ROOM, 'a')).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
    expect(await get(alice, '99')).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  });

  it('keeps the better of two keys, and its etag when nothing changed', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const version = await create(alice);
    await put(alice, version, key('first'), ROOM, 'a');
    const worse = key('worse', { first_message_index: 2 });
    expect(await put(alice, version, worse, ROOM, 'a')).toEqual({ status: 200, body: { etag: '1', count: 1 } });
    expect((await get(alice, version, ROOM, 'a')).body).toEqual(key('first'));
    const better = key('better', { is_verified: true, first_message_index: 5 });
    expect(await put(alice, version, better, ROOM, 'a')).toEqual({ status: 200, body: { etag: '2', count: 1 } });
    expect((await get(alice, version, ROOM, 'a')).body).toEqual(better);
  });

  it('deletes keys: one, those of a room, all', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const version = await create(alice);
    const sessions = { a: key('a'), b: key('b') };
    await put(alice, version, { rooms: { [ROOM]: { sessions }, [OTHER_ROOM]: { sessions } } });
    const remove = (...parts: string[]) => alice.request('DELETE', keysPath(...parts), { query: { version } });
    expect(await remove(ROOM, 'a')).toEqual({ status: 200, body: { etag: '2', count: 3 } });
    expect(await remove(ROOM, 'a')).toEqual({ status: 200, body: { etag: '2', count: 3 } });
    expect(await remove(OTHER_ROOM)).toMatchObject({ body: { count: 1 } });
    expect(await remove()).toMatchObject({ body: { count: 0 } });
    expect((await get(alice, version)).body).toEqual({ rooms: {} });
  });

  it('takes keys for the current version only', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const [old, current] = [await create(alice), await create(alice)];
    expect(await put(alice, old, key('a'), ROOM, 'a')).toMatchObject({
      status: 403,
      body: { errcode: 'M_WRONG_ROOM_KEYS_VERSION', current_version: current },
    });
    expect(await put(alice, '99', key('a'), ROOM, 'a')).toMatchObject({
      status: 404,
      body: { errcode: 'M_NOT_FOUND' },
    });
  });

  it('is nobody else’s business', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const bob = await one.register('bob');
    const version = await create(alice);
    await put(alice, version, key('a'), ROOM, 'a');
    expect(await get(bob, version)).toMatchObject({ status: 404 });
    await create(bob);
    expect((await get(bob, version)).body).toEqual({ rooms: {} });
  });

  it('refuses what is no key', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const version = await create(alice);
    const { session_data: _, ...incomplete } = key('a');
    const cases: [string, unknown, string[], string][] = [
      ['a key without session_data', incomplete, [ROOM, 'a'], 'M_MISSING_PARAM'],
      ['a fraction for an index', key('a', { first_message_index: 1.5 }), [ROOM, 'a'], 'M_BAD_JSON'],
      ['a negative index', key('a', { first_message_index: -1 }), [ROOM, 'a'], 'M_BAD_JSON'],
      ['a text for is_verified', key('a', { is_verified: 'yes' }), [ROOM, 'a'], 'M_BAD_JSON'],
      ['a list for sessions', { sessions: [] }, [ROOM], 'M_BAD_JSON'],
      ['a room that is none', { rooms: { room: { sessions: {} } } }, [], 'M_BAD_JSON'],
      ['no rooms', {}, [], 'M_MISSING_PARAM'],
      ['no JSON', '{', [], 'M_NOT_JSON'],
    ];
    for (const [what, body, parts, errcode] of cases) {
      const reply = await put(alice, version, body, ...parts);
      expect([what, reply]).toMatchObject([what, { status: 400, body: { errcode } }]);
    }
    expect(await alice.put(keysPath(ROOM, 'a'), key('a'))).toMatchObject({
      status: 400,
      body: { errcode: 'M_MISSING_PARAM' },
    });
    expect(await alice.post('/room_keys/version', {})).toMatchObject({
      status: 400,
      body: { errcode: 'M_MISSING_PARAM' },
    });
  });

  it('takes no keys, descriptions and versions without end', async () => {
    await using one = await start();
    const alice = await one.register('alice');
    const version = await create(alice);
    const large = key('a'.repeat(66_000));
    const refusal = { status: 413, body: { errcode: 'M_TOO_LARGE' } };
    expect(await put(alice, version, large, ROOM, 'session')).toMatchObject(refusal);
    const auth_data = { public_key: 'a'.repeat(66_000) };
    expect(await alice.post('/room_keys/version', { algorithm: ALGORITHM, auth_data })).toMatchObject(refusal);
    for (let i = 1; i < 100; i += 1) await create(alice);
    expect(await alice.post('/room_keys/version', description)).toMatchObject({
      status: 403,
      body: { errcode: 'M_RESOURCE_LIMIT_EXCEEDED' },
    });
    await alice.ok('DELETE', `/room_keys/version/${version}`);
    await create(alice);
  });

  it('counts the bytes of all keys, and takes no more than there is room for', async () => {
    const db = await databases.open();
    const store = new KeyBackupStore();
    const backup = new KeyBackup({ db, store });
    const alice = '@alice:hearth.test';
    const session = (sessionId: string, letters: number, firstMessageIndex = 1) => ({
      roomId: ROOM as RoomId,
      sessionId,
      firstMessageIndex,
      forwardedCount: 0,
      isVerified: false,
      sessionData: { ciphertext: 'a'.repeat(letters) },
    });
    const version = String(await backup.create(alice, ALGORITHM, {}));
    const bytes = async () => (await store.usage(db, alice)).bytes;
    await backup.putSessions(alice, version, [session('a', 100), session('b', 200)]);
    const empty = JSON.stringify({ ciphertext: '' }).length;
    expect(await bytes()).toBe(2 * empty + 300);
    await backup.putSessions(alice, version, [session('a', 1000, 0)]);
    expect(await bytes()).toBe(2 * empty + 1200);
    await backup.removeSessions(alice, version, { roomId: ROOM, sessionId: 'b' });
    expect(await bytes()).toBe(empty + 1000);

    await db.write((tx) => store.change(tx, alice, Number(version), { keys: 0, bytes: 1024 ** 3 - 2000 }));
    await expect(backup.putSessions(alice, version, [session('c', 2000)])).rejects.toThrow('as large as it may be');
    await backup.putSessions(alice, version, [session('a', 10, 0)]);
    await backup.removeSessions(alice, version, { roomId: ROOM });
    await backup.putSessions(alice, version, [session('c', 1000)]);
    await backup.removeSessions(alice, version, {});
    expect(await bytes()).toBe(0);
  });
});
