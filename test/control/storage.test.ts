import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import type { Edit } from '../../src-main/config/save.js';
import { createConsoleControl } from '../../src-main/control/console-control.js';
import type { CleanUpRun, DatabaseRoom, MediaPage, StorageOverview } from '../../src-main/control/contract.js';
import { type Control, ControlEvents } from '../../src-main/control/procedure.js';
import { createStorageDesk } from '../../src-main/control/storage/storage-desk.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeServerHost } from '../support/fake-server-host.js';
import { startHomeserver, type TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

const DAY = 86_400_000;
const GB = 1_000_000_000;
const clock = new FakeClock(Date.now());
const saved: Edit[] = [];
/** what was measured: a gigabyte a week */
const measured = Array.from({ length: 120 }, (_, index) => (index < 20 ? null : index * (GB / 28)));

/** The control over a server that runs, as its owner hands it out. */
class RealHost extends FakeServerHost {
  override storage() {
    return createStorageDesk({
      ...one.homeserver,
      clock,
      activity: one.homeserver.health.activity,
      measurements: {
        series: async () =>
          ({ from: 0, step: DAY / 4, points: { diskUsed: measured }, latest: {}, budgets: {} }) as never,
      },
      disk: async () => ({ folder: one.config.dataDir, free: 10 * GB, total: 100 * GB, used: 5_000_000, rung: 'fine' }),
      save: (edits) => void saved.push(...edits),
    });
  }
}

let one: TestHomeserver;
let alice: TestUser;
let control: Control;

beforeAll(async () => {
  one = await startHomeserver({ clock });
  alice = await one.register('alice');
  const events = new ControlEvents();
  control = createConsoleControl(new RealHost(events), { events, log: silentLogger });
});
afterAll(() => one?.[Symbol.asyncDispose]());

const value = async <T>(name: string, input?: unknown): Promise<T> => {
  const result = await control.call(name, input);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value as T;
};
const overview = () => value<StorageOverview>('storage.overview');
const list = (query: object = {}) => value<MediaPage>('media.list', { kind: 'own', ...query });
const upload = (text: string, name = 'a.txt') => alice.uploadMedia(Buffer.from(text), 'text/plain', name);

it('tells what takes how much, how it grows, and for how many weeks there is room', async () => {
  await upload('x'.repeat(9000), 'large.txt');
  const found = await overview();
  const part = (name: string) => found.parts.find((each) => each.part === name)?.bytes;
  expect(part('own')).toBe(9000);
  expect(part('database')).toBeGreaterThan(10_000);
  expect(found.parts.map(({ bytes }) => bytes)).toEqual(
    found.parts.map(({ bytes }) => bytes).toSorted((a, b) => b - a),
  );
  expect(found.growth?.perWeek).toBeCloseTo(GB, -6);
  expect(found.growth?.weeksLeft).toBeCloseTo(10, 1);
  expect(found.people).toEqual([{ userId: alice.userId, count: 1, bytes: 9000 }]);
  expect(found.budget).toMatchObject({ state: 'none', limit: undefined });
});

it('lists files, takes them out of sight, protects and deletes them', async () => {
  const uri = await upload('secret', 'secret.txt');
  const mediaId = uri.split('/').at(-1);
  expect((await list({ search: 'secret' })).files).toMatchObject([{ mediaId, size: 6, userId: alice.userId }]);
  await value('media.quarantine', { mediaId, on: true });
  expect((await alice.downloadMedia(uri)).status).toBe(404);
  await value('media.quarantine', { mediaId, on: false });
  expect((await alice.downloadMedia(uri)).status).toBe(200);
  await value('media.protect', { mediaId, on: true });
  expect((await list({ search: 'secret' })).files).toMatchObject([{ isProtected: true }]);
  await value('media.remove', { mediaId });
  expect((await list({ search: 'secret' })).total).toBe(0);
  expect(await control.call('media.remove', { mediaId })).toMatchObject({ error: { code: 'M_NOT_FOUND' } });
});

it('counts before it clears, keeps pictures of rooms, and says how it went', async () => {
  const [picture] = [await upload('picture'), await upload('old'), await upload('older')];
  const roomId = await alice.createRoom({ name: 'R' });
  await alice.ok('PUT', `/rooms/${roomId}/state/m.room.avatar`, { body: { url: picture } });
  await clock.advance(60 * DAY);
  const choice = { kind: 'own', days: 30 };
  expect(await value('storage.cleanUpPreview', choice)).toEqual({ count: 3, bytes: 9008 });
  await value('storage.cleanUp', choice);
  await expect
    .poll(() => value<CleanUpRun[]>('storage.cleanUps'))
    .toMatchObject([{ kind: 'own', state: 'done', gone: { count: 3, bytes: 9008 } }]);
  expect((await list()).total).toBe(1);
  expect(await value('storage.cleanUpPreview', { kind: 'copies', days: 30 })).toEqual({ count: 0, bytes: 0 });
});

it('writes the limit and how long copies stay into the configuration', async () => {
  await value('storage.setLimit', { limit: 5 * GB });
  expect((await overview()).budget).toMatchObject({ limit: 5 * GB, state: 'fine' });
  await value('storage.setLimit', { limit: null });
  await value('storage.setLifetime', { days: 90 });
  await value('storage.setLifetime', { days: null });
  expect(saved).toEqual([
    { path: ['media_storage_limit'], value: 5 * GB },
    { path: ['media_storage_limit'], value: undefined },
    { path: ['media_retention', 'remote_media_lifetime'], value: '90d' },
    { path: ['media_retention', 'remote_media_lifetime'], value: undefined },
  ]);
});

it('writes the database anew, and says how large it is before and after', async () => {
  const before = await value<DatabaseRoom>('storage.database');
  expect(before).toMatchObject({ file: { givesBack: true }, shrinking: undefined });
  expect(before.bytes).toBeGreaterThan(10_000);
  expect(await value('storage.shrink')).toMatchObject({ state: 'running' });
  await expect.poll(() => value<DatabaseRoom>('storage.database')).toMatchObject({ shrinking: { state: 'done' } });
  expect((await alice.get('/account/whoami')).body).toMatchObject({ user_id: alice.userId });
  await expect
    .poll(async () => (await one.homeserver.health.activity.list()).entries.map(({ kind }) => kind))
    .toContain('database-shrunk');
  await value('storage.cancelShrink');
});

it('takes no input that is none', async () => {
  for (const [name, input] of [
    ['storage.cleanUp', { kind: 'everything', days: 1 }],
    ['storage.cleanUp', { kind: 'own', days: 0 }],
    ['storage.setLimit', { limit: 5 }],
    ['media.remove', { mediaId: '' }],
  ] as const) {
    expect(await control.call(name, input)).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
  }
});
