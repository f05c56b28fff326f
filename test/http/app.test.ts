import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import { endpoint, Reply } from '../../src-main/http/endpoint.js';
import { MatrixError } from '../../src-main/spec/errors.js';
import { StorageError } from '../../src-main/storage/database.js';
import { LISTENER, type Served, serve } from './serve.js';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const one = (handle: () => Promise<unknown>) =>
  endpoint({ spec: '-', method: 'GET', path: '/_matrix/client/v3/one', auth: 'none', handle });
const callOne = (from: Served, method = 'GET') => from.call(method, '/_matrix/client/v3/one');

it('hands over path, query and body as declared', async () => {
  const reply = await served.call('POST', '/_matrix/client/v3/echo/x?limit=500&full=true&via=a&via=b&other=1', {
    body: '{"name":"Ada","more":[1]}',
  });
  expect(reply.status).toBe(200);
  expect(reply.headers['content-type']).toBe('application/json');
  expect(reply.body).toEqual({
    params: { what: 'x' },
    query: { limit: 50, full: true, via: ['a', 'b'] },
    body: { name: 'Ada', more: [1] },
    canonicalNumbers: true,
  });
});

it('fills in the defaults of the query', async () => {
  const reply = await served.call('POST', '/_matrix/client/v3/echo/x', { body: '{"name":"Ada"}' });
  expect(reply.body.query).toEqual({ limit: 10, full: false, via: [] });
});

it('takes the first of a query parameter that comes twice', async () => {
  const reply = await served.call('POST', '/_matrix/client/v3/echo/x?limit=3&limit=4', { body: '{"name":"Ada"}' });
  expect(reply.body.query.limit).toBe(3);
});

it.each([['1.0'], ['1e3'], ['9007199254740993'], ['1.5']])('tells a handler of the number %s', async (number) => {
  const reply = await served.call('POST', '/_matrix/client/v3/echo/x', { body: `{"name":"Ada","n":${number}}` });
  expect(reply.body.canonicalNumbers).toBe(false);
});

it.each([
  ['%23room%3Ahearth.test', '#room:hearth.test'],
  ['#room:hearth.test'.replace('#', '%23'), '#room:hearth.test'],
  ['a%2Fb', 'a/b'],
  ['a%252Fb', 'a%2Fb'],
  ['%25', '%'],
  ['%24abc%2Fdef+ghi', '$abc/def+ghi'],
  ['%C3%A4', 'ä'],
  ['a%3Fb', 'a?b'],
  ['%2525', '%25'],
  ['a b'.replace(' ', '%20'), 'a b'],
])('decodes the path parameter %s once', async (encoded, decoded) => {
  const reply = await served.call('POST', `/_matrix/client/v3/echo/${encoded}`, { body: '{"name":"Ada"}' });
  expect(reply.body.params.what).toBe(decoded);
});

it('answers the r0 spelling of an old endpoint and of its aliases', async () => {
  const reply = await served.call('POST', '/_matrix/client/r0/echo/x', { body: '{"name":"Ada"}' });
  expect(reply.status).toBe(200);
  expect((await served.call('GET', '/_matrix/client/r0/state/m.room.name/')).status).toBe(200);
});

it('answers a path that ends in a slash where that is an alias', async () => {
  expect((await served.call('GET', '/_matrix/client/v3/state/m.room.name/')).body.params).toEqual({
    type: 'm.room.name',
  });
  expect((await served.call('GET', '/_matrix/client/v3/state/m.room.name/k')).body.params).toEqual({
    type: 'm.room.name',
    key: 'k',
  });
});

it('takes no body for an empty object where the endpoint says so', async () => {
  const reply = await served.call('POST', '/_matrix/client/v3/optional');
  expect(reply).toMatchObject({ status: 200, body: { body: {} } });
});

it.each(['/_matrix/client/v3/for/user', '/_matrix/client/v3/nothing', '/_matrix/media/v3/thing'])(
  'answers the preflight of %s',
  async (path) => {
    const reply = await served.call('OPTIONS', path);
    expect(reply).toMatchObject({ status: 204, text: '' });
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': expect.stringContaining('PUT'),
      'access-control-allow-headers': expect.stringContaining('Authorization'),
    });
  },
);

it.each([
  ['/_matrix/client/v3/for/optional', 200],
  ['/_matrix/client/v3/for/user', 401],
  ['/_matrix/client/v3/nothing', 404],
])('lets web pages of any origin read the answer of %s', async (path, status) => {
  const reply = await served.call('GET', path);
  expect(reply.status).toBe(status);
  expect(reply.headers['access-control-allow-origin']).toBe('*');
});

it('answers HEAD as GET without a body', async () => {
  const get = await served.call('GET', '/_matrix/client/v3/for/optional');
  const head = await served.call('HEAD', '/_matrix/client/v3/for/optional');
  expect(head).toMatchObject({ status: 200, text: '' });
  expect(head.headers['content-length']).toBe(get.headers['content-length']);
});

