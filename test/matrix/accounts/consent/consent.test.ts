import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsentConfig } from '../../../../src-main/config/config.js';
import { startHomeserver, type TestHomeserver, testConfig } from '../../../support/homeserver.js';
import type { TestReply, TestUser } from '../../../support/test-client.js';

const folder = mkdtempSync(join(tmpdir(), 'hearth-consent-'));
mkdirSync(join(folder, 'en'));
const FORM = `<form method="post" action="consent"><input name="v" value="{{ version }}"><input name="u" value="{{ user }}">
<input name="h" value="{{ userhmac }}"></form>`;
writeFileSync(join(folder, 'en', '1.0.html'), 'Be kind.');
writeFileSync(
  join(folder, 'en', '2.0.html'),
  `Be very kind. {% if not public_version %}{% if has_consented %}You did.{% else %}${FORM}{% endif %}{% endif %}`,
);

const { registration, rooms } = testConfig('/nowhere');
const consent: ConsentConfig = {
  version: '1.0',
  folder,
  blockMessage: 'Please accept our terms at %(consent_uri)s',
  notice: { msgtype: 'm.text', body: 'Please read %(consent_uri)s' },
  noticeToGuests: false,
  formSecret: 'of the forms',
};
const notices = { displayName: undefined, avatarUrl: undefined, roomAvatarUrl: undefined, roomTopic: undefined };
const autoJoin = { ...rooms.autoJoin, rooms: ['#hall:hearth.test'] };

