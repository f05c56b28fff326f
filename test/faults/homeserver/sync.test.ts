import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import type * as Wal from '../../../src-main/storage/sqlite-wal.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

/** The disk under the server: its syncs end at once, when the test says so, or badly. */
const disk = vi.hoisted(() => ({
  isHeld: false,
  isBroken: false,
  waiting: [] as (() => void)[],
  release() {
    this.isHeld = false;
    for (const resolve of this.waiting.splice(0)) resolve();
  },
}));

vi.mock('../../../src-main/storage/sqlite-wal.js', async (original) => {
  const wal = await original<typeof Wal>();
  const syncFile: Wal.SyncFile = async (file) => {
    if (disk.isBroken) throw new Error('EIO: input/output error');
    if (disk.isHeld) await new Promise<void>((resolve) => disk.waiting.push(resolve));
    await wal.syncFile(file);
  };
  return { ...wal, syncFile };
});

const segment = encodeURIComponent;
let server: TestHomeserver;
let alice: TestUser;
let bob: TestUser;
let roomId: RoomId;

beforeEach(async () => {
  vi.stubEnv('HEARTH_TEST_DATABASE', 'sqlite'); // it is SQLite whose syncs are the server's own
  server = await startHomeserver();
  alice = await server.register('alice');
  bob = await server.register('bob');
  roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  await alice.sync();
  await bob.sync();
});
afterEach(async () => {
  disk.isBroken = false;
  disk.release();
  await server[Symbol.asyncDispose]();
});

/** What was answered so far; `answer` gives the whole. */
function watched<T>(answer: Promise<T>) {
  const seen = { isHere: false, answer };
  const settle = () => {
    seen.isHere = true;
  };
  answer.then(settle, settle);
  return seen;
}

/** Resolves when the server waits for its disk, and would long have answered whoever does not. */
async function stuck(): Promise<void> {
  await expect.poll(() => disk.waiting.length).toBeGreaterThan(0);
  for (let i = 0; i < 5; i += 1) await server.stranger.request('OPTIONS', '/account/whoami'); // needs no store
}

/** A request's reply stays away until the sync that began after it has ended. */
async function waitsForItsSync<T>(ask: () => Promise<T>): Promise<T> {
  disk.isHeld = true;
  const seen = watched(ask());
  await stuck();
  expect(seen.isHere).toBe(false);
  disk.release();
  return seen.answer;
}

const path = (rest: string) => `/rooms/${segment(roomId)}/${rest}`;
const user = () => `/user/${segment(alice.userId)}`;

describe('no reply leaves before what it stored is on disk', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['a message', () => alice.say(roomId, 'hello')],
    ['state', () => alice.setState(roomId, 'm.room.topic', { topic: 'a fire' })],
    ['a new room', () => alice.createRoom({ preset: 'private_chat' })],
    ['an invitation', () => alice.invite(roomId, '@carol:hearth.test')],
    ['leaving', () => bob.leave(roomId)],
    ['an alias', () => alice.ok('PUT', '/directory/room/%23fire:hearth.test', { body: { room_id: roomId } })],
    ['a message to a device', () => alice.sendToDevice('m.test', { [bob.userId]: { '*': {} } })],
    ['account data', () => alice.setAccountData('m.test', { a: 1 })],
    ['a tag', () => alice.ok('PUT', `${user()}/rooms/${segment(roomId)}/tags/u.work`, { body: {} })],
    ['a filter', () => alice.ok('POST', `${user()}/filter`, { body: { room: {} } })],
    ['a read marker', async () => bob.ok('POST', path('read_markers'), { body: { 'm.fully_read': '$any' } })],
    ['a registration', () => server.register('carol')],
    ['signing in', () => alice.logIn()],
    ['signing out', () => alice.ok('POST', '/logout', { body: {} })],
    ['a display name', () => alice.setDisplayName('Alice')],
    ['one-time keys', () => alice.ok('POST', '/keys/upload', { body: { one_time_keys: oneTimeKeys() } })],
    ['a push rule', () => alice.ok('PUT', '/pushrules/global/content/word', { body: { pattern: 'a', actions: [] } })],
    ['a backup version', () => alice.ok('POST', '/room_keys/version', { body: backup })],
    ['an upload', () => alice.uploadMedia(Buffer.from('hello'), 'text/plain')],
  ])('%s', async (_case, ask) => {
    await waitsForItsSync(ask);
  });

  it('a receipt', async () => {
    const eventId = await alice.say(roomId, 'hello');
    await waitsForItsSync(() => bob.receipt(roomId, eventId));
  });

  it('a redaction', async () => {
    const eventId = await alice.say(roomId, 'hello');
    await waitsForItsSync(() => alice.redact(roomId, eventId));
  });
});

describe('nobody is told what others wrote before it is on disk', () => {
  it.each<[string, (told: { waiting: Promise<unknown> }) => Promise<unknown>]>([
    ['in a sync', () => bob.sync()],
    ['in a sync that was waiting for it', ({ waiting }) => waiting],
    ['in the history', () => bob.messages(roomId)],
    ['in the state', () => bob.state(roomId)],
    ['by a refusal', () => bob.get('/profile/@nobody:hearth.test')],
  ])('%s', async (_case, read) => {
    const waiting = bob.sync({ timeout: 30_000, since: bob.since });
    const before = disk.waiting.length;
    expect(before).toBe(0);
    disk.isHeld = true;
    const sent = watched(alice.say(roomId, 'not yet on disk'));
    await stuck();
    const seen = watched(read({ waiting }));
    await stuck();
    expect([sent.isHere, seen.isHere]).toEqual([false, false]);
    disk.release();
    await seen.answer;
    await sent.answer;
    await waiting;
  });
});

describe('a disk that fails', () => {
  it('ends all promises: nothing is acknowledged any more until a start on a disk that works', async () => {
    const kept = await alice.say(roomId, 'kept');
    disk.isBroken = true;
    const txnId = randomUUID();
    const send = () =>
      alice.put(`/rooms/${segment(roomId)}/send/m.room.message/${txnId}`, { msgtype: 'm.text', body: 'lost?' });
    const failure = { status: 500, body: { errcode: 'M_UNKNOWN', error: 'the database of this server failed' } };
    expect(await send()).toMatchObject(failure);
    disk.isBroken = false;
    expect(await send()).toMatchObject(failure); // once failed, a sync that works vouches for nothing
    expect(await bob.get('/sync')).toMatchObject(failure);
    await server.restart();
    expect((await send()).status).toBe(200);
    const { chunk } = await alice.messages(roomId);
    expect(chunk.filter(({ content }) => content.body === 'lost?')).toHaveLength(1);
    expect(chunk.map((event) => event.event_id)).toContain(kept);
  });
});

let keys = 0;
const oneTimeKeys = () => ({
  [`signed_curve25519:${(keys += 1)}`]: {
    key: 'a'.repeat(43),
    signatures: { [alice.userId]: { [`ed25519:${alice.deviceId}`]: 'a'.repeat(86) } },
  },
});

const backup = {
  algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2',
  auth_data: { public_key: 'abc', signatures: {} },
};
