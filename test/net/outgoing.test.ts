import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import { systemClock } from '../../src-main/base/clock.js';
import { AddressCheck } from '../../src-main/net/address-check.js';
import { Connections } from '../../src-main/net/connections.js';
import { Outgoing, type OutgoingRequest } from '../../src-main/net/outgoing.js';
import { Trust } from '../../src-main/net/trust.js';
import { DEFAULT_DENIED_RANGES } from '../../src-main/config/defaults.js';
import { TestDns } from '../support/test-dns.js';

const TRUST = new Trust({ authorities: [], minimumTls: '1.2', clock: systemClock, log: silentLogger });

/** A site of one answer, at `site.test`, and the way to it; `inner.test` is the same by an address that is denied. */
async function scene(answer: RequestListener) {
  const server: Server = createServer({ maxHeaderSize: 256 * 1024 }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const dns = new TestDns();
  dns.hosts.set('site.test', ['127.0.0.1']);
  dns.hosts.set('inner.test', ['10.0.0.1']);
  dns.hosts.set('half.test', ['10.0.0.1', '127.0.0.1']);
  const check = new AddressCheck(DEFAULT_DENIED_RANGES, ['127.0.0.1']);
  const connections = new Connections({ dns, check, trust: TRUST, mostPerPlace: 4 });
  const outgoing = new Outgoing({ connections, verifyCertificates: true });
  const stop = new AbortController();
  const running = connections.job.run(stop.signal);
  return {
    base: `http://site.test:${port}`,
    port,
    dns,
    fetch: (path: string, more: Partial<OutgoingRequest> = {}) =>
      outgoing.fetch({ url: new URL(path, `http://site.test:${port}`).href, ...more }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

describe('a request to a stranger', () => {
  it('brings back status, headers and body', async () => {
    const seen: unknown[] = [];
    await using it = await scene(({ method, url, headers }, response) => {
      seen.push([method, url, headers.host, headers['user-agent'], headers['x-own']]);
      response.writeHead(418, { 'X-Tea': 'green' }).end('short and stout');
    });
    const reply = await it.fetch('/pot?a=b', { headers: { 'x-own': '1' } });
    expect(reply).toMatchObject({ status: 418, headers: { 'x-tea': 'green' }, url: `${it.base}/pot?a=b` });
    expect(reply.body.toString()).toBe('short and stout');
    expect(seen).toEqual([['GET', '/pot?a=b', `site.test:${it.port}`, expect.stringMatching(/^Hearth\//), '1']]);
  });

  it('sends a body', async () => {
    await using it = await scene((request, response) => void request.pipe(response));
    const reply = await it.fetch('/', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'text/plain' } });
    expect(reply.body.toString()).toBe('{"a":1}');
  });

  it.each<[string, string]>([
    ['a denied address', 'http://10.0.0.1/'],
    ['a name of a denied address', 'http://inner.test/'],
    ['a denied address written otherwise', 'http://0x7f.0.0.2/'],
    ['a denied address as IPv6', 'http://[::ffff:10.0.0.1]/'],
    ['this host', 'http://0.0.0.0/'],
  ])('never goes to %s', async (_case, url) => {
    await using it = await scene((_request, response) => void response.end());
    await expect(it.fetch(url)).rejects.toMatchObject({ kind: 'denied' });
  });

  it('goes to the allowed one of several addresses of a name', async () => {
    await using it = await scene((_request, response) => void response.end('here'));
    expect((await it.fetch(`http://half.test:${it.port}/`)).body.toString()).toBe('here');
  });

  it.each(['file:///etc/passwd', 'ftp://site.test/', 'not an address'])('goes nowhere for %s', async (url) => {
    await using it = await scene((_request, response) => void response.end());
    await expect(it.fetch(url.includes(':') ? url : `data:${url}`)).rejects.toMatchObject({ kind: 'redirects' });
  });

  it('ends when the name is unknown, cannot be looked up, or nobody is there', async () => {
    await using it = await scene((_request, response) => void response.end());
    it.dns.broken.add('broken.test');
    await expect(it.fetch('http://unknown.test/')).rejects.toMatchObject({ kind: 'dns' });
    await expect(it.fetch('http://broken.test/')).rejects.toMatchObject({ kind: 'dns' });
    await expect(it.fetch('http://site.test:1/')).rejects.toMatchObject({ kind: 'connect' });
    await expect(it.fetch(`https://site.test:${it.port}/`)).rejects.toMatchObject({ kind: 'tls' });
  });
});

describe('a redirect', () => {
  const to = (location: string, status = 302) => ({ status, location });

  async function redirecting(routes: Record<string, { status: number; location: string }>) {
    const seen: string[] = [];
    const it = await scene((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
      const route = routes[request.url ?? ''];
      if (route) response.writeHead(route.status, { location: route.location }).end('moved');
      else response.end('there');
    });
    return { ...it, seen };
  }

  it('is an answer like others unless it is to be followed', async () => {
    await using it = await redirecting({ '/a': to('/b') });
    expect(await it.fetch('/a')).toMatchObject({ status: 302, headers: { location: '/b' } });
  });

  it('is followed as often as allowed', async () => {
    await using it = await redirecting({ '/a': to('/b'), '/b': to('c', 307), '/loop': to('/loop') });
    expect(await it.fetch('/a', { redirects: 2 })).toMatchObject({ status: 200, url: `${it.base}/c` });
    await expect(it.fetch('/a', { redirects: 1 })).rejects.toMatchObject({ kind: 'redirects' });
    await expect(it.fetch('/loop', { redirects: 5 })).rejects.toMatchObject({ kind: 'redirects' });
  });

  it.each([
    ['http://inner.test/', 'denied'],
    ['http://127.0.0.2/', 'denied'],
    ['file:///etc/passwd', 'redirects'],
    ['http://[', 'redirects'],
  ])('to %s is not followed', async (location, kind) => {
    await using it = await redirecting({ '/a': to(location) });
    await expect(it.fetch('/a', { redirects: 3 })).rejects.toMatchObject({ kind });
  });

  it.each([
    [303, 'GET'],
    [302, 'GET'],
    [301, 'GET'],
    [307, 'POST'],
    [308, 'POST'],
  ])('with %i turns a POST into a %s', async (status, method) => {
    await using it = await redirecting({ '/a': to('/b', status) });
    await it.fetch('/a', { method: 'POST', body: 'x', redirects: 1 });
    expect(it.seen).toEqual(['POST /a -', `${method} /b -`]);
  });

  it('takes no secrets to another place', async () => {
    const there = await redirecting({});
    await using _there = there;
    await using it = await redirecting({ '/a': to('/b'), '/b': to(`${there.base}/c`) });
    await it.fetch('/a', { redirects: 2, headers: { authorization: 'secret' } });
    expect(it.seen).toEqual(['GET /a secret', 'GET /b secret']);
    expect(there.seen).toEqual(['GET /c -']);
  });
});

describe('an answer', () => {
  it('that is larger than allowed is not read', async () => {
    await using it = await scene((_request, response) => void response.end('x'.repeat(1001)));
    await expect(it.fetch('/', { maxBytes: 1000 })).rejects.toMatchObject({ kind: 'too-large' });
    expect((await it.fetch('/', { maxBytes: 1001 })).body).toHaveLength(1001);
  });

  it('without an end is not read for ever', async () => {
    await using it = await scene((_request, response) => {
      const more = () => response.write('x'.repeat(10_000)) && setImmediate(more);
      response.on('drain', more);
      more();
    });
    await expect(it.fetch('/', { maxBytes: 1e6 })).rejects.toMatchObject({ kind: 'too-large' });
  });

  it.each<[string, RequestListener]>([
    ['does not come', () => undefined],
    ['stops half way', (_request, response) => void response.writeHead(200, { 'content-length': 100 }).write('half')],
    [
      'comes a byte at a time',
      (_request, response) => {
        const timer = setInterval(() => response.write('x'), 10);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('that %s is given up in time', async (_case, answer) => {
    await using it = await scene(answer);
    await expect(it.fetch('/', { timeout: 200 })).rejects.toMatchObject({ kind: 'timeout' });
  });

  it.each<[string, RequestListener, string]>([
    ['is broken off before it begins', (request) => void request.socket.destroy(), 'broken'],
    [
      'is broken off half way',
      (request, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('half');
        setImmediate(() => request.socket.destroy());
      },
      'broken',
    ],
    ['is no HTTP', (request) => void request.socket.end('SSH-2.0-OpenSSH\r\n\r\n'), 'broken'],
    [
      'has headers of 64 KiB',
      (_request, response) => void response.writeHead(200, { x: 'y'.repeat(65_536) }).end(),
      'too-large',
    ],
  ])('that %s is no answer', async (_case, answer, kind) => {
    await using it = await scene(answer);
    await expect(it.fetch('/', { timeout: 5000 })).rejects.toMatchObject({ kind });
  });

  it('is not waited for when nobody wants it any more', async () => {
    await using it = await scene(() => undefined);
    const stop = new AbortController();
    const asked = it.fetch('/', { signal: stop.signal });
    stop.abort(new Error('never mind'));
    await expect(asked).rejects.toThrow('never mind');
  });
});

describe('addresses', () => {
  const check = new AddressCheck(['10.0.0.0/8', '127.0.0.0/8', 'fc00::/7', '::1'], ['10.1.0.0/16', 'fd00::1']);

  it.each([
    ['192.0.2.1', true],
    ['10.0.0.1', false],
    ['10.1.2.3', true],
    ['0.0.0.0', false],
    ['::', false],
    ['::1', false],
    ['2001:db8::1', true],
    ['fd00::1', true],
    ['fd00::2', false],
    ['::ffff:10.0.0.1', false],
    ['::ffff:10.1.0.1', true],
    ['::ffff:7f00:1', false],
    ['64:ff9b::a00:1', false],
    ['2002:a00:1::', false],
    ['2002:c000:201::', true],
    ['nonsense', false],
    ['', false],
  ])('%s may be reached: %s', (address, isAllowed) => expect(check.isAllowed(address)).toBe(isAllowed));
});
