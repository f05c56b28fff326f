import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

let federation: TestFederation;
let one: TestHomeserver;
let bob: TestUser;

beforeAll(async () => {
  federation = await startFederation(['hs1.test', 'hs2.test']);
  one = federation.server('hs1.test');
  bob = await federation.server('hs2.test').register('bob');
}, 30_000);
afterAll(() => federation?.stop());

const texts = async (user: TestUser, roomId: RoomId): Promise<string[]> => {
  const page = await user.ok('GET', `/rooms/${roomId}/messages`, { query: { dir: 'b', limit: 500 } });
  return page.chunk.flatMap(({ content }: { content: { body?: string } }) => content.body ?? []);
};
const members = async (roomId: RoomId): Promise<string[]> =>
  Object.keys((await bob.ok('GET', `/rooms/${roomId}/joined_members`)).joined);

async function erase(user: TestUser) {
  const { erasures } = one.homeserver;
  const { id } = await erasures.begin(user.userId);
  await expect.poll(async () => (await erasures.one(id))?.ended).toBeGreaterThan(0);
  return erasures.one(id);
}

it('takes back on other servers what somebody wrote in their rooms, before leaving these', async () => {
  const sam = await one.register('sam', { displayName: 'Samuel Secretson' });
  const roomId = await bob.createRoom({ preset: 'public_chat' });
  await sam.join(roomId, 'hs2.test');
  const sent: string[] = [];
  for (let each = 0; each < 60; each += 1) sent.push(await sam.say(roomId, `word ${each}`));
  await bob.syncUntil(roomId, (event) => event.event_id === sent.at(-1));
  const hello = await bob.say(roomId, 'what bob says');
  await sam.syncUntil(roomId, (event) => event.event_id === hello);
  expect(await erase(sam)).toMatchObject({ state: 'done', total: 60, done: 60, kept: 0 });
  await expect.poll(() => texts(bob, roomId), { timeout: 15_000 }).toEqual(['what bob says']);
  await expect.poll(() => members(roomId), { timeout: 15_000 }).toEqual([bob.userId]);
  const joins = (await bob.ok('GET', `/rooms/${roomId}/messages`, { query: { dir: 'b', limit: 500 } })).chunk;
  expect(JSON.stringify(joins)).not.toContain('Secretson');
});

it('counts what stays in rooms elsewhere that they left', async () => {
  const kim = await one.register('kim');
  const roomId = await bob.createRoom({ preset: 'public_chat' });
  await kim.join(roomId, 'hs2.test');
  await kim.say(roomId, 'before I went');
  await kim.leave(roomId);
  await expect.poll(() => texts(bob, roomId)).toEqual(['before I went']);
  expect(await erase(kim)).toMatchObject({ state: 'done', total: 1, done: 0, kept: 1 });
  expect(await texts(bob, roomId)).toEqual(['before I went']);
});
