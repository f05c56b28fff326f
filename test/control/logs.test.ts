import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ExportPreview, LogGroup, LogHistoryPage, LogPage, SavedFile } from '../../src-main/control/contract.js';
import { problemReport } from '../../src-main/shell/headless/commands/problem-report.js';
import { TestHeadless } from '../support/headless.js';

let hearth: TestHeadless;
let url: string;

beforeAll(async () => {
  hearth = await TestHeadless.start();
  await call('setup.finish', {
    mode: 'home',
    folder: join(hearth.home, 'data'),
    serverName: 'family.test',
    acceptsPrivateName: true,
    admin: { localpart: 'alex', password: 'correct horse battery' },
  });
  await call('settings.change', { key: 'logLevel', value: 'debug' });
  await call('server.restart');
  const { listeners } = await hearth.running.host.status();
  url = `http://127.0.0.1:${listeners.find(({ tls }) => !tls)?.port}`;
});

afterAll(async () => {
  await hearth?.[Symbol.asyncDispose]();
});

async function call<T>(name: string, input?: unknown): Promise<T> {
  const result = await hearth.call(name, input);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value as T;
}

const read = (query: object = {}) => call<LogPage>('logs.read', { after: 0, limit: 5000, ...query });

/** What the files say, once all is written. */
async function filed(): Promise<string> {
  const folder = join(hearth.home, 'data', 'logs');
  await vi.waitFor(() => expect(readdirSync(folder)).toContain('homeserver.log'));
  const { last, lines } = await read();
  const newest = lines.find(({ id }) => id === last);
  return vi.waitFor(() => {
    const text = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
    expect(text).toContain(String(newest?.time));
    return text;
  });
}

const n = (name: string) => `PLANTED${name}0123456789abcdef`;

const ask = (path: string, init: RequestInit = {}) => fetch(`${url}${path}`, init).then((response) => response.text());
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });

