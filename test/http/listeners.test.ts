import { connect } from 'node:net';
import { checkServerIdentity, connect as connectTls, type SecureContextOptions, type SecureVersion } from 'node:tls';
import { expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import type { ListenerConfig } from '../../src-main/config/config.js';
import { createApp } from '../../src-main/http/app.js';
import { endpoint } from '../../src-main/http/endpoint.js';
import { listen } from '../../src-main/http/listeners.js';
import { fixtureText } from '../support/fixtures.js';
import { byName, LISTENER, rawCall, sampleEndpoints, serve } from './serve.js';

const WHERE = '/_matrix/client/v3/where';
const listener = (more: Partial<ListenerConfig>): ListenerConfig => ({ ...LISTENER, ...more });

it.each([
  ['from a proxy that is trusted', ['127.0.0.0/8'], '203.0.113.7', '203.0.113.7'],
  ['from one trusted by its address', ['127.0.0.1'], '203.0.113.7', '203.0.113.7'],
  ['from nobody when nobody is trusted', [], '203.0.113.7', '127.0.0.1'],
  ['from no other address', ['10.0.0.0/8'], '203.0.113.7', '127.0.0.1'],
  ['only as far as trust goes', ['127.0.0.0/8'], '198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['through several trusted proxies', ['127.0.0.0/8', '10.0.0.0/8'], '203.0.113.7, 10.1.2.3', '203.0.113.7'],
  ['in IPv6', ['127.0.0.0/8'], '2001:db8::7', '2001:db8::7'],
  ['as IPv4 when it is IPv4 inside IPv6', ['127.0.0.0/8'], '::ffff:203.0.113.7', '203.0.113.7'],
  ['with a port', ['127.0.0.0/8'], '203.0.113.7:4711', '203.0.113.7'],
  ['in IPv6 with a port', ['127.0.0.0/8'], '[2001:db8::7]:4711', '2001:db8::7'],
  ['not when it is no address', ['127.0.0.0/8'], 'unknown', '127.0.0.1'],
  ['not beyond what is no address', ['127.0.0.0/8'], '203.0.113.7, unknown', '127.0.0.1'],
])('believes X-Forwarded-For %s', async (_case, trustedProxies, forwarded, address) => {
  await using served = await serve({ listeners: [listener({ trustedProxies })] });
  const reply = await served.call('GET', WHERE, { headers: { 'x-forwarded-for': forwarded } });
  expect(reply.body.address).toBe(address);
});

it.each([
  [['127.0.0.1'], 'https', 'https://chat.test'],
  [['127.0.0.1'], 'gopher', 'http://chat.test'],
  [[], 'https', 'http://chat.test'],
])('with %j trusted, takes X-Forwarded-Proto %s for %s', async (trustedProxies, proto, origin) => {
  await using served = await serve({ listeners: [listener({ trustedProxies })] });
  const reply = await served.call('GET', WHERE, { headers: { 'x-forwarded-proto': proto, host: 'chat.test' } });
  expect(reply.body.origin).toBe(origin);
});

const MEDIA = '/_matrix/media/v3/thing';
const CLIENT_MEDIA = '/_matrix/client/v1/media/thing';
const CLIENT = '/_matrix/client/v3/for/optional';
const FEDERATION = '/_matrix/federation/v1/version';
const KEYS = '/_matrix/key/v2/server';
const WELL_KNOWN = '/.well-known/matrix/client';
const METRICS = '/_synapse/metrics';

it.each([
  [['client'], [CLIENT, MEDIA, CLIENT_MEDIA, WELL_KNOWN], [FEDERATION, KEYS, METRICS]],
  [['media'], [MEDIA, CLIENT_MEDIA], [CLIENT, FEDERATION, KEYS, WELL_KNOWN, METRICS]],
  [['federation'], [FEDERATION, KEYS], [CLIENT, MEDIA, WELL_KNOWN, METRICS]],
  [['keys'], [KEYS], [CLIENT, FEDERATION, MEDIA, METRICS]],
  [['metrics'], [METRICS], [CLIENT, FEDERATION, MEDIA, KEYS]],
  [['health'], [], [CLIENT, FEDERATION, MEDIA, KEYS, METRICS]],
] as const)('a listener with %j serves that and nothing else', async (resources, known, unknown) => {
  await using served = await serve({ listeners: [listener({ resources })] });
  const statuses = async (paths: readonly string[]) =>
    Promise.all(paths.map(async (path) => [path, (await served.call('GET', path)).status]));
  expect(await statuses([...known, '/health'])).toEqual([...known, '/health'].map((path) => [path, 200]));
  expect(await statuses(unknown)).toEqual(unknown.map((path) => [path, 404]));
});

it('serves several listeners and addresses at once', async () => {
  const listeners = [listener({ resources: ['client'] }), listener({ resources: ['federation'] })];
  const app = createApp({
    endpoints: sampleEndpoints,
    authenticate: byName,
    db: { durable: async () => undefined },
    log: silentLogger,
  });
  const open = await listen({ listeners, app, tls: undefined, log: silentLogger });
  expect(open.addresses.map(({ port }) => port > 0)).toEqual([true, true]);
  const statuses = await Promise.all(
    open.addresses.map(async ({ port }) => (await rawCall(port, 'GET', CLIENT)).status),
  );
  expect(statuses).toEqual([200, 404]);
  await open.close();
});

it('says which port is in use', async () => {
  await using served = await serve();
  await expect(serve({ listeners: [listener({ port: served.port })] })).rejects.toThrow(
    `port ${served.port} of 127.0.0.1 is in use by another program`,
  );
});

it('lets no address have more than its share of connections', async () => {
  await using served = await serve({ listen: { limits: { socketsPerAddress: 2 } } });
  const idle = [connect(served.port, '127.0.0.1'), connect(served.port, '127.0.0.1')];
  await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  await expect(served.call('GET', '/health')).rejects.toThrow();
  const closed = new Promise((resolve) => idle[0]?.once('close', resolve));
  idle[0]?.destroy();
  await closed;
  await expect.poll(() => served.call('GET', '/health').catch(() => undefined)).toMatchObject({ status: 200 });
  idle[1]?.destroy();
});

it('cuts off headers that do not arrive', async () => {
  await using served = await serve({ listen: { limits: { headers: 100 } } });
  const socket = connect(served.port, '127.0.0.1');
  socket.resume().write('GET /health HTTP/1.1\r\nhost: a\r\nx-slow: ');
  await new Promise((resolve) => socket.once('close', resolve));
});

it('refuses headers that are too large', async () => {
  await using served = await serve();
  const reply = await served.call('GET', '/health', { headers: { 'x-large': 'a'.repeat(40_000) } });
  expect(reply.status).toBe(431);
});

function waiting() {
  const started = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  let aborted = false;
  const endpoints = [
    endpoint({
      spec: '-',
      method: 'GET',
      path: '/_matrix/client/v3/poll',
      auth: 'none',
      async handle({ signal }) {
        started.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        aborted = true;
        return { polled: true };
      },
    }),
    endpoint({
      spec: '-',
      method: 'GET',
      path: '/_matrix/client/v3/work',
      auth: 'none',
      async handle() {
        started.resolve();
        await finish.promise;
        return { done: true };
      },
    }),
    endpoint({
      spec: '-',
      method: 'GET',
      path: '/_matrix/client/v3/throws',
      auth: 'none',
      async handle({ signal }) {
        started.resolve();
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    }),
  ];
  return { endpoints, started: started.promise, finish: finish.resolve, wasAborted: () => aborted };
}

it('ends long polls when it stops, and answers them', async () => {
  const { endpoints, started } = waiting();
  const served = await serve({ endpoints });
  const reply = served.call('GET', '/_matrix/client/v3/poll');
  await started;
  await served.close();
  expect(await reply).toMatchObject({ status: 200, body: { polled: true }, headers: { connection: 'close' } });
});

it('answers 503 to a long poll whose handler gives up when the server stops', async () => {
  const { endpoints, started } = waiting();
  const served = await serve({ endpoints });
  const reply = served.call('GET', '/_matrix/client/v3/throws');
  await started;
  await served.close();
  expect(await reply).toMatchObject({ status: 503, body: { errcode: 'M_UNKNOWN' } });
});

it('lets running requests finish when it stops, and takes no more', async () => {
  const { endpoints, started, finish } = waiting();
  const served = await serve({ endpoints });
  const reply = served.call('GET', '/_matrix/client/v3/work');
  await started;
  const closed = served.close();
  await expect(served.call('GET', '/health')).rejects.toThrow('ECONNREFUSED');
  finish();
  expect(await reply).toMatchObject({ status: 200, body: { done: true } });
  await closed;
});

it('cuts off what does not finish in time when it stops', async () => {
  const { endpoints, started, finish } = waiting();
  const served = await serve({ endpoints, listen: { limits: { drain: 50 } } });
  const reply = served.call('GET', '/_matrix/client/v3/work');
  const failed = expect(reply).rejects.toThrow();
  await started;
  await served.close();
  await failed;
  finish();
});

it('tells a handler that its client went away', async () => {
  const { endpoints, started, wasAborted } = waiting();
  await using served = await serve({ endpoints });
  const socket = connect(served.port, '127.0.0.1');
  socket.write('GET /_matrix/client/v3/poll HTTP/1.1\r\nhost: a\r\n\r\n');
  await started;
  socket.destroy();
  await expect.poll(wasAborted).toBe(true);
});

it('takes it for no error when a handler gives up because its client went away', async () => {
  const { endpoints, started } = waiting();
  const errors: string[] = [];
  const quiet = Promise.withResolvers<void>();
  const log = {
    ...silentLogger,
    error: (message: string) => errors.push(message),
    debug: (message: string) => message === 'a reply was cut short' && quiet.resolve(),
  };
  await using served = await serve({ endpoints, log });
  const socket = connect(served.port, '127.0.0.1');
  socket.write('GET /_matrix/client/v3/throws HTTP/1.1\r\nhost: a\r\n\r\n');
  await started;
  socket.destroy();
  await quiet.promise;
  expect(errors).toEqual([]);
});

it('serves TLS, and another certificate as soon as it is there', async () => {
  let current: SecureContextOptions = certificate('one');
  const next = certificate('two');
  let changed: (() => void) | undefined;
  const tls = {
    current: () => current,
    onChange: (then: () => void) => {
      changed = then;
      return () => undefined;
    },
  };
  await using served = await serve({ listeners: [listener({ tls: true })], listen: { tls } });
  expect(await subject(served.port)).toBe('one.test');
  current = next;
  changed?.();
  expect(await subject(served.port)).toBe('two.test');
});

it.each<[SecureVersion, boolean]>([
  ['TLSv1.1', false],
  ['TLSv1.2', true],
  ['TLSv1.3', true],
])('with %s, a handshake succeeds: %s', async (version, succeeds) => {
  const context = certificate('one');
  const tls = { current: () => context, onChange: () => () => undefined };
  await using served = await serve({ listeners: [listener({ tls: true })], listen: { tls } });
  const handshake = subject(served.port, version).then(
    () => true,
    () => false,
  );
  expect(await handshake).toBe(succeeds);
});

const certificate = (name: string) => ({
  cert: fixtureText(`tls/${name}.crt`),
  key: fixtureText(`tls/${name}.key`),
});

function subject(port: number, version?: SecureVersion): Promise<string> {
  const versions = version ? { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } : {};
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, checkServerIdentity, ...versions });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
  });
}
