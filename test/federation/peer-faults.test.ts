import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { RemoteError, type ServerRequest } from '../../src-main/matrix/servers/index.js';
import { RawNumber } from '../../src-main/spec/json-text.js';
import { type FakeAnswer, startFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';

const PATH = '/_matrix/federation/v1/query/x';

async function scene() {
  const federation = await startFederation(['hs1.test']);
  const [one] = federation.servers as [TestHomeserver];
  const fake = await federation.fakeServer('fake.test');
  const { requests } = one.homeserver.servers;
  const request = (more: Partial<ServerRequest> = {}): ServerRequest => ({
    destination: 'fake.test',
    method: 'GET',
    path: PATH,
    timeout: 5000,
    evenIfDown: true,
    ...more,
  });
  return {
    federation,
    fake,
    json: (more: Partial<ServerRequest> = {}) => requests.json(request(more)),
    stream: (more: Partial<ServerRequest> = {}) => requests.stream(request(more)),
    answers: (answer: FakeAnswer) => fake.on('GET', PATH, answer).on('POST', PATH, answer),
    [Symbol.asyncDispose]: () => federation.stop(),
  };
}

const json = { 'content-type': 'application/json' };

it.each<[string, FakeAnswer, string, RegExp]>([
  ['hangs', () => undefined, 'unreachable', /too long/],
  [
    'sends its answer a byte at a time',
    (_request, response) => {
      response.writeHead(200, json);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
      return undefined;
    },
    'unreachable',
    /too long/,
  ],
  [
    'closes early',
    ({ message }) => {
      message.socket.destroy();
      return undefined;
    },
    'unreachable',
    /broken off/,
  ],
  [
    'sends half a body',
    ({ message }, response) => {
      response.writeHead(200, { ...json, 'content-length': 1000 }).write('{"half":');
      setImmediate(() => message.socket.destroy());
      return undefined;
    },
    'unreachable',
    /broken off/,
  ],
  ['sends headers of 64 KiB', () => ({ headers: { x: 'y'.repeat(65_536) }, isWrong: true }), 'invalid', /headers/],
  ['sends JSON that nests too deep', () => ({ body: `${'['.repeat(5000)}${']'.repeat(5000)}` }), 'invalid', /deeper/],
  ['sends more than allowed', () => ({ body: `"${'x'.repeat(20_000)}"` }), 'invalid', /larger than 10000 bytes/],
  ['sends what is no UTF-8', () => ({ body: Buffer.from([0x22, 0xff, 0x22]) }), 'invalid', /UTF-8/],
  ['sends half a surrogate pair', () => ({ body: '"\\ud800"' }), 'invalid', /surrogate/],
  ['refuses with a book', () => ({ status: 403, body: 'x'.repeat(100_000) }), 'invalid', /larger/],
])('a server that %s does no harm', async (_case, answer, kind, why) => {
  await using it = await scene();
  it.answers(answer);
  const asked = it.json({ timeout: 400, maxBytes: 10_000 });
  await expect(asked).rejects.toBeInstanceOf(RemoteError);
  await expect(asked).rejects.toMatchObject({ kind, why: expect.stringMatching(why) });
  const { destinations } = (it.federation.servers[0] as TestHomeserver).homeserver.servers;
  expect(destinations.isResting('fake.test')).toBe(true);
});

it('a server that closes a kept connection at the moment of the next request gets it again', async () => {
  await using it = await scene();
  let times = 0;
  it.answers(({ message }) => {
    times += 1;
    if (times !== 2) return { body: { times } };
    message.socket.destroy();
    return undefined;
  });
  expect(await it.json()).toEqual({ times: 1 });
  expect(await it.json({ method: 'POST', body: { a: 1 } })).toEqual({ times: 3 });
});

it('a server that takes connections and says nothing is given up, and others are answered meanwhile', async () => {
  await using it = await scene();
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  it.federation.dns.services.set('_matrix-fed._tcp.silent.test', [{ target: 'fakes.test', port }]);
  it.answers(() => ({ body: {} }));
  const stuck = Array.from({ length: 50 }, () =>
    it.json({ destination: 'silent.test', timeout: 1500 }).catch((error: unknown) => error),
  );
  for (let i = 0; i < 20; i += 1) expect(await it.json()).toEqual({});
  expect(sockets.size).toBeLessThanOrEqual(8);
  for (const error of await Promise.all(stuck)) expect(error).toMatchObject({ kind: 'unreachable' });
  for (const socket of sockets) socket.destroy();
  silent.close();
});

it('a server that is never done gets no more than so many requests to wait for', async () => {
  await using it = await scene();
  it.answers(() => undefined);
  const stop = new AbortController();
  const waiting = Array.from({ length: 200 }, () =>
    it.json({ signal: stop.signal }).catch((error: Error) => error.message),
  );
  await expect(it.json()).rejects.toMatchObject({ kind: 'unreachable', why: expect.stringMatching(/too many/) });
  stop.abort(new Error('never mind'));
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['never mind']));
  const { destinations } = (it.federation.servers[0] as TestHomeserver).homeserver.servers;
  expect(await destinations.report('fake.test')).toBeUndefined();
});

it('numbers of others come as they were written', async () => {
  await using it = await scene();
  it.answers(() => ({ body: '{"a":1.0,"b":9007199254740993,"c":3}' }));
  const value = (await it.json()) as Record<string, unknown>;
  expect(value['a']).toBeInstanceOf(RawNumber);
  expect(JSON.stringify(value)).toBe('{"a":1.0,"b":9007199254740993,"c":3}');
});

it('an answer can be read while it comes', async () => {
  await using it = await scene();
  it.answers(() => ({ body: 'x'.repeat(50_000), headers: { 'content-type': 'text/plain' } }));
  const { status, headers, body } = await it.stream();
  expect([status, headers['content-type'], (await text(body)).length]).toEqual([200, 'text/plain', 50_000]);
  const tooLong = await it.stream({ maxBytes: 49_999 });
  await expect(text(tooLong.body)).rejects.toMatchObject({ kind: 'invalid', why: expect.stringMatching(/larger/) });
  it.answers(() => ({ status: 307, headers: { location: 'https://cdn.test/' }, body: '', isWrong: true }));
  const elsewhere = await it.stream();
  expect(elsewhere).toMatchObject({ status: 307, headers: { location: 'https://cdn.test/' } });
  elsewhere.body.resume();
});

it('an answer that is broken off fails for who reads it', async () => {
  await using it = await scene();
  it.answers(({ message }, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('half');
    setImmediate(() => message.socket.destroy());
    return undefined;
  });
  const { body } = await it.stream();
  await expect(text(body)).rejects.toMatchObject({ kind: 'unreachable' });
  const never = await it.stream({ timeout: 300, path: PATH });
  await expect(text(never.body)).rejects.toBeInstanceOf(RemoteError);
});

it('queries and bodies arrive as they were meant', async () => {
  await using it = await scene();
  it.answers(({ query, body }) => ({ body: { query: [...query], body } }));
  expect(
    await it.json({
      method: 'POST',
      path: PATH,
      query: { a: 'ä b&c', n: 5, yes: true, list: ['1', '2'], none: undefined },
      body: { b: 1, a: '\u2028"' },
    }),
  ).toEqual({
    query: [
      ['a', 'ä b&c'],
      ['n', '5'],
      ['yes', 'true'],
      ['list', '1'],
      ['list', '2'],
    ],
    body: { a: '\u2028"', b: 1 },
  });
  expect(await it.json({ method: 'POST', bodyText: '{"made":"once"}' })).toEqual({ query: [], body: { made: 'once' } });
});
