import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PersonDetail } from '../../src-main/control/contract.js';
import { createOffice } from '../../src-main/control/office.js';
import { TestHeadless } from '../support/headless.js';
import { startHomeserver } from '../support/homeserver.js';

let hearth: TestHeadless;
let url: string;

beforeAll(async () => {
  hearth = await TestHeadless.start();
  await hearth.call('setup.finish', {
    mode: 'home',
    folder: join(hearth.home, 'data'),
    serverName: 'family.test',
    acceptsPrivateName: true,
    admin: { localpart: 'alex', password: 'correct horse battery' },
  });
  const { listeners } = await hearth.running.host.status();
  url = `http://127.0.0.1:${listeners.find(({ tls }) => !tls)?.port}/_matrix/client/v3`;
});

afterAll(async () => {
  await hearth?.[Symbol.asyncDispose]();
});

const value = async (name: string, input?: unknown) => {
  const result = await hearth.call(name, input);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value as never;
};

async function post(
  path: string,
  body: object,
  token?: string,
): Promise<{ status: number; body: Record<string, string> }> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

const signIn = (user: string, password: string) =>
  post('/login', { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password });

it('makes an account with a first password that works', async () => {
  const made: { userId: string; password: string } = await value('people.create', {
    localpart: 'Sam',
    displayName: 'Sam S.',
    isAdmin: false,
  });
  expect(made.userId).toBe('@sam:family.test');
  expect(made.password).toMatch(/^[a-z2-9]{4}(?:-[a-z2-9]{4}){3}$/);
  expect((await signIn('sam', made.password)).status).toBe(200);
  const page = await value('people.list', { search: 'sam s' });
  expect(page).toMatchObject({
    total: 1,
    people: [{ displayName: 'Sam S.', isAdmin: false, devices: 1, state: 'active' }],
  });
});

it('says who is connected', async () => {
  const { people } = (await value('server.status')) as { people: { all: number; connected: number } };
  expect(people.all).toBeGreaterThanOrEqual(2);
});

it.each([
  ['a name that is taken', { localpart: 'alex', isAdmin: false }, 'M_USER_IN_USE'],
  ['a name with a space', { localpart: 'a b', isAdmin: false }, 'M_INVALID_USERNAME'],
  ['a short password', { localpart: 'kim', password: 'short', isAdmin: false }, 'BAD_INPUT'],
])('refuses %s', async (_case, input, code) => {
  expect(await hearth.call('people.create', input)).toMatchObject({ ok: false, error: { code } });
});

it('gives a new password, and signs out everywhere where that is asked for', async () => {
  const { password } = (await value('people.create', { localpart: 'grandma', isAdmin: false })) as { password: string };
  const before = (await signIn('grandma', password)).body;
  const kept: { password: string } = await value('people.resetPassword', {
    userId: '@grandma:family.test',
    signOut: false,
  });
  expect((await signIn('grandma', password)).status).toBe(403);
  expect((await post('/logout', {}, before['access_token'])).status).toBe(200);
  const still = (await signIn('grandma', kept.password)).body;
  await value('people.resetPassword', { userId: '@grandma:family.test', signOut: true });
  expect((await post('/logout', {}, still['access_token'])).body['errcode']).toBe('M_UNKNOWN_TOKEN');
});

it('closes an account for ever', async () => {
  const { password } = (await value('people.create', { localpart: 'guest', isAdmin: false })) as { password: string };
  await value('people.deactivate', { userId: '@guest:family.test' });
  expect((await signIn('guest', password)).status).toBe(403);
  expect(await value('people.list', { search: 'guest' })).toMatchObject({ total: 0 });
  expect(await value('people.list', { search: 'guest', deactivated: true })).toMatchObject({
    people: [{ state: 'deactivated' }],
  });
  expect(await hearth.call('people.create', { localpart: 'guest', isAdmin: false })).toMatchObject({
    error: { code: 'M_USER_IN_USE' },
  });
});

it('never leaves a server without an administrator', async () => {
  const alex = '@alex:family.test';
  const lastAdmin = { ok: false, error: { code: 'LAST_ADMIN' } };
  expect(await hearth.call('people.setAdmin', { userId: alex, isAdmin: false })).toMatchObject(lastAdmin);
  expect(await hearth.call('people.deactivate', { userId: alex })).toMatchObject(lastAdmin);
  await value('people.setAdmin', { userId: '@sam:family.test', isAdmin: true });
  await value('people.setAdmin', { userId: alex, isAdmin: false });
  await value('people.setAdmin', { userId: alex, isAdmin: true });
});

