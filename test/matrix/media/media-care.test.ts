import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { statement } from '../../../src-main/storage/database.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const DAY = 86_400_000;
const QUERY = { kind: 'own', search: '', order: 'size', isDescending: true, offset: 0, limit: 10 } as const;

let clock: FakeClock;
let one: TestHomeserver;
let alice: TestUser;

beforeEach(async () => {
  clock = new FakeClock(Date.now());
  one = await startHomeserver({ clock });
  alice = await one.register('alice');
});
afterEach(() => one[Symbol.asyncDispose]());

const care = () => one.homeserver.media.care;
const budget = () => one.homeserver.media.budget;
const idOf = (uri: string) => uri.split('/').at(-1) ?? '';
const signal = new AbortController().signal;
const upload = (text: string, name = 'a.txt') => alice.uploadMedia(Buffer.from(text), 'text/plain', name);
const own = (unusedSince: number) => ({ kind: 'own', unusedSince, keep: new Set<string>() }) as const;
const ids = async () => (await care().page(QUERY)).files.map(({ mediaId }) => mediaId);

it('counts and lists what is there, by size, name and person', async () => {
  const [large, small] = [await upload('x'.repeat(5000), 'Large.txt'), await upload('y', 'small.txt')];
  expect((await care().amounts()).own).toEqual({ count: 2, bytes: 5001 });
  expect(await ids()).toEqual([idOf(large), idOf(small)]);
  expect((await care().page({ ...QUERY, search: 'large' })).files).toMatchObject([
    { name: 'Large.txt', userId: alice.userId, size: 5000, contentType: 'text/plain', isProtected: false },
  ]);
  expect((await care().page({ ...QUERY, search: '@alice' })).total).toBe(2);
  expect((await care().largest(5)).people).toEqual([{ userId: alice.userId, count: 2, bytes: 5001 }]);
});

it('clears what nobody opened for long, and neither what is protected nor anybody’s picture', async () => {
  const [old, used, safe, face] = [
    await upload('old'),
    await upload('used'),
    await upload('safe'),
    await upload('face'),
  ];
  await alice.ok('PUT', `/profile/${alice.userId}/avatar_url`, { body: { avatar_url: face } });
  await care().protect(idOf(safe), true);
  await clock.advance(40 * DAY);
  const reader = await alice.logIn();
  expect((await reader.downloadMedia(used)).status).toBe(200);
  const what = own(clock.now() - 30 * DAY);
  expect(await care().clearUpAmount(what)).toEqual({ count: 1, bytes: 3 });
  const seen: object[] = [];
  const onGone = async (_tx: object, gone: object) => void seen.push(gone);
  expect(await care().clearUp(what, signal, { onGone })).toEqual({ count: 1, bytes: 3 });
  expect(seen).toEqual([{ count: 1, bytes: 3 }]);
  expect(new Set(await ids())).toEqual(new Set([used, safe, face].map(idOf)));
  expect((await reader.downloadMedia(old)).status).toBe(404);
});

it('keeps what it is told to keep', async () => {
  const picture = await upload('a room’s picture');
  await clock.advance(40 * DAY);
  expect(await care().clearUpAmount({ ...own(clock.now()), keep: new Set([picture]) })).toMatchObject({ count: 0 });
});

it('deletes one file, and the file on the disk unless another upload is the same', async () => {
  const [first, second] = [await upload('same'), await upload('same')];
  const address = (uri: string) => ({ server: 'hearth.test', mediaId: idOf(uri) });
  await clock.advance(DAY);
  const reader = await alice.logIn();
  await care().remove(address(first));
  expect((await reader.downloadMedia(first)).status).toBe(404);
  expect((await reader.downloadMedia(second)).status).toBe(200);
  await care().remove(address(second));
  expect((await reader.downloadMedia(second)).status).toBe(404);
  await expect(care().remove(address(second))).rejects.toMatchObject({ status: 404 });
  const left = await readdir(one.config.media.storePath, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile())).toHaveLength(0);
});

it('warns step by step, and takes no more once the limit is reached', async () => {
  expect(await budget().now()).toMatchObject({ limit: undefined, state: 'none' });
  budget().setLimit(1000);
  for (const [bytes, state] of [
    [700, 'fine'],
    [110, 'near'],
    [100, 'tight'],
    [70, 'urgent'],
  ] as const) {
    await upload(`${state}${'x'.repeat(bytes - state.length)}`);
    expect(await budget().now()).toMatchObject({ state });
  }
  const reply = await alice.request('POST', '/_matrix/media/v3/upload', {
    body: Buffer.alloc(30),
    headers: { 'content-type': 'text/plain' },
  });
  expect(reply).toMatchObject({ status: 403, body: { errcode: 'M_RESOURCE_LIMIT_EXCEEDED' } });
  await upload('z'.repeat(20));
  expect(await budget().now()).toMatchObject({ used: 1000, state: 'full' });
});

it('clears copies that nobody opened for longest, and no more of them than it must, once it is tight', async () => {
  const { db } = one.homeserver;
  const put = statement<[string, string, number]>(`
    INSERT INTO remote_media (origin, media_id, hash, size, content_type, fetched, last_used)
    VALUES ('far.test', ?, ?, 100, 'text/plain', 0, ?)`);
  const copies = Array.from(
    { length: 10 },
    (_, index) => [`copy${index}`, `hash${index}`, index] as [string, string, number],
  );
  await db.write((tx) => tx.runMany(put, copies));
  budget().setLimit(1020);
  await budget().keep(signal);
  const left = await care().page({ ...QUERY, kind: 'copies', order: 'used', isDescending: false });
  expect(left.files.map(({ mediaId }) => mediaId)).toEqual(copies.slice(2).map(([mediaId]) => mediaId));
  expect(await budget().now()).toMatchObject({ used: 800, state: 'fine' });
});

it('leaves what is protected in sight', async () => {
  const safe = await upload('safe');
  await care().protect(idOf(safe), true);
  await one.homeserver.media.content.setQuarantined({ server: 'hearth.test', mediaId: idOf(safe) }, alice.userId);
  expect((await alice.downloadMedia(safe)).status).toBe(200);
  await expect(care().protect('nothing', true)).rejects.toMatchObject({ status: 404 });
});
