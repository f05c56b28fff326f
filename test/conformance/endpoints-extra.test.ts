import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PNG } from '../support/fixtures.js';
import { startHomeserver, type TestHomeserver, testConfig } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';
import { extras } from './endpoints-extra.js';

const DAY = 24 * 60 * 60_000;
const DELAY = '/_matrix/client/unstable/org.matrix.msc4140';
const METHODS = ['PUT', 'POST', 'GET', 'DELETE'];
const methodOf = (place: string): number => METHODS.indexOf(place.split(' ')[0] ?? '');

/** Every place of `endpoints-extra.tsv`: what writes first, then what reads, and what deletes in the end. */
const PLACES = [...new Set(extras.flatMap(({ ours }) => ours.split(', ')))]
  .filter((place) => /^[A-Z]+ \//.test(place))
  .sort((a, b) => methodOf(a) - methodOf(b));

/** What is sent to paths that end so; nothing is sent with GET. */
const BODIES: Readonly<Record<string, object>> = {
  '/state/{eventType}': { name: 'Kitchen' },
  '/state/{eventType}/': { name: 'Kitchen' },
  '/state/{eventType}/{stateKey}': { name: 'Kitchen' },
  '/displayname': { displayname: 'Alice' },
  '/avatar_url': { avatar_url: 'mxc://hearth.test/alice' },
  '/profile/{userId}/{keyName}': { 'm.tz': 'Europe/Berlin' },
  '/pushrules/global/{kind}/{ruleId}': { pattern: 'cake', actions: ['notify'] },
  '/keys/query': { device_keys: {} },
  '/keys/claim': { one_time_keys: {} },
  '/room_keys/version': { algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2', auth_data: { public_key: 'a' } },
  '/room_keys/keys/{roomId}/{sessionId}': {
    first_message_index: 0,
    forwarded_count: 0,
    is_verified: false,
    session_data: {},
  },
  '/delayed_event/{eventType}/{txnId}': { delay: DAY, content: { name: 'Attic' } },
  '/delayed_events/{delayId}': { action: 'cancel' },
  '/dehydrated_device': {
    device_id: 'ASLEEP',
    device_data: { algorithm: 'm.dehydration.v1.olm' },
    device_keys: { user_id: '@alice:hearth.test', device_id: 'ASLEEP', algorithms: [], keys: {}, signatures: {} },
  },
  '/suspend/{userId}': { suspended: false },
  '/lock/{userId}': { locked: false },
};

/** What paths that hold this are asked with. */
const QUERIES: Readonly<Record<string, () => Record<string, string>>> = {
  '/keys/changes': () => ({ from: values['since'] ?? '' }),
  '/room_keys/keys/': () => ({ version: values['version'] ?? '' }),
  '/thumbnail/': () => ({ width: '32', height: '32' }),
  '/mutual_rooms': () => ({ user_id: values['userId'] ?? '' }),
  '/thread_subscriptions': () => ({ dir: 'b' }),
  '/timestamp_to_event': () => ({ ts: '0', dir: 'f' }),
};

/** Answers other than 200. */
const OTHERWISE: Readonly<Record<string, readonly [status: number, errcode: string | undefined]>> = {
  // only other servers may
  'PUT /_matrix/federation/v1/send_join/{roomId}/{eventId}': [401, 'M_UNAUTHORIZED'],
  'PUT /_matrix/federation/v1/send_leave/{roomId}/{eventId}': [401, 'M_UNAUTHORIZED'],
  // no page is named: the tests of previews ask for some
  'GET /_matrix/media/r0/preview_url': [400, 'M_MISSING_PARAM'],
  'GET /_matrix/media/v1/preview_url': [400, 'M_MISSING_PARAM'],
  'GET /_matrix/media/v3/preview_url': [400, 'M_MISSING_PARAM'],
  // nobody is in the middle of anything: the tests of the stages are
  'GET /_matrix/client/v3/auth/{authType}/fallback/web': [400, 'M_MISSING_PARAM'],
  // to the page
  'GET /': [302, undefined],
};

let server: TestHomeserver;
let alice: TestUser;
let values: Record<string, string>;
beforeAll(async () => {
  const base = testConfig('/nowhere');
  const folder = mkdtempSync(join(tmpdir(), 'hearth-terms-'));
  mkdirSync(join(folder, 'en'));
  writeFileSync(join(folder, 'en', '1.html'), 'Be kind.');
  const terms = { version: '1', name: 'Terms', url: undefined, folder };
  const retention = { minLifetime: undefined, shortestAllowed: undefined, longestAllowed: undefined, purgeJobs: [] };
  const config = {
    media: { ...base.media, unauthenticated: true },
    urlPreviews: { ...base.urlPreviews, enabled: true },
    rtcTransports: [{ type: 'livekit' }],
    rooms: { ...base.rooms, longestEventDelay: DAY, retention: { ...retention, maxLifetime: DAY } },
    publicBaseUrl: 'https://hearth.test/',
  };
  server = await startHomeserver({ config });
  alice = await server.registerAdmin('alice');
  const bob = await server.register('bob');
  await server.restart({ registration: { ...base.registration, terms } });
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  const eventId = await alice.say(roomId, 'cake?');
  const [, , serverName = '', mediaId = ''] = (await alice.uploadMedia(PNG, 'image/png')).split('/');
  values = {
    roomId,
    roomIdOrAlias: roomId,
    eventId,
    threadRoot: eventId,
    serverName,
    mediaId,
    userId: bob.userId,
    eventType: 'm.room.name',
    stateKey: '',
    relType: 'm.thread',
    kind: 'content',
    ruleId: 'cake',
    txnId: 'once',
    keyName: 'm.tz',
    type: 'org.example.notes',
    keyId: 'ed25519:1',
    authType: 'm.login.dummy',
    sessionId: 'session',
    since: (await alice.sync()).next_batch,
    version: (await alice.ok('POST', '/room_keys/version', { body: BODIES['/room_keys/version'] })).version,
  };
});
afterAll(() => server[Symbol.asyncDispose]());

/** A place with what it needs, made where it is used up by being asked for. */
async function filledIn(path: string): Promise<string> {
  const own = { ...values };
  if (/\/(profile|user)\/\{userId\}/.test(path)) own['userId'] = alice.userId;
  if (path.includes('/keys/upload/')) own['deviceId'] = alice.deviceId;
  if (path.includes('dehydrated_device/{deviceId}')) own['deviceId'] = 'ASLEEP';
  if (/\/(send|redact)\//.test(path) && !path.includes('federation')) own['eventType'] = 'm.reaction';
  if (path.includes('{delayId}')) {
    const body = { delay: DAY, content: {} };
    const place = `${DELAY}/rooms/${values['roomId']}/delayed_event/org.example.later/${Math.random()}`;
    own['delayId'] = (await alice.ok('PUT', place, { body })).delay_id;
  }
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(own[name] ?? name));
}

const endingOf = <T>(of: Readonly<Record<string, T>>, path: string): T | undefined =>
  of[Object.keys(of).find((end) => path.endsWith(end)) ?? ''];

it.each(PLACES)('answers %s', async (place) => {
  const [method = '', path = ''] = place.split(' ');
  const query = Object.entries(QUERIES).find(([part]) => path.includes(part))?.[1]();
  const body = method === 'GET' ? undefined : (endingOf(BODIES, path) ?? {});
  const reply = await alice.request(method, await filledIn(path), { query, body });
  const [status, errcode] = OTHERWISE[place] ?? [200, undefined];
  expect([reply.status, reply.body?.errcode], JSON.stringify(reply.body)).toEqual([status, errcode]);
});