it('answers for somebody who is not there', async () => {
  for (const name of ['people.deactivate', 'people.resetPassword', 'people.setAdmin']) {
    const more = {
      'people.deactivate': {},
      'people.resetPassword': { signOut: true },
      'people.setAdmin': { isAdmin: true },
    }[name];
    const result = await hearth.call(name, { userId: '@nobody:family.test', ...more });
    expect({ name, ...result }).toMatchObject({ name, ok: false, error: { code: 'M_NOT_FOUND' } });
  }
});

it('shows people a page at a time', async () => {
  // passwords are hashed cheaply there
  await using server = await startHomeserver();
  const { homeserver, clock } = server;
  const office = createOffice({
    ...homeserver,
    activity: homeserver.health.activity,
    canNotify: false,
    clock,
    clientAddress: () => server.url,
  });
  const names = Array.from({ length: 101 }, (_, index) => `many${index}`);
  await Promise.all(
    names.map((localpart) =>
      office.createPerson({ localpart, displayName: undefined, password: 'a password', isAdmin: false }),
    ),
  );
  const first = await office.people({ search: '@many' });
  expect([first.people.length, first.total]).toEqual([100, 101]);
  const second = await office.people({ search: '@many', after: first.next ?? '' });
  expect([second.people.length, second.next]).toEqual([1, undefined]);
  const ids = new Set([...first.people, ...second.people].map(({ userId }) => userId));
  expect(ids.size).toBe(101);
});

it('counts how often an invitation was used, and ends it', async () => {
  const made: { token: string; link: string } = await value('invitations.create', { uses: 2, lifetime: 60_000 });
  expect(made).toMatchObject({
    usesAllowed: 2,
    used: 0,
    state: 'open',
    link: expect.stringMatching(new RegExp(`^http://.+/join/#${made.token}$`)),
  });
  const account = { username: 'invited', password: 'a long pass phrase', inhibit_login: true };
  const { session } = (await post('/register', account)).body;
  await post('/register', { ...account, auth: { type: 'm.login.registration_token', token: made.token, session } });
  await post('/register', { ...account, auth: { type: 'm.login.dummy', session } });
  expect(await value('invitations.list')).toEqual([
    expect.objectContaining({ token: made.token, used: 1, state: 'open' }),
  ]);
  for (const name of ['invitations.revoke', 'invitations.restore']) {
    expect(await hearth.call(name, { token: 'never-made' })).toMatchObject({ error: { code: 'M_NOT_FOUND' } });
  }
});

it('revokes an invitation, and takes that back', async () => {
  const { token }: { token: string } = await value('invitations.create', { uses: 1, lifetime: null, label: 'Ann' });
  const isValid = async () => {
    const reply = await fetch(
      `${url.replace('/v3', '/v1')}/register/m.login.registration_token/validity?token=${token}`,
    );
    return ((await reply.json()) as { valid: boolean }).valid;
  };
  expect(await isValid()).toBe(true);
  await value('invitations.revoke', { token });
  expect(await isValid()).toBe(false);
  expect(await value('invitations.list')).toContainEqual(expect.objectContaining({ token, state: 'revoked' }));
  await value('invitations.restore', { token });
  expect(await isValid()).toBe(true);
  expect(await value('invitations.list')).toContainEqual(expect.objectContaining({ token, state: 'open' }));
  const { entries }: { entries: { kind: string; fields: object }[] } = await value('activity.list', {});
  expect(entries.slice(0, 2)).toMatchObject([
    { kind: 'invitation-restored', fields: { label: 'Ann' } },
    { kind: 'invitation-revoked', fields: { label: 'Ann' } },
  ]);
});

it('gives somebody a limit of their own, and takes it away', async () => {
  await value('people.create', { localpart: 'bot', isAdmin: false });
  const userId = '@bot:family.test';
  expect(await value('people.detail', { userId })).toMatchObject({ usualLimit: { perSecond: 5, burst: 100 } });
  await value('people.limit', { userId, limit: { perSecond: 50, burst: 1000 } });
  expect(await value('people.detail', { userId })).toMatchObject({ limit: { perSecond: 50, burst: 1000 } });
  await value('people.limit', { userId, limit: { perSecond: 0, burst: 0 } });
  expect(await value('people.detail', { userId })).toMatchObject({ limit: { perSecond: 0, burst: 0 } });
  await value('people.limit', { userId, limit: null });
  expect(((await value('people.detail', { userId })) as PersonDetail).limit).toBeUndefined();
  expect(await hearth.call('people.limit', { userId, limit: { perSecond: -1, burst: 0 } })).toMatchObject({
    error: { code: 'BAD_INPUT' },
  });
  expect(await hearth.call('people.limit', { userId: '@no:family.test', limit: null })).toMatchObject({
    error: { code: 'M_NOT_FOUND' },
  });
});

