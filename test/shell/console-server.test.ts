import { readFileSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openFakeConsole } from '../support/console.js';
import { TestHeadless } from '../support/headless.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;
type Headers = Record<string, string>;

let fake: Fake;

beforeAll(async () => {
  fake = await openFakeConsole();
});

afterAll(async () => {
  await fake?.console.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** A request with every header as given: `fetch` does not let anybody choose Host. */
function ask(method: string, path: string, headers: Headers = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = fake.console;
    const request = httpRequest({ port, host: '127.0.0.1', method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const keyOf = (link: string): string => link.split('#key=')[1] ?? '';

async function openSession(): Promise<Headers> {
  const answer = await ask('POST', '/session', JSON_TYPE, JSON.stringify({ key: keyOf(fake.link()) }));
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  return { ...JSON_TYPE, cookie };
}

it('serves the pages to everybody on this computer, with a policy that allows our own files only', async () => {
  const { status, headers } = await ask('GET', '/');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  });
});

it.each(['/../core.js', '/%2e%2e/core.js', '/..%2fcore.js', '/assets/..%5c..%5ccore.js', '/none.html', '/%00', '/%'])(
  'serves nothing at %s',
  async (path) => {
    expect((await ask('GET', path)).status).toBe(404);
  },
);

it('answers no procedure and no events without a session', async () => {
  expect(await ask('POST', '/control/setup.state', JSON_TYPE)).toMatchObject({ status: 401 });
  expect(await ask('GET', '/control/events')).toMatchObject({ status: 401 });
  const guessed = { ...JSON_TYPE, cookie: `hearth-console-${fake.console.port}=guessed` };
  expect(await ask('POST', '/control/setup.state', guessed)).toMatchObject({ status: 401 });
});

it('opens a session once for each link', async () => {
  const link = fake.link();
  const body = JSON.stringify({ key: keyOf(link) });
  const first = await ask('POST', '/session', JSON_TYPE, body);
  expect(first.status).toBe(200);
  expect(String(first.headers['set-cookie'])).toMatch(/; Path=\/; HttpOnly; SameSite=Strict/);
  expect(await ask('POST', '/session', JSON_TYPE, body)).toMatchObject({ status: 401 });
  expect(fake.link()).not.toBe(link);
});

it('answers procedures to a session', async () => {
  const answer = await ask('POST', '/control/setup.state', await openSession());
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toMatchObject({ ok: true, value: { configured: true } });
});

it.each([
  ['a procedure that there is not', 'none.such', '', 404, 'NO_SUCH_PROCEDURE'],
  ['a prototype for a name', 'constructor', '', 404, 'NO_SUCH_PROCEDURE'],
  ['what is not JSON', 'setup.checkName', '{', 400, 'BAD_INPUT'],
  ['an input of the wrong shape', 'setup.checkName', '{"serverName":1}', 400, 'BAD_INPUT'],
  ['an unknown key', 'setup.checkName', '{"serverName":"a","more":1}', 400, 'BAD_INPUT'],
  [
    'a body that is far too large',
    'setup.checkName',
    JSON.stringify({ serverName: 'x'.repeat(300_000) }),
    413,
    'BAD_INPUT',
  ],
])('refuses %s', async (_case, name, body, status, code) => {
  const answer = await ask('POST', `/control/${name}`, await openSession(), body);
  expect({ status: answer.status, ...JSON.parse(answer.text) }).toMatchObject({ status, ok: false, error: { code } });
});

it.each(['evil.example', 'evil.example:8090', 'localhost.evil.example', '127.0.0.1.evil.example', '192.168.1.5'])(
  'refuses a Host of %j, as a web page has that points its own name here',
  async (host) => {
    const session = await openSession();
    expect((await ask('GET', '/', { host })).status).toBe(421);
    expect((await ask('POST', '/control/setup.state', { ...session, host })).status).toBe(421);
  },
);

it('takes the names that a tunnel has on this computer', async () => {
  for (const host of ['localhost:9999', '127.0.0.1:9999', '[::1]:9999']) {
    expect((await ask('GET', '/', { host })).status).toBe(200);
  }
});

it.each<[string, Headers]>([
  ['another origin', { origin: 'https://evil.example' }],
  ['an origin of another port', { origin: 'http://127.0.0.1:1' }],
  ['no origin that it will name', { origin: 'null' }],
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['a form that pretends', { 'content-type': 'text/plain' }],
])('refuses a call from %s, session or not', async (_case, headers) => {
  const answer = await ask('POST', '/control/setup.state', { ...(await openSession()), ...headers });
  expect(answer.status).toBe(403);
});

it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s', async (method) => {
  expect((await ask(method, '/control/setup.state', await openSession())).status).toBe(405);
});

it('tells sessions what changed, as it changes', async () => {
  const { cookie = '' } = await openSession();
  const response = await fetch(`${fake.console.address}control/events`, { headers: { cookie } });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain('hello');
  fake.host.become('stopped');
  expect((await reader?.read())?.value).toBe('data: "server.changed"\n\n');
  fake.host.become('running');
  await reader?.cancel();
});

it('keeps the current link in a file for its owner, and takes it away at the end', async () => {
  const hearth = await TestHeadless.start();
  const path = join(hearth.home, 'console-link');
  expect(readFileSync(path, 'utf8').trim()).toBe(hearth.running.link());
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await hearth.running.close();
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  await hearth[Symbol.asyncDispose]();
});

it('takes another port when its own is taken', async () => {
  await using first = await TestHeadless.start();
  await using second = await TestHeadless.start({ consolePort: first.running.console.port });
  expect(second.running.console.port).not.toBe(first.running.console.port);
});