it('never writes a secret, whatever comes in with requests', async () => {
  const made: { password: string } = await call('people.create', { localpart: 'sam', isAdmin: false });
  const { token: invitation } = await call<{ token: string }>('invitations.create', { uses: 1, lifetime: null });
  const identifier = { type: 'm.id.user', user: 'sam' };
  const signedIn = JSON.parse(
    await post('/_matrix/client/v3/login', {
      type: 'm.login.password',
      identifier,
      password: made.password,
      refresh_token: true,
    }),
  ) as { access_token: string; refresh_token: string };
  const auth = { authorization: `Bearer ${signedIn.access_token}` };
  const room = JSON.parse(await post('/_matrix/client/v3/createRoom', { name: 'x' }, auth)) as { room_id: string };
  const send = `/_matrix/client/v3/rooms/${encodeURIComponent(room.room_id)}/send/m.room.message/1`;
  await ask(send, { method: 'PUT', headers: auth, body: JSON.stringify({ msgtype: 'm.text', body: n('MESSAGE') }) });
  await Promise.all([
    post('/_matrix/client/v3/login', { type: 'm.login.password', identifier, password: n('PASSWORD') }),
    post('/_matrix/client/v3/login', { type: 'm.login.token', token: n('LOGINTOKEN') }),
    post('/_matrix/client/v3/refresh', { refresh_token: n('REFRESH') }),
    post('/_matrix/client/v3/register', {
      username: 'x',
      password: n('NEWPASSWORD'),
      auth: { type: 'm.login.registration_token', token: n('REGTOKEN') },
    }),
    ask(`/_matrix/client/v3/sync?access_token=${n('QUERYTOKEN')}`),
    ask('/_matrix/client/v3/sync', { headers: { authorization: `Bearer ${n('BEARER')}` } }),
    ask(`/_matrix/client/v1/media/download/family.test/abc?secret=${n('MEDIAQUERY')}`, { headers: auth }),
    ask(`/_matrix/client/v3/login/sso/redirect?redirectUrl=https://x.test/${n('SSO')}`),
    ask(`/_matrix/client/v1/register/m.login.registration_token/validity?token=${n('VALIDITY')}`),
    ask(`/_synapse/admin/v1/registration_tokens/${n('TOKENPATH')}`, { headers: auth }),
    ask('/_matrix/federation/v1/version', {
      headers: {
        authorization: `X-Matrix origin="a.test",destination="family.test",key="ed25519:1",sig="${n('SIGNATURE')}"`,
      },
    }),
    ask('/_matrix/federation/v1/query/profile?user_id=@sam:family.test', {
      headers: {
        authorization: `X-Matrix origin="127.0.0.1:1",destination="family.test",key="ed25519:1",sig="${n('SIGNATURE')}"`,
      },
    }),
    post(
      '/_matrix/client/v3/pushers/set',
      {
        kind: 'http',
        pushkey: n('PUSHKEY'),
        app_id: 'x',
        app_display_name: 'x',
        device_display_name: 'x',
        lang: 'en',
        data: { url: 'https://127.0.0.1/_matrix/push/v1/notify' },
      },
      auth,
    ),
    ask('/_matrix/client/v3/room_keys/version', {
      method: 'POST',
      headers: auth,
      body: JSON.stringify({
        algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2',
        auth_data: { public_key: n('BACKUP') },
      }),
    }),
    post(
      '/_matrix/client/v3/account/password',
      { new_password: n('CHANGED'), auth: { type: 'm.login.password', identifier, password: n('OLD') } },
      auth,
    ),
    post('/_matrix/client/v3/login', `{"password":"${n('BROKENJSON')}`),
    ask(`/_matrix/client/v3/nowhere?token=${n('NOWHERE')}`, { headers: { cookie: `session=${n('COOKIE')}` } }),
  ]);
  const text = await filed();
  expect(text).toContain('"msg":"request"');
  expect(text.match(/PLANTED[A-Z]+/g) ?? []).toEqual([]);
  const key = readFileSync(
    join(
      hearth.home,
      'data',
      readdirSync(join(hearth.home, 'data')).find((name) => name.endsWith('.signing.key')) ?? '',
    ),
    'utf8',
  )
    .trim()
    .split(' ')[2];
  for (const secret of [made.password, invitation, signedIn.access_token, signedIn.refresh_token, key]) {
    expect(secret === undefined || text.includes(secret)).toBe(false);
  }
});

it('reads a part, a person, a time, and pages backwards', async () => {
  const all = await read();
  expect(all.counts.debug).toBeGreaterThan(5);
  expect((await read({ about: { kind: 'person', value: '@sam:family.test' } })).lines.length).toBeGreaterThan(0);
  expect((await read({ about: { kind: 'person', value: '@am:family.test' } })).lines).toEqual([]);
  const [one, two] = [await read({ limit: 10 }), await read({ limit: 5 })];
  expect([one.hasOlder, two.lines.map(({ id }) => id)]).toEqual([true, one.lines.slice(-5).map(({ id }) => id)]);
  const older = await read({ limit: 5, before: two.lines[0]?.id });
  expect(older.lines.map(({ id }) => id)).toEqual(one.lines.slice(0, 5).map(({ id }) => id));
  expect((await read({ until: all.lines[0]?.time })).lines.length).toBeLessThan(all.lines.length);
});

it('refuses patterns that are wrong or take too long', async () => {
  expect(await hearth.call('logs.read', { after: 0, limit: 9, text: '(', isPattern: true })).toMatchObject({
    error: { code: 'BAD_PATTERN' },
  });
  await ask(`/_matrix/client/v3/${'a'.repeat(300)}!`);
  expect(await hearth.call('logs.read', { after: 0, limit: 9, text: '(a+)+$', isPattern: true })).toMatchObject({
    error: { code: 'SLOW_PATTERN' },
  });
});