it('writes no password, no token and no link into the log', async () => {
  const { password } = (await value('people.create', { localpart: 'secretive', isAdmin: false })) as {
    password: string;
  };
  const { token } = (await value('invitations.create', { uses: 1, lifetime: null })) as { token: string };
  const log = JSON.stringify(await value('logs.read', { after: 0, limit: 5000 }));
  expect(log).toContain('account created from the console');
  expect(log).not.toContain(password);
  expect(log).not.toContain(token);
  expect(log).not.toContain(hearth.running.link().split('#key=')[1]);
});

it('reads the log by level, by part and by words', async () => {
  const all: {
    lines: { level: string; part: string; text: string; id: number }[];
    last: number;
    counts: { info: number };
    parts: string[];
  } = await value('logs.read', { after: 0, limit: 5000 });
  expect(all.last).toBe(all.lines.at(-1)?.id);
  expect(all.parts).toContain('console');
  const some: typeof all = await value('logs.read', {
    after: 0,
    limit: 5000,
    levels: ['info'],
    part: 'console',
    text: 'ACCOUNT created',
  });
  expect(some.lines.length).toBeGreaterThan(0);
  expect(
    some.lines.every(
      ({ level, part, text }) => level === 'info' && part === 'console' && text.includes('account created'),
    ),
  ).toBe(true);
  expect(some.counts).toEqual(all.counts);
  expect(await value('logs.read', { after: all.last, limit: 10 })).toMatchObject({ lines: [] });
});

