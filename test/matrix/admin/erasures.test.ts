import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Erasure } from '../../../src-main/matrix/admin/index.js';
import type { RoomId, UserId } from '../../../src-main/spec/ids.js';
import { statement } from '../../../src-main/storage/database.js';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

describeEachDatabase('erasing people', (databases) => {
  let one: TestHomeserver;
  let alice: TestUser;

  beforeAll(async () => {
    one = await startHomeserver({ database: await databases.create() });
    alice = await one.registerAdmin('alice');
  });
  afterAll(() => one?.[Symbol.asyncDispose]());

  const erasures = () => one.homeserver.erasures;
  const over = async ({ id }: Erasure): Promise<Erasure | undefined> => {
    await expect.poll(async () => (await erasures().one(id))?.ended).toBeGreaterThan(0);
    return erasures().one(id);
  };
  const erase = async (userId: UserId) => over(await erasures().begin(userId));
  const texts = async (user: TestUser, roomId: RoomId): Promise<string[]> => {
    const page = await user.ok('GET', `/rooms/${roomId}/messages`, { query: { dir: 'b', limit: 500 } });
    return page.chunk.flatMap(({ content }: { content: { body?: string } }) => content.body ?? []);
  };
  const upload = async (user: TestUser, body: string): Promise<string> => {
    const headers = { 'content-type': 'text/plain' };
    const path = '/_matrix/media/v3/upload';
    return (await user.ok('POST', path, { body, headers })).content_uri.slice('mxc://'.length);
  };
  const download = (mediaId: string) => alice.get(`/_matrix/client/v1/media/download/${mediaId}`);
  const stored = async (words: string) => {
    const found = statement<[string], { n: number }>('SELECT COUNT(*) AS n FROM events WHERE json LIKE ?');
    return Number((await one.homeserver.db.get(found, `%${words}%`))?.n);
  };
  const notes = async (kind: string) =>
    (await one.homeserver.health.activity.list({ limit: 50 })).entries.filter((entry) => entry.kind === kind);

  it('takes back what somebody wrote, deletes what they uploaded, and gives the account up with its name', async () => {
    const sam = await one.register('sam', { displayName: 'Samuel Secretson' });
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await sam.join(roomId);
    for (let each = 0; each < 120; each += 1) await sam.say(roomId, `sams word ${each}`);
    const hello = await alice.say(roomId, 'what alice says');
    await sam.send(roomId, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: hello, key: '🎈' } });
    const media = [await upload(sam, 'one'), await upload(sam, 'two')];
    const kept = await upload(alice, 'of alice');
    expect(await erasures().amount(sam.userId)).toMatchObject({
      messages: 121,
      rooms: 1,
      kept: 0,
      files: 2,
      fileBytes: 6,
    });

    const ended = await erase(sam.userId);

    expect(ended).toMatchObject({ state: 'done', total: 121, done: 121, kept: 0, files: 2, bytes: 6 });
    expect(await texts(alice, roomId)).toEqual(['what alice says']);
    expect(await stored('sams word')).toBe(0);
    expect(await stored('Secretson')).toBe(0);
    for (const mediaId of media) expect((await download(mediaId)).status).toBe(404);
    expect((await download(kept)).status).toBe(200);
    expect((await sam.get('/account/whoami')).body.errcode).toBe('M_UNKNOWN_TOKEN');
    expect(await one.homeserver.accounts.users.get(sam.userId)).toMatchObject({ isDeactivated: true, isErased: true });
    expect(await erasures().amount(sam.userId)).toMatchObject({ messages: 0, files: 0 });
    await expect
      .poll(() => notes('person-erased'))
      .toMatchObject([{ fields: { person: sam.userId, messages: 121, kept: 0, files: 2 } }]);
  });

  it('leaves names and rules of rooms as they are', async () => {
    const kim = await one.register('kim');
    const roomId = await kim.createRoom({ name: 'Chess', preset: 'public_chat' });
    await alice.join(roomId);
    await kim.say(roomId, 'my move');
    expect(await erase(kim.userId)).toMatchObject({ state: 'done', done: 1 });
    expect(await alice.stateContent(roomId, 'm.room.name')).toEqual({ name: 'Chess' });
    expect(await texts(alice, roomId)).toEqual([]);
  });

  it('takes back in rooms that they left what a moderator here may, and counts the rest', async () => {
    const tim = await one.register('tim');
    const bob = await one.register('bob');
    const ours = await alice.createRoom({ preset: 'public_chat' });
    await tim.join(ours);
    const his = await tim.createRoom({ preset: 'public_chat', room_version: '11' });
    await bob.join(his);
    for (const roomId of [ours, his]) {
      await tim.say(roomId, 'before I went');
      await tim.leave(roomId);
    }
    expect(await erasures().amount(tim.userId)).toMatchObject({ messages: 2, kept: 1 });
    expect(await erase(tim.userId)).toMatchObject({ state: 'done', total: 2, done: 1, kept: 1 });
    expect(await texts(alice, ours)).toEqual([]);
    expect(await texts(bob, his)).toEqual(['before I went']);
    const late = await one.register('late');
    await late.join(his);
    expect(await texts(late, his)).toEqual([]);
  });

  it('erases somebody whose account was given up before', async () => {
    const ann = await one.register('ann');
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await ann.join(roomId);
    await ann.say(roomId, 'long ago');
    await one.homeserver.accounts.deactivations.deactivate(ann.userId, false);
    expect(await erase(ann.userId)).toMatchObject({ state: 'done', done: 1 });
    expect(await texts(alice, roomId)).toEqual([]);
    expect(await one.homeserver.accounts.users.get(ann.userId)).toMatchObject({ isErased: true });
  });

  it('stops when it is told to, and lets the person in again', async () => {
    const lee = await one.register('lee');
    const roomId = await lee.createRoom();
    for (let each = 0; each < 300; each += 1) await lee.say(roomId, `word ${each}`);
    const begun = await erasures().begin(lee.userId);
    await expect.poll(async () => (await erasures().one(begun.id))?.done ?? 0, { interval: 2 }).toBeGreaterThan(0);
    expect((await lee.get('/joined_rooms')).body.errcode).toBe('M_USER_LOCKED');
    expect(await erasures().cancel(begun.id)).toBe(true);
    const ended = await over(begun);
    expect(ended).toMatchObject({ state: 'cancelled', total: 300 });
    expect(ended?.done).toBeLessThan(300);
    expect(await texts(lee, roomId)).toHaveLength(300 - (ended?.done ?? 0));
    expect(await erasures().cancel(begun.id)).toBe(false);
    expect(await notes('person-not-erased')).toHaveLength(1);
  });

  it('goes on after a restart in the middle, and counts everything once', async () => {
    const max = await one.register('max');
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await max.join(roomId);
    for (let each = 0; each < 200; each += 1) await max.say(roomId, `word ${each}`);
    await upload(max, 'a file');
    const begun = await erasures().begin(max.userId);
    await expect.poll(async () => (await erasures().one(begun.id))?.done ?? 0, { interval: 2 }).toBeGreaterThan(0);
    await one.restart();
    expect(await over(begun)).toMatchObject({ state: 'done', total: 200, done: 200, kept: 0, files: 1 });
    expect(await texts(alice, roomId)).toEqual([]);
  });

  it('refuses the only administrator, strangers, and the same twice', async () => {
    const zoe = await one.register('zoe');
    await expect(erasures().begin(alice.userId)).rejects.toThrow('the only administrator');
    await expect(erasures().begin(one.userId('nobody'))).rejects.toThrow('no such account');
    const roomId = await zoe.createRoom();
    for (let each = 0; each < 100; each += 1) await zoe.say(roomId, `word ${each}`);
    const both = await Promise.allSettled([erasures().begin(zoe.userId), erasures().begin(zoe.userId)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [begun] = both.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    if (begun) expect(await over(begun)).toMatchObject({ state: 'done' });
  });
});