it('condenses what is said often', async () => {
  const groups = await call<LogGroup[]>('logs.condensed', { levels: ['debug'] });
  const requests = groups.find(({ text }) => text === 'request');
  expect(requests?.count).toBeGreaterThan(10);
  expect(requests?.last).toBeGreaterThanOrEqual(requests?.first ?? Infinity);
});

it('lets one part tell every detail although the rest does not', async () => {
  await call('settings.change', { key: 'logLevel', value: 'warn' });
  await call('server.restart');
  const { listeners } = await hearth.running.host.status();
  url = `http://127.0.0.1:${listeners.find(({ tls }) => !tls)?.port}`;
  const before = (await read()).counts.debug;
  await ask('/_matrix/client/versions');
  expect((await read()).counts.debug).toBe(before);
  await call('logs.debug', { part: 'http', on: true });
  await ask('/_matrix/client/versions');
  await vi.waitFor(async () => expect((await read()).counts.debug).toBeGreaterThan(before));
  expect((await read()).debugged).toMatchObject([{ part: 'http' }]);
  await call('logs.debug', { part: 'http', on: false });
  expect((await read()).debugged).toEqual([]);
});

it('reads the files back, newest first, piece by piece', async () => {
  await filed();
  const first = await call<LogHistoryPage>('logs.history', { limit: 20 });
  expect(first.files.count).toBe(1);
  expect(first.lines.length).toBeGreaterThan(20);
  const times = first.lines.map(({ time }) => time);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(await hearth.call('logs.history', { limit: 5, after: 'nonsense' })).toMatchObject({ ok: false });
});

it('shows what an export replaces, and writes it without names', async () => {
  const wish = { source: 'memory', realNames: false, custom: ['versions'] };
  const preview = await call<ExportPreview>('logs.previewExport', wish);
  expect(preview.replaced.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['person', 'ip', 'custom']));
  expect(preview.samples[0]?.before).not.toBe(preview.samples[0]?.after);
  const saved = await call<SavedFile>('logs.export', wish);
  const text = readFileSync(saved.path, 'utf8');
  expect(text.split('\n').length - 1).toBe(saved.lines);
  expect(text).not.toMatch(/@sam|family\.test|127\.0\.0\.1/);
  expect(text).toContain('@person-');
  expect(statSync(saved.path).mode & 0o777).toBe(0o600);
  const piece = await call<{ text: string; next?: number }>('logs.piece', { name: saved.name, offset: 0 });
  expect(text.startsWith(piece.text)).toBe(true);
  const real = await call<SavedFile>('logs.export', { source: 'files', realNames: true });
  expect(readFileSync(real.path, 'utf8')).toContain('@sam:family.test');
});

it.each(['../homeserver.yaml', '/etc/passwd', '.', 'nothing.log'])('hands out no other file: %s', async (name) => {
  expect(await hearth.call('logs.piece', { name, offset: 0 })).toMatchObject({ error: { code: 'M_NOT_FOUND' } });
});

it('makes a report of versions, state, checks and the newest lines', async () => {
  const saved = await call<SavedFile>('logs.report', { realNames: false });
  const text = readFileSync(saved.path, 'utf8');
  for (const title of ['Versions', 'Server', 'Computer', 'Sizes', 'Checks', 'Log'])
    expect(text).toContain(`== ${title} ==`);
  expect(text).not.toContain('family.test');
});

it('makes a report from the command line, where no server answers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-report-'));
  const said = vi.spyOn(console, 'log').mockReturnValue();
  await problemReport({ config: [hearth.running.host.configPath], output: folder });
  const [name = ''] = readdirSync(folder);
  expect(String(said.mock.calls[0])).toContain(join(folder, name));
  said.mockRestore();
  const text = readFileSync(join(folder, name), 'utf8');
  expect(text).toContain('== Versions ==');
  expect(text).toMatch(/== Log ==\n\d{4}-/);
  expect(text).not.toContain('family.test');
  await rm(folder, { recursive: true });
});