it('knows of a person what an administrator needs, and does it', async () => {
  const { password } = (await value('people.create', { localpart: 'robin', isAdmin: false })) as { password: string };
  const robin = '@robin:family.test';
  const token = (await signIn('robin', password)).body['access_token'];
  await signIn('robin', password);
  const upload = await fetch(`${url.replace('/client/v3', '/media/v3')}/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    body: 'twelve bytes',
  });
  expect(upload.status).toBe(200);
  await post('/createRoom', { name: 'Kitchen' }, token);
  await value('people.rename', { userId: robin, displayName: 'Robin R.' });
  await value('people.addEmail', { userId: robin, address: 'Robin@mail.test' });
  const detail: PersonDetail = await value('people.detail', { userId: robin });
  expect(detail).toMatchObject({
    displayName: 'Robin R.',
    isOnlyAdmin: false,
    roomCount: 1,
    rooms: [{ name: 'Kitchen', people: 1 }],
    uploads: { files: 1, bytes: 12, newest: [{ type: 'text/plain', bytes: 12 }] },
    addresses: [{ medium: 'email', address: 'robin@mail.test' }],
    canNotify: false,
  });
  expect(detail.sessions).toHaveLength(2);
  const inUse = detail.sessions.find(({ lastSeen }) => lastSeen !== undefined);
  expect(inUse?.address).toMatch(/127\.0\.0\.1|::1/);
  await value('people.signOut', { userId: robin, deviceId: detail.sessions[1]?.deviceId });
  await value('people.removeAddress', { userId: robin, medium: 'email', address: 'robin@mail.test' });
  expect(await value('people.detail', { userId: robin })).toMatchObject({ addresses: [], sessions: [{}] });
  await value('people.restrict', { userId: robin, restriction: 'suspended', on: true });
  expect((await post('/createRoom', {}, token)).body['errcode']).toBe('M_USER_SUSPENDED');
  await value('people.restrict', { userId: robin, restriction: 'suspended', on: false });
  await value('people.restrict', { userId: robin, restriction: 'locked', on: true });
  expect((await post('/createRoom', {}, token)).body['errcode']).toBe('M_USER_LOCKED');
  expect(await value('people.list', { role: 'restricted' })).toMatchObject({ total: 1, people: [{ state: 'locked' }] });
  await value('people.restrict', { userId: robin, restriction: 'locked', on: false });
  await value('people.signOut', { userId: robin });
  expect((await post('/createRoom', {}, token)).body['errcode']).toBe('M_UNKNOWN_TOKEN');
  const done: { kind: string; fields: { what?: string } }[] = await value('people.activity', { userId: robin });
  expect(done.map(({ kind, fields }) => fields.what ?? kind)).toEqual([
    'signed-out',
    'unlocked',
    'locked',
    'unsuspended',
    'suspended',
    'address-removed',
    'signed-out',
    'address-added',
    'renamed',
    'person-added',
  ]);
});

it('takes name and picture with an account that is erased', async () => {
  const made = (await value('people.create', { localpart: 'erased', displayName: 'E.', isAdmin: false })) as object;
  expect(made).toMatchObject({ userId: '@erased:family.test' });
  await value('people.deactivate', { userId: '@erased:family.test', erase: true });
  expect(await value('people.detail', { userId: '@erased:family.test' })).toMatchObject({
    state: 'deactivated',
    isErased: true,
    displayName: undefined,
  });
});

it('does not lock out the only administrator', async () => {
  expect(
    await hearth.call('people.restrict', { userId: '@alex:family.test', restriction: 'locked', on: true }),
  ).toMatchObject({ ok: true });
  await value('people.restrict', { userId: '@alex:family.test', restriction: 'locked', on: false });
  await value('people.setAdmin', { userId: '@sam:family.test', isAdmin: false });
  expect(
    await hearth.call('people.restrict', { userId: '@alex:family.test', restriction: 'locked', on: true }),
  ).toMatchObject({ ok: false, error: { code: 'LAST_ADMIN' } });
});

it.each([
  ['name', true],
  ['seen', false],
] as const)('sorts people by %s', async (order, ascending) => {
  const page: { people: { userId: string; displayName?: string; lastSeen?: number }[] } = await value('people.list', {
    order,
    ascending,
  });
  const keys = page.people.map(({ userId, displayName, lastSeen }) =>
    order === 'name' ? (displayName ?? userId).toLowerCase() : -(lastSeen ?? 0),
  );
  expect(keys.length).toBeGreaterThan(4);
  expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
});

it('remembers whom an invitation was for, and who came by it', async () => {
  const made: { token: string } = await value('invitations.create', { uses: 2, lifetime: null, label: ' Grandma ' });
  const account = { username: 'nana', password: 'a long pass phrase', inhibit_login: true };
  const { session } = (await post('/register', account)).body;
  await post('/register', { ...account, auth: { type: 'm.login.registration_token', token: made.token, session } });
  await post('/register', { ...account, auth: { type: 'm.login.dummy', session } });
  const list: object[] = await value('invitations.list');
  expect(list).toContainEqual(
    expect.objectContaining({ token: made.token, label: 'Grandma', used: 1, people: ['@nana:family.test'] }),
  );
});

it('says who has a key backup, and who would lose what was encrypted', async () => {
  const { password } = (await value('people.create', { localpart: 'keen', isAdmin: false })) as { password: string };
  const token = (await signIn('keen', password)).body['access_token'];
  const of = async () =>
    ((await value('people.list', { search: 'keen' })) as { people: { hasKeyBackup: boolean }[] }).people[0];
  expect(await of()).toMatchObject({ hasKeyBackup: false });
  const backup = {
    algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2',
    auth_data: { public_key: 'key', signatures: {} },
  };
  expect((await post('/room_keys/version', backup, token)).status).toBe(200);
  expect(await of()).toMatchObject({ hasKeyBackup: true });
  expect(await value('people.detail', { userId: '@keen:family.test' })).toMatchObject({ hasKeyBackup: true });
});

it('takes files of somebody until they keep as much as they may', async () => {
  const userId = '@hoarder:family.test';
  const { password } = (await value('people.create', { localpart: 'hoarder', isAdmin: false })) as { password: string };
  const token = (await signIn('hoarder', password)).body['access_token'];
  const upload = async (bytes: number) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain' };
    const path = new URL('/_matrix/media/v3/upload', url);
    const response = await fetch(path, { method: 'POST', headers, body: 'x'.repeat(bytes) });
    return { status: response.status, body: (await response.json()) as { errcode?: string } };
  };
  await value('people.quota', { userId, bytes: 1000 });
  expect((await upload(600)).status).toBe(200);
  expect(await upload(600)).toMatchObject({ status: 403, body: { errcode: 'M_RESOURCE_LIMIT_EXCEEDED' } });
  expect((await upload(400)).status).toBe(200);
  expect(await value('people.detail', { userId })).toMatchObject({ quota: 1000, uploads: { files: 2, bytes: 1000 } });
  await value('people.quota', { userId, bytes: null });
  expect((await upload(600)).status).toBe(200);
  expect(await value('people.detail', { userId })).toMatchObject({ quota: undefined });
  const wrong = await hearth.call('people.quota', { userId: '@nobody:family.test', bytes: 5 });
  expect(wrong).toMatchObject({ error: { code: 'M_NOT_FOUND' } });
});
