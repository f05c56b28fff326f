import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLogging } from '../../src-main/logging/create-logger.js';
import { FileSink } from '../../src-main/logging/file-sink.js';
import { redactText } from '../../src-main/logging/redact.js';
import type { LogLevel } from '../../src-main/logging/sink.js';
import { StreamSink } from '../../src-main/logging/stream-sink.js';

const newPath = () => join(mkdtempSync(join(tmpdir(), 'hearth-log-')), 'logs', 'homeserver.log');
const contents = (path: string) => readFileSync(path, 'utf8');

function logging(level: LogLevel = 'debug', secrets: string[] = []) {
  const lines: any[] = [];
  const sink = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const made = createLogging({ level, sinks: [sink] });
  made.hide(secrets);
  return { ...made, lines };
}

describe('a line', () => {
  it('has words, level, time and fields, those of its part too', () => {
    const { log, lines } = logging();
    log.child({ part: 'rooms' }).child({ roomId: '!a' }).warn('room deleted', { events: 3 });
    expect(lines).toEqual([
      { level: 'warn', time: expect.any(Number), part: 'rooms', roomId: '!a', events: 3, msg: 'room deleted' },
    ]);
    expect(Math.abs(lines[0].time - Date.now())).toBeLessThan(5000);
  });

  it('tells an error with its cause', () => {
    const { log, lines } = logging();
    log.error('it failed', { error: new Error('outer', { cause: new TypeError('inner') }) });
    expect(lines[0].error).toMatchObject({
      type: 'Error',
      message: 'outer',
      stack: expect.stringContaining('logging.test.ts'),
      cause: { type: 'TypeError', message: 'inner' },
    });
  });

  it('survives what JSON cannot say', () => {
    const { log, lines } = logging();
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    log.info('odd', {
      circle,
      big: 10n,
      when: new Date(0),
      bytes: new Uint8Array(3),
      set: new Set([1]),
      no: undefined,
    });
    expect(lines[0]).toMatchObject({ big: '10', when: '1970-01-01T00:00:00.000Z', bytes: '3 bytes', set: [1] });
  });
});

it('changes the level at run time, for children made before too', () => {
  const all = logging('warn');
  const child = all.log.child({ part: 'x' });
  child.info('not yet');
  all.setLevel('debug');
  child.debug('now');
  all.setLevel('error');
  child.warn('no more');
  expect(all.lines.map(({ msg }) => msg)).toEqual(['now']);
});