let server: TestHomeserver;
let count = 0;
beforeAll(async () => {
  const serverNotices = { ...notices, userId: '@notices:hearth.test', roomName: 'Notices', autoJoin: false } as const;
  server = await startHomeserver({
    config: {
      publicBaseUrl: 'https://hearth.test/',
      registration: { ...registration, guests: true, consent },
      rooms: { ...rooms, serverNotices, autoJoin },
    },
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const newcomer = () => server.register(`newcomer${(count += 1)}`);
const uriOf = (reply: TestReply) => new URL(reply.body.consent_uri);
/** The page at a link, as a browser shows it. */
const read = (uri: URL) => server.stranger.get(`${uri.pathname}${uri.search}`);
const accept = (uri: URL, more: Record<string, string> = {}) => {
  const form = { v: '1.0', u: uri.searchParams.get('u') ?? '', h: uri.searchParams.get('h') ?? '', ...more };
  return server.stranger.request('POST', '/_matrix/consent', {
    body: new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
};
const refused = async (user: TestUser) => user.post('/createRoom', {});

describe('whoever did not accept the terms', () => {
  it('says nothing and goes nowhere, and hears where to accept them', async () => {
    const alice = await newcomer();
    const host = await newcomer();
    await accept(uriOf(await refused(host)));
    const roomId = await host.createRoom({ preset: 'public_chat' });
    const reply = await refused(alice);
    const uri = uriOf(reply).href;
    expect(reply).toMatchObject({
      status: 403,
      body: { errcode: 'M_CONSENT_NOT_GIVEN', error: `Please accept our terms at ${uri}` },
    });
    expect(uri).toMatch(/^https:\/\/hearth\.test\/_matrix\/consent\?u=newcomer\d+&h=[0-9a-f]{64}$/);
    const no = { status: 403, body: { errcode: 'M_CONSENT_NOT_GIVEN' } };
    expect(await alice.post(`/join/${roomId}`, {})).toMatchObject(no);
    await host.invite(roomId, alice);
    expect(await alice.post(`/rooms/${roomId}/join`, {})).toMatchObject(no);
    await alice.leave(roomId);
    await accept(new URL(uri));
    await alice.join(roomId);
    const eventId = await alice.say(roomId, 'hello');
    await server.restart({ registration: { ...registration, consent: { ...consent, version: '2.0' } } });
    expect(await alice.put(`/rooms/${roomId}/send/m.room.message/1`, {})).toMatchObject(no);
    expect(await alice.put(`/rooms/${roomId}/state/m.room.topic/`, { topic: '' })).toMatchObject(no);
    expect(await alice.put(`/rooms/${roomId}/redact/${eventId}/1`, {})).toMatchObject(no);
    expect(await alice.post(`/rooms/${roomId}/invite`, { user_id: '@someone:hearth.test' })).toMatchObject(no);
    expect((await host.messages(roomId)).chunk).not.toEqual([]);
    await alice.leave(roomId);
    await server.restart({ registration: { ...registration, guests: true, consent } });
  });

  it('is written to once, and may come to where that is', async () => {
    const alice = await newcomer();
    await alice.sync();
    const roomId = await alice.syncUntilBody((body) => Object.keys(body.rooms?.invite ?? {})[0]);
    await alice.join(roomId as never);
    const said = async () => (await alice.messages(roomId as never)).chunk.flatMap(({ content }) => content.body ?? []);
    const uri = uriOf(await refused(alice)).href;
    expect(await said()).toEqual([`Please read ${uri}`]);
    for (let n = 0; n < 3; n += 1) await alice.sync();
    expect(await said()).toHaveLength(1);
  });

  it('comes into the rooms that are for all once they do', async () => {
    const host = await newcomer();
    await accept(uriOf(await refused(host)));
    const alice = await newcomer();
    const joined = async (user: TestUser) => (await user.ok('GET', '/joined_rooms')).joined_rooms;
    const taken = await host.post('/createRoom', { room_alias_name: 'hall', preset: 'public_chat' });
    const hall = taken.body.room_id ?? (await host.ok('GET', '/directory/room/%23hall:hearth.test')).room_id;
    expect(await joined(alice)).toEqual([]);
    await accept(uriOf(await refused(alice)));
    await expect.poll(() => joined(alice)).toContain(hall);
  });
});

describe('the page of the terms', () => {
  it('asks whoever comes by a link of their own, and remembers', async () => {
    const alice = await newcomer();
    const uri = uriOf(await refused(alice));
    const asked = await read(uri);
    expect(asked).toMatchObject({ status: 200, body: expect.stringContaining('Be kind.') });
    expect(asked.body).toContain(`name="h" value="${uri.searchParams.get('h')}"`);
    expect(asked.body).toContain('<button>I accept</button>');
    expect(asked.headers['content-security-policy']).toContain("form-action 'self'");
    const german = await server.stranger.request('POST', '/_matrix/consent', {
      body: new URLSearchParams({
        v: '1.0',
        u: uri.searchParams.get('u') ?? '',
        h: uri.searchParams.get('h') ?? '',
      }).toString(),
      headers: { 'accept-language': 'de' },
    });
    expect(german).toMatchObject({ status: 200, body: expect.stringContaining('Danke') });
    expect((await read(uri)).body).toContain('You have accepted this.');
    expect((await refused(alice)).status).toBe(200);
  });

  it('fills in what is written for Synapse', async () => {
    const alice = await newcomer();
    const uri = uriOf(await refused(alice));
    uri.searchParams.set('v', '2.0');
    const { body } = await read(uri);
    expect(body).toContain(`<input name="u" value="${uri.searchParams.get('u')}">`);
    expect(body).not.toContain('I accept');
    await accept(uri, { v: '2.0' });
    expect((await read(uri)).body).toContain('You did.');
    expect((await server.stranger.get('/_matrix/consent?v=2.0')).body).toBe('Be very kind. ');
  });

  it.each([
    ['a wrong signature', { h: '0'.repeat(64) }, 403, 'M_FORBIDDEN'],
    ['a short signature', { h: 'ab' }, 403, 'M_FORBIDDEN'],
    ['the link of somebody else', { u: 'root' }, 403, 'M_FORBIDDEN'],
    ['a version that is not there', { v: '9.9' }, 404, 'M_NOT_FOUND'],
    ['a version that is a path', { v: '../en/1.0' }, 404, 'M_NOT_FOUND'],
  ])('takes no %s', async (_case, more, status, errcode) => {
    const alice = await newcomer();
    const uri = uriOf(await refused(alice));
    expect(await accept(uri, more)).toMatchObject({ status, body: { errcode } });
    for (const [key, value] of Object.entries(more)) uri.searchParams.set(key, value);
    expect(await read(uri)).toMatchObject({ status, body: { errcode } });
    expect((await refused(alice)).status).toBe(403);
  });

  it('wants all that belongs to a link', async () => {
    const missing = { status: 400, body: { errcode: 'M_MISSING_PARAM' } };
    expect(await server.stranger.get('/_matrix/consent?u=alice')).toMatchObject(missing);
    expect(await server.stranger.request('POST', '/_matrix/consent', { body: 'v=1.0' })).toMatchObject(missing);
  });
});

it('counts terms that were accepted at registration', async () => {
  const terms = { name: 'Terms', version: '1.0', url: undefined, folder };
  await server.restart({ registration: { ...registration, terms, consent } });
  const asked = await server.stranger.post('/register', { username: 'polite', password: 'correct horse polite' });
  const { session } = asked.body;
  const auth = (type: string) => ({ username: 'polite', password: 'correct horse polite', auth: { type, session } });
  await server.stranger.post('/register', auth('m.login.terms'));
  const { access_token: token } = (await server.stranger.post('/register', auth('m.login.dummy'))).body;
  expect((await server.withToken(token).post('/createRoom', {})).status).toBe(200);
});
