import { afterAll, beforeAll, expect, it } from 'vitest';
import { GROWING } from '../../../src-main/http/growing.js';
import type { RoomId } from '../../../src-main/spec/ids.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const GB = 1e9;
const clock = new FakeClock(Date.now());
const space = { free: 200 * GB, total: 500 * GB };

let one: TestHomeserver;
let alice: TestUser;
let roomId: RoomId;

beforeAll(async () => {
  one = await startHomeserver({ clock, spaceOf: async () => space });
  alice = await one.register('alice');
  roomId = await alice.createRoom({});
});
afterAll(() => one?.[Symbol.asyncDispose]());

/** What each answers: a copy of a file from elsewhere, an upload, a message. */
async function answers(free: number) {
  space.free = free;
  await clock.advance(6_000);
  const copy = await alice.get('/_matrix/client/v1/media/download/far.test/abc');
  const upload = await alice.request('POST', '/_matrix/media/v3/upload', {
    body: Buffer.from(`a file at ${free}`),
    headers: { 'content-type': 'text/plain' },
  });
  const words = { msgtype: 'm.text', body: 'hello' };
  const message = await alice.request('PUT', `/rooms/${roomId}/send/m.room.message/t${free}`, { body: words });
  return [copy.status, upload.status, message.status];
}

it('gives up one thing after the other as room goes, and takes all up again as it comes back', async () => {
  const elsewhere = 502;
  expect(await answers(200 * GB)).toEqual([elsewhere, 200, 200]);
  expect(await answers(18 * GB)).toEqual([elsewhere, 200, 200]);
  expect(await answers(4 * GB)).toEqual([507, 200, 200]);
  expect(await answers(0.9 * GB)).toEqual([507, 507, 200]);
  expect(await answers(0.2 * GB)).toEqual([507, 507, 507]);
  expect(await answers(0.8 * GB)).toEqual([507, 507, 200]);
  expect(await answers(3 * GB)).toEqual([507, 200, 200]);
  expect(await answers(190 * GB)).toEqual([elsewhere, 200, 200]);
});

it('still signs people in, shows what there is, and lets them delete and leave, when nothing else goes', async () => {
  const eventId = await alice.say(roomId, 'before');
  const mine = await alice.uploadMedia(Buffer.from('mine'), 'text/plain', 'a.txt');
  space.free = 0.1 * GB;
  await clock.advance(6_000);
  const phone = await alice.logIn();
  expect((await phone.get('/sync')).status).toBe(200);
  expect((await phone.downloadMedia(mine)).status).toBe(200);
  expect((await phone.request('PUT', `/rooms/${roomId}/redact/${eventId}/r1`, { body: {} })).status).toBe(200);
  expect((await phone.post(`/rooms/${roomId}/leave`, {})).status).toBe(200);
  expect((await phone.post('/createRoom', {})).status).toBe(507);
  await one.homeserver.media.care.remove({ server: 'hearth.test', mediaId: mine.split('/').at(-1) ?? '' });
  expect((await phone.post('/logout', {})).status).toBe(200);
});

it('names only endpoints that there are', () => {
  const known = new Set(one.homeserver.endpoints.map(({ spec }) => spec));
  expect([...GROWING].filter((spec) => !known.has(spec))).toEqual([]);
});
