import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TestHeadless } from '../support/headless.js';

const answers = (folder: string, more: object = {}) => ({
  mode: 'home',
  folder,
  serverName: 'family.test',
  acceptsPrivateName: true,
  admin: { localpart: 'alex', password: 'correct horse battery' },
  ...more,
});

it('knows only the wizard before there is a server', async () => {
  await using hearth = await TestHeadless.start();
  expect(await hearth.call('setup.state')).toMatchObject({ ok: true, value: { configured: false, draft: {} } });
  expect(await hearth.call('server.status')).toMatchObject({ value: { state: 'not-set-up', listeners: [] } });
  expect(await hearth.call('people.list', {})).toMatchObject({ ok: false, error: { code: 'NOT_SET_UP' } });
  expect(await hearth.call('server.start')).toMatchObject({ ok: false, error: { code: 'NOT_SET_UP' } });
});

it('makes a server with its administrator and starts it', async () => {
  await using hearth = await TestHeadless.start();
  const folder = join(hearth.home, 'data');
  const finished = await hearth.call('setup.finish', answers(folder));
  expect(finished).toEqual({ ok: true, value: { userId: '@alex:family.test' } });
  const status = await hearth.call('server.status');
  expect(status).toMatchObject({
    value: { state: 'running', serverName: 'family.test', people: { all: 1 }, trial: false },
  });
  const page = await hearth.call('people.list', {});
  expect(page).toMatchObject({ value: { total: 1, people: [{ userId: '@alex:family.test', isAdmin: true }] } });
});

it('lets the administrator sign in, and strangers register with an invitation only', async () => {
  await using hearth = await TestHeadless.start();
  await hearth.call('setup.finish', answers(join(hearth.home, 'data')));
  const url = await plainUrl(hearth);
  const login = await post(`${url}/_matrix/client/v3/login`, {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: 'alex' },
    password: 'correct horse battery',
  });
  expect(login).toMatchObject({ status: 200, body: { user_id: '@alex:family.test' } });
  const register = await post(`${url}/_matrix/client/v3/register`, { username: 'sam', password: 'another long one' });
  expect(register.status).toBe(401);
  expect(register.body.flows).toEqual([{ stages: expect.arrayContaining(['m.login.registration_token']) }]);
});

it('speaks of the configuration by its final name', async () => {
  await using hearth = await TestHeadless.start();
  await hearth.call('setup.finish', answers(join(hearth.home, 'data')));
  const { value } = (await hearth.call('server.status')) as { value: { warnings: string[] } };
  expect(value.warnings.join('\n')).toMatch(/^homeserver\.yaml, line/);
});

it('keeps the configuration and the database to its owner', async () => {
  await using hearth = await TestHeadless.start();
  const folder = join(hearth.home, 'data');
  await hearth.call('setup.finish', answers(folder));
  const config = join(hearth.home, 'homeserver.yaml');
  expect(readFileSync(config, 'utf8')).toContain('server_name: "family.test"');
  expect(statSync(config).mode & 0o077).toBe(0);
  expect(statSync(folder).mode & 0o077).toBe(0);
});

it('is set up once', async () => {
  await using hearth = await TestHeadless.start();
  await hearth.call('setup.finish', answers(join(hearth.home, 'data')));
  const again = await hearth.call('setup.finish', answers(join(hearth.home, 'other')));
  expect(again).toMatchObject({ ok: false, error: { code: 'ALREADY_SET_UP' } });
  expect(existsSync(join(hearth.home, 'other'))).toBe(false);
});

it('starts by itself the next time', async () => {
  await using hearth = await TestHeadless.start();
  await hearth.call('setup.finish', answers(join(hearth.home, 'data')));
  await hearth.restart();
  expect(await hearth.call('server.status')).toMatchObject({ value: { state: 'running', serverName: 'family.test' } });
});

