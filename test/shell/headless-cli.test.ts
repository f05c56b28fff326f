import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeNewConfig } from '../../src-main/config/generate.js';
import { Passwords } from '../../src-main/matrix/accounts/index.js';
import { claimPidFile, runningProcess } from '../../src-main/shell/headless/pid-file.js';
import { whyTooOld } from '../../src-main/shell/node-version.js';
import { builtHearth } from '../support/built.js';

let program: string;
const folders: string[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  program = join(await builtHearth(), 'daemon.js');
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-cli-'));
  folders.push(folder);
  return folder;
}

/** A port that nobody listens on just now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A command that runs: what it said so far, and how it ends. */
class Running {
  out = '';
  err = '';
  readonly ended: Promise<number>;

  constructor(readonly child: ChildProcess) {
    children.push(child);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.ended = once(child, 'close').then(([code]) => code as number);
  }

  async until(pattern: RegExp): Promise<RegExpExecArray> {
    await expect
      .poll(() => this.child.exitCode !== null || pattern.test(this.out), { timeout: 20_000, interval: 20 })
      .toBe(true);
    const found = pattern.exec(this.out);
    if (!found) throw new Error(`it ended: ${this.out}${this.err}`);
    return found;
  }
}

function launch(folder: string, args: readonly string[], input?: string): Running {
  const environment = { ...process.env, HEARTH_HOME: join(folder, 'home'), NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: environment });
  child.stdin.end(input);
  return new Running(child);
}

/** Runs a command to its end. */
async function hearth(folder: string, args: readonly string[], input?: string) {
  const running = launch(folder, args, input);
  const code = await running.ended;
  return { code, out: running.out, err: running.err };
}

/** A folder with a generated configuration: one plain listener on a free port, passwords hashed cheaply. */
async function configured(edit: (text: string) => string = (text) => text) {
  const folder = newFolder();
  const path = join(folder, 'homeserver.yaml');
  writeNewConfig(path, { serverName: 'cli.test', dataDir: folder });
  const port = await freePort();
  const listeners = `listeners:\n  - {port: ${port}, bind_addresses: [127.0.0.1]}\nbcrypt_rounds: 4\n`;
  const text = readFileSync(path, 'utf8').replace(/^listeners:\n(?: .*\n)+/m, listeners);
  writeFileSync(path, edit(text));
  return { folder, path, port, url: `http://127.0.0.1:${port}` };
}

/** Serves in the foreground until told otherwise. */
async function serving(path: string, folder: string): Promise<Running> {
  const running = launch(folder, ['serve', '--config', path, '--console-port', '0']);
  await running.until(/"msg":"the server is running"/);
  return running;
}

const versions = (url: string) => fetch(`${url}/_matrix/client/versions`).then((reply) => reply.status);

/** Starts, expects that to fail, and returns what was said. */
async function refusal(path: string, folder: string): Promise<string> {
  const { code, err } = await hearth(folder, ['serve', '--config', path, '--console-port', '0']);
  expect(code).toBe(1);
  expect(err).not.toMatch(/\n\s+at /);
  return err;
}