it('sends bytes, texts and streams as they are', async () => {
  const bodies = [Buffer.from('abc'), 'abc', Readable.from(['a', 'bc'])];
  for (const body of bodies) {
    await using other = await serve({
      endpoints: [one(async () => new Reply(201, body, { 'content-type': 'text/plain', etag: '"1"' }))],
    });
    const reply = await callOne(other);
    expect(reply).toMatchObject({ status: 201, text: 'abc', headers: { 'content-type': 'text/plain', etag: '"1"' } });
  }
});

it('sends no body where there is none', async () => {
  await using other = await serve({
    endpoints: [one(async () => new Reply(302, undefined, { location: 'https://a.test/' }))],
  });
  expect(await callOne(other)).toMatchObject({ status: 302, text: '', headers: { location: 'https://a.test/' } });
});

it('says nothing of an unexpected error, and logs it', async () => {
  const logged: unknown[] = [];
  const log = { ...silentLogger, error: (message: string, fields: unknown) => logged.push([message, fields]) };
  await using other = await serve({ log, endpoints: [one(() => Promise.reject(new Error('the secret is 42')))] });
  const reply = await callOne(other);
  expect(reply).toMatchObject({ status: 500, body: { errcode: 'M_UNKNOWN', error: 'internal server error' } });
  expect(logged).toMatchObject([
    ['request failed unexpectedly', { request: expect.any(String), error: { message: 'the secret is 42' } }],
  ]);
});

it.each([
  ['full', 507],
  ['unavailable', 503],
  ['broken', 500],
] as const)('answers a store that is %s with %i', async (kind, status) => {
  await using other = await serve({ endpoints: [one(() => Promise.reject(new StorageError(kind, 'inner details')))] });
  const reply = await callOne(other);
  expect(reply).toMatchObject({ status, body: { errcode: 'M_UNKNOWN', error: expect.not.stringContaining('inner') } });
});

it('says when to try again in the body and in the header', async () => {
  const limited = new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too fast', { retry_after_ms: 1500 });
  await using other = await serve({ endpoints: [one(() => Promise.reject(limited))] });
  expect(await callOne(other)).toMatchObject({
    status: 429,
    headers: { 'retry-after': '2' },
    body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 1500 },
  });
});

it.each([
  ['an answer', async () => ({})],
  ['a refusal', () => Promise.reject(new MatrixError(403, 'M_FORBIDDEN', 'no'))],
  ['a stream', async () => new Reply(200, Readable.from(['a']), { 'content-type': 'text/plain' })],
])('lets %s out only once everything is on disk', async (_case, handle) => {
  const synced = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const db = {
    durable: () => {
      asked.resolve();
      return synced.promise;
    },
  };
  await using other = await serve({ endpoints: [one(handle)], db });
  let answered = false;
  const reply = callOne(other).then((value) => {
    answered = true;
    return value;
  });
  await asked.promise;
  await served.call('GET', '/_matrix/client/v3/for/optional');
  expect(answered).toBe(false);
  synced.resolve();
  expect((await reply).status).toBeLessThan(500);
});

it('answers an error when the sync failed', async () => {
  const db = { durable: () => Promise.reject(new StorageError('broken', 'fdatasync: EIO')) };
  await using other = await serve({ endpoints: [one(async () => ({ event_id: '$a' }))], db });
  expect(await callOne(other)).toMatchObject({ status: 500, body: { errcode: 'M_UNKNOWN' } });
});

async function* broken() {
  yield 'a'.repeat(100_000);
  throw new Error('the disk is gone');
}

it('cuts off a stream that fails half-way', async () => {
  await using other = await serve({
    endpoints: [one(async () => new Reply(200, Readable.from(broken()), { 'content-type': 'text/plain' }))],
  });
  await expect(callOne(other)).rejects.toThrow();
});

it('refuses to start with two endpoints at one path', async () => {
  await expect(
    serve({ endpoints: [one(async () => ({})), one(async () => ({}))], listeners: [LISTENER] }),
  ).rejects.toThrow();
});

it('holds so many bodies of one address, and so many of all, and lets go of them', async () => {
  const waiting: (() => void)[] = [];
  const held = endpoint({
    spec: '-',
    method: 'POST',
    path: '/_matrix/client/v3/held',
    auth: 'none',
    body: Type.Object({}),
    handle: () => new Promise<object>((resolve) => waiting.push(() => resolve({}))),
  });
  await using other = await serve({ endpoints: [held], bodyBounds: { all: 4_500, ofOne: 2_500 } });
  const body = JSON.stringify({ x: 'x'.repeat(990) });
  const call = (localAddress: string) => other.call('POST', '/_matrix/client/v3/held', { body, localAddress });
  const first = [call('127.0.0.1'), call('127.0.0.1')];
  await expect.poll(() => waiting.length).toBe(2);
  const tooMuch = { status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: expect.any(Number) } };
  expect(await call('127.0.0.1')).toMatchObject(tooMuch);
  const second = [call('127.0.0.2'), call('127.0.0.2')];
  await expect.poll(() => waiting.length).toBe(4);
  expect(await call('127.0.0.3')).toMatchObject(tooMuch);
  for (const answer of waiting.splice(0)) answer();
  for (const reply of await Promise.all([...first, ...second])) expect(reply.status).toBe(200);
  const again = call('127.0.0.1');
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  expect((await again).status).toBe(200);
});