it('remembers what was answered, and never a password', async () => {
  await using hearth = await TestHeadless.start();
  await hearth.call('setup.remember', { mode: 'home', serverName: 'smith.org', localpart: 'alex' });
  await hearth.restart();
  expect(await hearth.call('setup.state')).toMatchObject({
    value: { draft: { mode: 'home', serverName: 'smith.org' } },
  });
  const refused = await hearth.call('setup.remember', { password: 'secret' });
  expect(refused).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
});

it('gives a server to try a reserved name, and lets only this computer reach it', async () => {
  await using hearth = await TestHeadless.start();
  await hearth.call('setup.finish', answers(join(hearth.home, 'data'), { mode: 'try', serverName: 'ignored.org' }));
  const status = await hearth.call('server.status');
  expect(status).toMatchObject({ value: { trial: true, serverName: 'hearth.localhost' } });
  const { listeners } = (status as { value: { listeners: { address: string; tls: boolean }[] } }).value;
  expect(listeners.every(({ address, tls }) => ['127.0.0.1', '::1'].includes(address) && !tls)).toBe(true);
});

it.each([
  ['a weak password', { admin: { localpart: 'alex', password: 'short' } }, 'WEAK_PASSWORD'],
  ['a user name with spaces', { admin: { localpart: 'al ex', password: 'correct horse' } }, 'M_INVALID_USERNAME'],
  ['a private name that nobody accepted', { acceptsPrivateName: false }, 'NAME_REFUSED'],
  ['an address for a name', { serverName: '192.168.1.4' }, 'NAME_REFUSED'],
  ['a folder that is none', { folder: 'relative/path' }, 'FOLDER_REFUSED'],
])('refuses %s and leaves nothing behind', async (_case, more, code) => {
  await using hearth = await TestHeadless.start();
  const folder = join(hearth.home, 'data');
  expect(await hearth.call('setup.finish', answers(folder, more))).toMatchObject({ ok: false, error: { code } });
  expect(existsSync(join(hearth.home, 'homeserver.yaml'))).toBe(false);
  expect(existsSync(join(folder, 'homeserver.db'))).toBe(false);
  expect(await hearth.call('setup.finish', answers(folder))).toMatchObject({ ok: true });
});

it('takes away what a set-up left that did not come to its end', async () => {
  await using hearth = await TestHeadless.start();
  const folder = join(hearth.home, 'data');
  mkdirSync(folder);
  writeFileSync(join(folder, 'homeserver.db'), 'half of a database');
  writeFileSync(join(hearth.home, 'homeserver.yaml.unfinished'), `server_name: old.test\ndata_dir: ${folder}\n`);
  await hearth.restart();
  expect(await hearth.call('setup.finish', answers(folder))).toMatchObject({ ok: true });
});

it('says why a server does not start, and starts it once that is mended', async () => {
  await using hearth = await TestHeadless.start();
  await hearth.call('setup.finish', answers(join(hearth.home, 'data')));
  const config = join(hearth.home, 'homeserver.yaml');
  const right = readFileSync(config, 'utf8');
  writeFileSync(config, right.replace('server_name: "family.test"', 'server_name: "other.test"'));
  await hearth.restart();
  const status = await hearth.call('server.status');
  expect(status).toMatchObject({ value: { state: 'failed', problem: { code: 'WRONG_SERVER_NAME' } } });
  writeFileSync(config, `${right}\nmax_upload_size: lots\n`);
  await hearth.call('server.start');
  expect(await hearth.call('server.status')).toMatchObject({ value: { problem: { code: 'CONFIG_INVALID' } } });
  writeFileSync(config, right);
  await hearth.call('server.start');
  expect(await hearth.call('server.status')).toMatchObject({ value: { state: 'running', problem: undefined } });
});

/** Where clients reach the server without TLS. */
async function plainUrl(hearth: TestHeadless): Promise<string> {
  const { value } = (await hearth.call('server.status')) as { value: { listeners: { port: number; tls: boolean }[] } };
  return `http://127.0.0.1:${value.listeners.find(({ tls }) => !tls)?.port}`;
}

async function post(url: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