describe('generate-config', () => {
  it('writes a file and a key that only their owner reads, and changes neither again', async () => {
    const folder = newFolder();
    const path = join(folder, 'homeserver.yaml');
    const made = await hearth(folder, ['generate-config', '-H', 'cli.test', '-c', path, '--report-stats=no']);
    expect(made).toMatchObject({ code: 0, err: '', out: expect.stringContaining('has been written to') });
    const key = readFileSync(join(folder, 'cli.test.signing.key'), 'utf8');
    const config = readFileSync(path, 'utf8');
    expect(key).toMatch(/^ed25519 a_[A-Za-z]{4} /);
    expect(statSync(path).mode & 0o777).toBe(0o600);

    const again = await hearth(folder, ['generate-config', '-H', 'other.test', '-c', path, '--report-stats=no']);
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('already exists and was not changed') });
    expect(readFileSync(path, 'utf8')).toBe(config);
    expect(readFileSync(join(folder, 'cli.test.signing.key'), 'utf8')).toBe(key);
  });

  it.each([
    ['an unanswered question', ['-H', 'a.test', '-c', 'x.yaml'], /--report-stats <yes\|no>' not specified/],
    [
      'an answer that is none',
      ['-H', 'a.test', '-c', 'x.yaml', '--report-stats=perhaps'],
      /Allowed choices are yes, no/,
    ],
    [
      'a server name with a scheme',
      ['-H', 'https://a.test', '-c', 'x.yaml', '--report-stats=no'],
      /--server-name must be a host name/,
    ],
  ])('refuses %s', async (_case, args, expected) => {
    expect(await hearth(newFolder(), ['generate-config', ...args])).toMatchObject({
      code: 1,
      err: expect.stringMatching(expected),
    });
  });

  it('puts data and keys where it is told', async () => {
    const folder = newFolder();
    const args = [
      '-H',
      'a.test',
      '-c',
      'conf/x.yaml',
      '--report-stats',
      'yes',
      '--data-directory',
      'data',
      '--keys-directory',
      'keys',
    ];
    expect(await hearth(folder, ['generate-config', ...args, '--open-private-ports'])).toMatchObject({ code: 0 });
    const text = readFileSync(join(folder, 'conf', 'x.yaml'), 'utf8');
    expect(text).toContain(`data_dir: "${join(folder, 'data')}"`);
    expect(text).toContain('report_stats: true');
    expect(text).not.toContain('127.0.0.1"');
    expect(readFileSync(join(folder, 'keys', 'a.test.signing.key'), 'utf8')).toMatch(/^ed25519/);
  });
});

describe('serve', () => {
  it('answers, makes accounts for who knows the secret, and ends when told', async () => {
    const { folder, path, url } = await configured();
    const server = await serving(path, folder);
    expect(await versions(url)).toBe(200);

    const secret = /registration_shared_secret: "([^"]+)"/.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
    const user = ['-u', 'alice', '-p', 'correct horse', '--admin'];
    expect(await hearth(folder, ['register-user', '-c', path, ...user])).toMatchObject({
      code: 0,
      out: expect.stringContaining('Success!'),
    });
    expect(await hearth(folder, ['register-user', '-k', secret, ...user, url])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/The server refused \(400\): .*taken/),
    });
    expect(await hearth(folder, ['register-user', '-c', path, ...user, '--exists-ok'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('User already exists'),
    });
    expect(await hearth(folder, ['register-user', '-k', 'wrong', '-u', 'eve', '-p', 'x', '-a', url])).toMatchObject({
      code: 1,
      err: expect.stringContaining('HMAC incorrect'),
    });
    const asked = await hearth(folder, ['register-user', '-c', path, url], 'bob\ntwo words\ntwo words\nno\n');
    expect(asked).toMatchObject({ code: 0, err: expect.stringMatching(/Password: \nConfirm password: \nMake admin/) });
    writeFileSync(join(folder, 'pw'), 'from a file\nand not this\n');
    const fromFile = ['-u', 'carol', '--password-file', 'pw', '--no-admin', '-t', 'bot'];
    expect(await hearth(folder, ['register-user', '-c', path, ...fromFile])).toMatchObject({ code: 0 });

    for (const [name, password] of [
      ['alice', 'correct horse'],
      ['bob', 'two words'],
      ['carol', 'from a file'],
    ]) {
      const identifier = { type: 'm.id.user', user: name };
      const body = JSON.stringify({ type: 'm.login.password', identifier, password });
      const login = await fetch(`${url}/_matrix/client/v3/login`, { method: 'POST', body });
      expect(login.status).toBe(200);
    }

    const began = Date.now();
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    await expect(versions(url)).rejects.toThrow();
    const log = readFileSync(join(folder, 'logs', 'homeserver.log'), 'utf8');
    expect(log).toContain('"msg":"the server is running"');
    for (const hidden of [secret, 'correct horse', 'two words']) expect(log + server.out).not.toContain(hidden);
  });

  it('starts a file of Synapse as it is', async () => {
    const folder = newFolder();
    const port = await freePort();
    const text = readFileSync('test/fixtures/config/synapse-homeserver.yaml', 'utf8').replace('8008', String(port));
    writeFileSync(join(folder, 'homeserver.yaml'), text);
    const key = 'ed25519 a_CSXA YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1\n';
    writeFileSync(join(folder, 'home.test.signing.key'), key);
    mkdirSync(join(folder, 'data'));
    const server = launch(folder, ['serve', '--console-port', '0']);
    await server.until(/"msg":"the server is running"/);
    const reply = await fetch(`http://127.0.0.1:${port}/_matrix/key/v2/server`);
    expect(await reply.json()).toMatchObject({
      server_name: 'home.test',
      verify_keys: { 'ed25519:a_CSXA': { key: 'XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI' } },
      old_verify_keys: { 'ed25519:old': expect.anything() },
    });
    expect(server.out).toContain('`log_config` is not read');
    server.child.kill('SIGINT');
    expect(await server.ended).toBe(0);
  });

  it('without a configuration opens only the console, whose wizard then makes a server', async () => {
    const folder = newFolder();
    const running = launch(folder, ['--console-port', '0']);
    const [, link = ''] = await running.until(/Hearth is not set up yet\. Open (http:\/\/127\.0\.0\.1:\d+\/#key=\S+)/);
    const key = new URL(link).hash.replace('#key=', '');
    const ask = (path: string, body: unknown, cookie = '') =>
      fetch(new URL(path, link), {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify(body),
      });
    const session = await ask('/session', { key });
    expect(session.status).toBe(200);
    expect(running.out).not.toContain('"msg":"listening"');
    expect(await hearth(folder, ['status'])).toMatchObject({ code: 1 });

    const cookie = session.headers.get('set-cookie')?.split(';')[0];
    const answers = {
      mode: 'try',
      folder: join(folder, 'data'),
      serverName: 'hearth.localhost',
      acceptsPrivateName: true,
      admin: { localpart: 'ada', password: 'correct horse battery' },
    };
    const done = await ask('/control/setup.finish', answers, cookie);
    expect(await done.json()).toMatchObject({ ok: true, value: { userId: '@ada:hearth.localhost' } });
    expect(await hearth(folder, ['status'])).toMatchObject({
      code: 0,
      out: expect.stringContaining(`Hearth runs (process ${running.child.pid}): hearth.localhost`),
    });
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
  });
});

