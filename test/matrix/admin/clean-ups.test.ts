import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CleanUp } from '../../../src-main/matrix/admin/index.js';
import { statement } from '../../../src-main/storage/database.js';
import { describeEachDatabase } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;

describeEachDatabase('clearing media away', (databases) => {
  let clock: FakeClock;
  let one: TestHomeserver;
  let alice: TestUser;

  beforeEach(async () => {
    clock = new FakeClock(Date.now());
    one = await startHomeserver({ clock, database: await databases.create() });
    alice = await one.register('alice');
  });
  afterEach(() => one?.[Symbol.asyncDispose]());

  const cleanUps = () => one.homeserver.cleanUps;
  const upload = (text: string) => alice.uploadMedia(Buffer.from(text), 'text/plain', 'a.txt');
  const old = (kind: CleanUp['kind']) => ({ kind, unusedSince: clock.now() - 30 * DAY });
  const latest = async () => (await cleanUps().list())[0];
  const over = async () => {
    await expect.poll(async () => (await latest())?.ended).toBeGreaterThan(0);
    return latest();
  };
  const notes = async () =>
    (await one.homeserver.health.activity.list({ limit: 50 })).entries.filter(({ kind }) => kind === 'media-deleted');
  const isThere = async (uri: string) => (await (await alice.logIn()).downloadMedia(uri)).status === 200;

  it('clears old files, keeps pictures of rooms and of people, and notes how many went', async () => {
    const [face, room, first] = [await upload('face'), await upload('room'), await upload('first')];
    await upload('second');
    await alice.ok('PUT', `/profile/${alice.userId}/avatar_url`, { body: { avatar_url: face } });
    const roomId = await alice.createRoom({ name: 'R' });
    await clock.advance(60 * DAY);
    const begun = await cleanUps().begin(old('own'));
    expect(begun).toMatchObject({ state: 'running', isAutomatic: false, total: { count: 3, bytes: 15 } });
    // chosen after it was counted
    await alice.ok('PUT', `/rooms/${roomId}/state/m.room.avatar`, { body: { url: room } });
    const ended = await over();
    expect(ended).toMatchObject({ id: begun.id, state: 'done' });
    expect(await isThere(first)).toBe(false);
    expect(await isThere(face)).toBe(true);
    await expect.poll(notes).toMatchObject([{ fields: { kind: 'own', files: ended?.gone.count } }]);
  });

  it('counts what pages say of themselves, and their pictures, as what previews take', async () => {
    const { db } = one.homeserver;
    const put = statement<[string, string]>(
      'INSERT INTO url_previews (url, preview, fetched, expires) VALUES (?, ?, 0, 9000000000000)',
    );
    await db.write((tx) => tx.run(put, 'https://page.test/', '{"og:title":"x"}'));
    await cleanUps().begin(old('previews'));
    expect(await over()).toMatchObject({ state: 'done', gone: { count: 0, bytes: 16 } });
    expect(await db.get(statement<[], object>('SELECT url FROM url_previews'))).toBeUndefined();
    await expect.poll(notes).toMatchObject([{ fields: { kind: 'previews', files: 0, free: 16 } }]);
  });

  it('does one at a time, ends it when asked to, and notes nothing where nothing went', async () => {
    await upload('old');
    await clock.advance(60 * DAY);
    const results = await Promise.allSettled([cleanUps().begin(old('own')), cleanUps().begin(old('own'))]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await over();
    await cleanUps().cancel();
    expect(await latest()).toMatchObject({ state: 'done', isCancelled: false });
    await expect.poll(notes).toHaveLength(1);
    await cleanUps().begin(old('copies'));
    await expect.poll(async () => (await latest())?.kind).toBe('copies');
    await over();
    await cleanUps().begin(old('previews'));
    await over();
    expect(await notes()).toHaveLength(1);
  });

  it('goes on with what a stop broke off, and stops at once what was called off before', async () => {
    const { db } = one.homeserver;
    const uri = await upload('old');
    await clock.advance(60 * DAY);
    const put = statement<[string, number, number]>(`
      INSERT INTO media_clean_ups (clean_up_id, kind, unused_since, is_automatic, state, is_cancelled, total_count,
        total_bytes, gone_count, gone_bytes, started, pos) VALUES (?, 'own', 9000000000000, 0, 'running', ?, 8, 80, 7, 70, 0, ?)`);
    await db.write((tx) => tx.run(put, 'called off', 1, 1));
    await cleanUps().runNext(new AbortController().signal);
    expect(await latest()).toMatchObject({ state: 'cancelled', gone: { count: 7 } });
    expect(await isThere(uri)).toBe(true);
    await db.write((tx) => tx.run(put, 'broken off', 0, 2));
    await cleanUps().runNext(new AbortController().signal);
    expect(await latest()).toMatchObject({ state: 'done', gone: { count: 8, bytes: 73 } });
    expect(await isThere(uri)).toBe(false);
  });

  it('forgets all but the newest', async () => {
    for (let each = 0; each < 22; each += 1) {
      const { id } = await cleanUps().begin(old('previews'));
      await expect.poll(async () => (await latest())?.id === id && (await latest())?.ended !== undefined).toBe(true);
    }
    const count = statement<[], { n: number }>('SELECT COUNT(*) AS n FROM media_clean_ups');
    expect(Number((await one.homeserver.db.get(count))?.n)).toBe(20);
  });

  it('clears uploads by itself that nobody opened for as long as the configuration says', async () => {
    await one.restart({ media: { ...one.config.media, localLifetime: 40 * DAY } });
    const [face, old] = [await upload('face'), await upload('old')];
    await alice.ok('PUT', `/profile/${alice.userId}/avatar_url`, { body: { avatar_url: face } });
    await clock.advance(39 * DAY);
    const fresh = await upload('fresh');
    expect(await isThere(fresh)).toBe(true);
    await clock.advance(DAY);
    const begun = async () => {
      await clock.advance(HOUR);
      return (await cleanUps().list()).length;
    };
    await expect.poll(begun).toBe(1);
    expect(await over()).toMatchObject({ kind: 'own', isAutomatic: true, state: 'done', gone: { count: 1, bytes: 3 } });
    expect([await isThere(face), await isThere(old), await isThere(fresh)]).toEqual([true, false, true]);
    expect(await cleanUps().list()).toHaveLength(1);
  });
});