describe('secrets', () => {
  it.each([
    ['a token in a query', 'GET /sync?access_token=abc123&x=1', 'GET /sync?access_token=[redacted]&x=1'],
    ['a token in a later parameter', '/x?a=1&loginToken=abc', '/x?a=1&loginToken=[redacted]'],
    [
      'the query of media',
      'GET /_matrix/client/v1/media/download/a/b?x=y#z',
      'GET /_matrix/client/v1/media/download/a/b?[redacted]',
    ],
    [
      'the query of login',
      'http://a/_matrix/client/v3/login/sso/redirect?redirectUrl=x',
      'http://a/_matrix/client/v3/login/sso/redirect?[redacted]',
    ],
    ['a header', 'Authorization: Bearer abc.def', 'Authorization: Bearer [redacted]'],
    ['a signed request', 'X-Matrix origin="a",sig="b"', 'X-Matrix [redacted]'],
    [
      'a password in JSON',
      '{"type":"m.login.password","password":"a\\"b"}',
      '{"type":"m.login.password","password":"[redacted]"}',
    ],
    ['an access token of ours', 'token hat_0123456789abcdef used', 'token [redacted] used'],
    ['an access token of Synapse', 'syt_YWxpY2U_abcdefghijkl_0abc', '[redacted]'],
    ['a signing key file', 'ed25519 a_CSXA YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1', 'ed25519 [redacted]'],
    ['a private key', 'x -----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY----- y', 'x [redacted] y'],
    ['a recovery key', 'EsTc ABCD efgh JKLM nopq RSTU vwxy 2345 6789 ABCD efgh JKLM', '[redacted]'],
    ['a password of ours', 'it is k7wd-m3xq-9hfb-r2tz now', 'it is [redacted] now'],
    [
      'an account key written as JSON',
      '{"kty":"EC","d":"jNBTvh0yAm5eCkJ5pQFTlRyDnfCw6tZL"}',
      '{"kty":"EC","d":"[redacted]"}',
    ],
    [
      'a registration token in a path',
      'GET /_synapse/admin/v1/registration_tokens/abcd',
      'GET /_synapse/admin/v1/registration_tokens/[redacted]',
    ],
    ['an invitation', 'http://home:8008/join/#abcdef', 'http://home:8008/join/#[redacted]'],
    ['the console’s link', 'http://127.0.0.1:1234/#key=abc_def', 'http://127.0.0.1:1234/#key=[redacted]'],
    ['a push key in JSON', '{"pushkey":"abc","app_id":"x"}', '{"pushkey":"[redacted]","app_id":"x"}'],
    [
      'what somebody wrote',
      '{"msgtype":"m.text","body":"hello \\"you\\""}',
      '{"msgtype":"m.text","body":"[redacted]"}',
    ],
    [
      'a credential of a relay',
      '{"username":"1:@a:b","credential":"xyz="}',
      '{"username":"1:@a:b","credential":"[redacted]"}',
    ],
    ['a database address', 'postgres://hearth:pw@db/x', 'postgres://hearth:[redacted]@db/x'],
  ])('hides %s', (_case, text, expected) => expect(redactText(text)).toBe(expected));

  it('leaves ordinary words alone', () => {
    const text = 'registration token used by @a:home.test in !room:home.test ($event), key ed25519:a_CSXA';
    expect(redactText(text)).toBe(text);
  });

  it.each([
    ['password', 'x'],
    ['accessToken', 'x'],
    ['access_token', 'x'],
    ['Authorization', 'x'],
    ['registration_shared_secret', 'x'],
    ['pepper', 'x'],
    ['signingKey', { a: 1 }],
    ['mac', 'x'],
    ['recoveryKey', 'x'],
    ['recovery_code', 'x'],
    ['pushkey', 'x'],
    ['turn_shared_secret', 'x'],
    ['apiKey', 'x'],
    ['dns_api_token', 'x'],
    ['account_key', 'x'],
    ['livekitSecret', 'x'],
    ['content', { body: 'hello' }],
    ['formatted_body', 'hello'],
    ['auth_data', { a: 1 }],
    ['session_data', { ciphertext: 'x' }],
    ['one_time_keys', { a: 1 }],
  ])('hides the field %s, however deep', (name, value) => {
    const { log, lines } = logging();
    log.child({ [name]: value }).info('x', { one: { two: { [name]: value } } });
    expect(lines[0][name]).toBe('[redacted]');
    expect(lines[0].one.two[name]).toBe('[redacted]');
  });

  it('keeps counts of tokens', () => {
    const { log, lines } = logging();
    log.info('x', { token: 5, tokenId: 7 });
    expect(lines[0]).toMatchObject({ token: 5, tokenId: 7 });
  });

  it('hides those of the configuration wherever they stand', () => {
    const { log, lines } = logging('debug', ['s3cret-of-mine']);
    log.child({ part: 's3cret-of-mine' }).info('is s3cret-of-mine', { a: ['xs3cret-of-miney'] });
    expect(JSON.stringify(lines)).not.toContain('s3cret');
  });

  it('hides them in errors and their stacks', () => {
    const { log, lines } = logging();
    log.error('x', { error: new Error('bad /sync?access_token=abc123', { cause: new Error('Bearer abc123') }) });
    expect(JSON.stringify(lines)).not.toContain('abc123');
  });
});

describe('files', () => {
  it('are made for their owner only and gone on with after a start', async () => {
    const path = newPath();
    for (const line of ['"one"', '"two"']) {
      const sink = new FileSink({ path });
      sink.write(line);
      await sink.close();
    }
    expect(contents(path)).toBe('"one"\n"two"\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('are rotated by their size, and the oldest goes', async () => {
    const path = newPath();
    const sink = new FileSink({ path, size: 10, files: 3 });
    for (const line of ['first-line', 'second-line', 'third-line', 'fourth-line', 'short']) {
      sink.write(line);
      await sink.flush();
    }
    await sink.close();
    expect(readdirSync(join(path, '..')).sort()).toEqual(['homeserver.log', 'homeserver.log.1', 'homeserver.log.2']);
    expect([contents(path), contents(`${path}.1`), contents(`${path}.2`)]).toEqual([
      'short\n',
      'fourth-line\n',
      'third-line\n',
    ]);
  });

  it('that cannot be written are said once, and tried again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-log-'));
    writeFileSync(join(folder, 'logs'), 'a file where the folder should be');
    const failures: string[] = [];
    const sink = new FileSink({ path: join(folder, 'logs', 'x.log'), onFailure: (why) => failures.push(why) });
    sink.write('1');
    await sink.flush();
    sink.write('2');
    await sink.flush();
    expect(failures).toHaveLength(1);
  });
});

it('writes for people on a terminal and JSON elsewhere', () => {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  const { log } = createLogging({
    level: 'info',
    sinks: [new StreamSink({ isTTY: true, write }), new StreamSink({ write })],
  });
  log.child({ part: 'tls' }).warn('certificate changed', { path: '/a b', days: 3 });
  expect(written[0]).toMatch(/^\d\d:\d\d:\d\d .*warn.* tls: certificate changed path="\/a b" days=3\n$/);
  expect(JSON.parse(written[1] ?? '')).toMatchObject({ part: 'tls', msg: 'certificate changed', days: 3 });
});