describe('a start that fails says why', () => {
  it('when a port is in use', async () => {
    const { folder, path, port } = await configured();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    expect(await refusal(path, folder)).toMatch(`port ${port} of 127.0.0.1 is in use by another program`);
    other.close();
  });

  it('when the configuration is wrong, with the line', async () => {
    const { folder, path } = await configured((text) => `${text}\nmax_upload_size: huge\n`);
    const line = readFileSync(path, 'utf8').trimEnd().split('\n').length;
    expect(await refusal(path, folder)).toMatch(`homeserver.yaml, line ${line}: \`max_upload_size\` must be a size`);
  });

  it('when there is no such file', async () =>
    expect(await refusal('/nowhere/x.yaml', newFolder())).toContain('/nowhere/x.yaml: there is no such file'));

  it('when a certificate cannot be read', async () => {
    const tls = 'tls_certificate_path: /nowhere/a.crt\ntls_private_key_path: /nowhere/a.key\n';
    const { folder, path } = await configured((text) => text.replace('{port:', '{tls: true, port:') + tls);
    expect(await refusal(path, folder)).toContain(
      'The certificate /nowhere/a.crt cannot be read: there is no such file.',
    );
  });

  it('when the signing key is broken', async () => {
    const { folder, path } = await configured();
    writeFileSync(join(folder, 'cli.test.signing.key'), 'ed25519 a_b hello\n');
    expect(await refusal(path, folder)).toContain('cli.test.signing.key, line 1: a signing key must be');
  });

  it('when the name is another, or the database newer', async () => {
    const { folder, path } = await configured();
    const server = await serving(path, folder);
    server.child.kill('SIGTERM');
    await server.ended;

    const renamed = join(folder, 'renamed.yaml');
    writeFileSync(renamed, readFileSync(path, 'utf8').replace('server_name: "cli.test"', 'server_name: "other.test"'));
    expect(await refusal(renamed, folder)).toContain('This database belongs to the server "cli.test"');

    const db = new BetterSqlite3(join(folder, 'homeserver.db'));
    db.exec("INSERT INTO migrations (version, name, older_may_use, applied_ts) VALUES (9999, 'future', 0, 0)");
    db.close();
    expect(await refusal(path, folder)).toMatch(/newer version/);
  });
});

describe('start, status, restart and stop', () => {
  it('do what they say', async () => {
    const { folder, path, url } = await configured();
    const at = ['-c', path];
    expect(await hearth(folder, ['status', ...at])).toMatchObject({
      code: 3,
      out: expect.stringContaining('does not run'),
    });

    expect(await hearth(folder, ['start', ...at])).toMatchObject({
      code: 0,
      out: expect.stringContaining(`cli.test at ${url}`),
    });
    const first = runningProcess(join(folder, 'homeserver.pid'));
    try {
      expect(await versions(url)).toBe(200);
      expect(await hearth(folder, ['status', ...at])).toMatchObject({
        code: 0,
        out: `Hearth runs (process ${first}): cli.test at ${url}\n`,
      });
      expect(await hearth(folder, ['start', ...at])).toMatchObject({
        code: 1,
        err: `Hearth already runs with this configuration (process ${first}).\n`,
      });
      expect(await hearth(folder, ['restart', ...at])).toMatchObject({ code: 0 });
      expect(runningProcess(join(folder, 'homeserver.pid'))).not.toBe(first);
      expect(await versions(url)).toBe(200);
    } finally {
      expect(await hearth(folder, ['stop', ...at])).toMatchObject({ code: 0, out: 'Hearth has stopped.\n' });
    }
    await expect(versions(url)).rejects.toThrow();
    expect(await hearth(folder, ['stop', ...at])).toMatchObject({ code: 0, out: 'Hearth does not run.\n' });
  });

  it('carry the cause of a start that fails', async () => {
    const { folder, path } = await configured();
    writeFileSync(join(folder, 'cli.test.signing.key'), '');
    const { code, err } = await hearth(folder, ['start', '-c', path]);
    expect(code).toBe(1);
    expect(err).toMatch(/^Hearth could not start\. The signing key file .* is empty/);
  });

  it('say what is missing without a configuration', async () =>
    expect(await hearth(newFolder(), ['start'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no configuration yet'),
    }));
});

describe('the process file', () => {
  it('of a server that crashed is replaced', () => {
    const path = join(newFolder(), 'x.pid');
    writeFileSync(path, '999999999\n');
    const release = claimPidFile(path);
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
    release();
    expect(runningProcess(path)).toBeUndefined();
  });

  it('with the number of another program counts for nothing', () => {
    const path = join(newFolder(), 'x.pid');
    writeFileSync(path, '1\n');
    expect(runningProcess(path)).toBeUndefined();
  });
});

describe('hash-password', () => {
  it('makes the hash that a server with this configuration checks', async () => {
    const { folder, path } = await configured();
    const pepper = /pepper: "([^"]+)"/.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
    const { out } = await hearth(folder, ['hash-password', '-c', path], 'pass\npass\n');
    expect(out).toMatch(/^\$2b\$04\$/);
    const passwords = new Passwords({ rounds: 4, pepper });
    expect(await passwords.verify('pass', out.trim())).toBe(true);
    expect(await passwords.verify('other', out.trim())).toBe(false);
  });

  it('takes password and rounds as flags', async () => {
    const { out } = await hearth(newFolder(), ['hash-password', '-p', 'pass', '-r', '5']);
    expect(out).toMatch(/^\$2b\$05\$/);
  });

  it.each([
    ['two passwords', [], 'a\nb\n', /The two passwords differ/],
    ['no answer', [], '', /There was no answer|must not be empty/],
    ['odd rounds', ['-p', 'x', '-r', 'many'], '', /--rounds must be a whole number from 4 to 31/],
  ])('refuses %s', async (_case, args, input, expected) =>
    expect(await hearth(newFolder(), ['hash-password', ...args], input)).toMatchObject({
      code: 1,
      err: expect.stringMatching(expected),
    }),
  );
});

it.each([
  ['20.19.0', /needs Node 22\.14 or newer, and this is Node 20\.19\.0/],
  ['22.13.1', /needs Node/],
  ['22.14.0', undefined],
  ['24.0.0', undefined],
])('judges Node %s', (version, expected) => {
  const why = whyTooOld(version);
  if (expected) expect(why).toMatch(expected);
  else expect(why).toBeUndefined();
});
