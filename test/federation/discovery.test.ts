import { writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Caches } from '../../src-main/base/caches.js';
import { Discovery } from '../../src-main/matrix/servers/discovery.js';
import { ServerWellKnown } from '../../src-main/matrix/servers/server-well-known.js';
import { srvOrder } from '../../src-main/matrix/servers/srv-order.js';
import { OutgoingError, type OutgoingReply, type OutgoingRequest } from '../../src-main/net/outgoing.js';
import { TestAuthority } from '../support/authority.js';
import { FakeClock } from '../support/fake-clock.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import { temporaryFolder } from '../support/fixtures.js';
import type { TestHomeserver } from '../support/homeserver.js';
import { TestDns } from '../support/test-dns.js';

const HOUR = 3600_000;
const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

interface Site {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  error?: OutgoingError;
}

/** Discovery with a web and a domain name system of its own; unknown sites refuse the connection. */
function scene(config: { verifyCertificates?: boolean; unverifiedDomains?: string[] } = {}) {
  const clock = new FakeClock();
  const dns = new TestDns();
  const sites = new Map<string, Site>();
  const asked: string[] = [];
  const outgoing = {
    async fetch({ url }: OutgoingRequest): Promise<OutgoingReply> {
      asked.push(url);
      const site = sites.get(new URL(url).host);
      if (!site || site.error) throw site?.error ?? new OutgoingError('connect', 'nobody is there');
      const { status = 200, headers = {}, body = '' } = site;
      return { status, headers, body: Buffer.from(body), url };
    },
  };
  const wellKnown = new ServerWellKnown({ outgoing, caches: new Caches(1e6), clock });
  const discovery = new Discovery({
    wellKnown,
    dns,
    config: { verifyCertificates: true, unverifiedDomains: [], ...config },
  });
  const delegate = (host: string, to: string, headers: Record<string, string> = {}) =>
    sites.set(host, { body: JSON.stringify({ 'm.server': to }), headers });
  const route = async (server: string) => {
    const { hostHeader, places } = await discovery.find(server);
    return `${hostHeader} ${places.map(({ host, port, tls }) => `${host}:${port}/${tls?.name}`).join(' ')}`;
  };
  return { clock, dns, sites, asked, discovery, delegate, route };
}

describe('the way to a server', () => {
  it.each([
    ['an IPv4 address', '192.0.2.1', '192.0.2.1 192.0.2.1:8448/192.0.2.1'],
    ['an IPv4 address and port', '192.0.2.1:1234', '192.0.2.1:1234 192.0.2.1:1234/192.0.2.1'],
    ['an IPv6 address', '[2001:db8::1]', '[2001:db8::1] 2001:db8::1:8448/2001:db8::1'],
    ['an IPv6 address and port', '[2001:db8::1]:1234', '[2001:db8::1]:1234 2001:db8::1:1234/2001:db8::1'],
    ['a name and port', 'hs.test:1234', 'hs.test:1234 hs.test:1234/hs.test'],
  ])('is what %s says, without asking anybody', async (_case, server, expected) => {
    const it = scene();
    expect(await it.route(server)).toBe(expected);
    expect([...it.asked, ...it.dns.asked]).toEqual([]);
  });

  it.each([
    ['an address', '192.0.2.1', '192.0.2.1 192.0.2.1:8448/192.0.2.1'],
    ['an address and port', '[2001:db8::1]:443', '[2001:db8::1]:443 2001:db8::1:443/2001:db8::1'],
    ['a name and port', 'matrix.hs.test:443', 'matrix.hs.test:443 matrix.hs.test:443/matrix.hs.test'],
    ['a name with services', 'srv.test', 'srv.test a.test:1/srv.test'],
    ['a name with a service of old', 'old.test', 'old.test b.test:2/old.test'],
    ['a name alone', 'plain.test', 'plain.test plain.test:8448/plain.test'],
  ])('leads on when .well-known names %s', async (_case, delegated, expected) => {
    const it = scene();
    it.delegate('hs.test', delegated);
    it.dns.services.set('_matrix-fed._tcp.srv.test', [{ target: 'a.test', port: 1 }]);
    it.dns.services.set('_matrix._tcp.old.test', [{ target: 'b.test', port: 2 }]);
    it.dns.services.set('_matrix-fed._tcp.hs.test', [{ target: 'wrong.test', port: 3 }]);
    expect(await it.route('hs.test')).toBe(expected);
  });

  it('is what the services of the name say without .well-known, the newer before the older', async () => {
    const it = scene();
    it.dns.services.set('_matrix._tcp.hs.test', [{ target: 'old.test', port: 1 }]);
    expect(await it.route('hs.test')).toBe('hs.test old.test:1/hs.test');
    it.dns.services.set('_matrix-fed._tcp.hs.test', [
      { target: 'second.test', port: 3, priority: 20 },
      { target: 'first.test', port: 2, priority: 10 },
    ]);
    expect(await it.route('hs.test')).toBe('hs.test first.test:2/hs.test second.test:3/hs.test');
  });

  it('is port 8448 of the name when nothing else is said', async () => {
    const it = scene();
    expect(await it.route('hs.test')).toBe('hs.test hs.test:8448/hs.test');
    it.dns.services.set('_matrix-fed._tcp.hs.test', [{ target: '.', port: 0 }]);
    expect(await it.route('hs.test')).toBe('hs.test hs.test:8448/hs.test');
  });

  it('is not guessed when the name cannot be looked up', async () => {
    const it = scene();
    it.dns.broken.add('_matrix-fed._tcp.hs.test');
    await expect(it.route('hs.test')).rejects.toMatchObject({ kind: 'dns' });
    await expect(it.route('no server')).rejects.toMatchObject({ kind: 'dns' });
  });

  it('asks for no proof of a name where the configuration says so', async () => {
    const proved = async (it: ReturnType<typeof scene>, server: string) =>
      (await it.discovery.find(server)).places.map(({ tls }) => tls?.isVerified);
    const it = scene({ unverifiedDomains: ['*.lan', 'hs.test'] });
    expect(await proved(it, 'HS.test:1')).toEqual([false]);
    expect(await proved(it, 'a.b.lan')).toEqual([false]);
    expect(await proved(it, 'lan.test')).toEqual([true]);
    expect(await proved(scene({ verifyCertificates: false }), 'lan.test')).toEqual([false]);
  });
});

describe('.well-known', () => {
  const delegated = 'there.test:1 there.test:1/there.test';
  const plain = 'hs.test hs.test:8448/hs.test';

  it.each<[string, Record<string, string>, number]>([
    ['a day when it says nothing', {}, 24 * HOUR],
    ['as long as it says', { 'cache-control': 'public, max-age=7200' }, 2 * HOUR],
    ['until it expires', { expires: new Date(new FakeClock().now() + 3 * HOUR).toUTCString() }, 3 * HOUR],
    ['two days at most', { 'cache-control': 'max-age=999999999' }, 48 * HOUR],
    ['five minutes at least', { 'cache-control': 'no-store' }, HOUR / 12],
    ['by max-age rather than by the day it expires', { 'cache-control': 'max-age=7200', expires: '0' }, 2 * HOUR],
  ])('is believed %s', async (_case, headers, kept) => {
    const it = scene();
    it.delegate('hs.test', 'there.test:1', headers);
    await it.route('hs.test');
    it.clock.advance(kept - 1);
    expect(await it.route('HS.test')).toBe(delegated);
    expect(it.asked).toHaveLength(1);
    it.clock.advance(2);
    await it.route('hs.test');
    expect(it.asked).toHaveLength(2);
  });

  it('is asked for once by all who want it at the same time', async () => {
    const it = scene();
    it.delegate('hs.test', 'there.test:1');
    expect(await Promise.all([it.route('hs.test'), it.route('hs.test')])).toEqual([delegated, delegated]);
    expect(it.asked).toEqual(['https://hs.test/.well-known/matrix/server']);
  });

  it.each<[string, Site]>([
    ['is not there', { status: 404 }],
    ['is no JSON', { body: '<html>' }],
    ['is no object', { body: '"there.test:1"' }],
    ['names nothing', { body: '{}' }],
    ['names something else than a server', { body: '{"m.server":"https://there.test"}' }],
    ['is too large', { error: new OutgoingError('too-large', 'more than that') }],
    ['leads in circles', { error: new OutgoingError('redirects', 'more than 5 redirects') }],
  ])('that %s says nothing, for an hour', async (_case, site) => {
    const it = scene();
    it.sites.set('hs.test', site);
    expect(await it.route('hs.test')).toBe(plain);
    it.delegate('hs.test', 'there.test:1');
    it.clock.advance(HOUR - 1);
    expect(await it.route('hs.test')).toBe(plain);
    it.clock.advance(2);
    expect(await it.route('hs.test')).toBe(delegated);
  });

  it.each<[string, Site]>([
    ['cannot be asked for', { error: new OutgoingError('timeout', 'too slow') }],
    ['is out of order', { status: 502 }],
  ])('that %s goes on as it was, and is tried again soon', async (_case, site) => {
    const it = scene();
    it.sites.set('hs.test', site);
    expect(await it.route('hs.test')).toBe(plain);
    it.clock.advance(121_000);
    it.delegate('hs.test', 'there.test:1', { 'cache-control': 'max-age=600' });
    expect(await it.route('hs.test')).toBe(delegated);
    it.clock.advance(601_000);
    it.sites.set('hs.test', site);
    expect(await it.route('hs.test')).toBe(delegated);
    it.clock.advance(48 * HOUR);
    expect(await it.route('hs.test')).toBe(plain);
  });
});

describe('servers of a service', () => {
  const record = (target: string, priority: number, weight: number) => ({ target, port: 1, priority, weight });

  it('come by priority, and among equals by lot', () => {
    const records = [record('c', 2, 0), record('a', 1, 1), record('b', 1, 3)];
    const order = (random: number) => srvOrder(records, () => random).map(({ target }) => target);
    expect(order(0)).toEqual(['a', 'b', 'c']);
    expect(order(0.99)).toEqual(['b', 'a', 'c']);
  });

  it('come first as often as their weight says', () => {
    const firsts = Array.from({ length: 2000 }, () => srvOrder([record('a', 1, 90), record('b', 1, 10)])[0]?.target);
    const share = firsts.filter((target) => target === 'a').length / firsts.length;
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(0.97);
  });

  it('without weight have a chance as well', () => {
    const firsts = Array.from({ length: 500 }, () => srvOrder([record('a', 1, 0), record('b', 1, 0)])[0]?.target);
    expect(new Set(firsts).size).toBeGreaterThan(0);
    expect(srvOrder([record('a', 1, 0), record('b', 1, 0)])).toHaveLength(2);
  });
});

describe('a connection', () => {
  const ask = ({ servers: [one] }: TestFederation, destination: string) =>
    (one as TestHomeserver).homeserver.servers.requests.json({
      destination,
      method: 'GET',
      path: '/_matrix/federation/v1/version',
      evenIfDown: true,
    });

  it('is made to the target, with the name of the server in Host header, SNI and certificate', async () => {
    await using federation = await startFederation(['hs1.test']);
    const fake = await federation.fakeServer('fake.test');
    expect(await ask(federation, 'fake.test')).toBeDefined();
    expect(fake.requests[0]).toMatchObject({ servername: 'fake.test', headers: { host: 'fake.test' } });
    const port = String(fake.port);
    federation.dns.hosts.set('fake.test', ['127.0.0.1']);
    expect(await ask(federation, `fake.test:${port}`)).toBeDefined();
    expect(fake.requests[1]).toMatchObject({ servername: 'fake.test', headers: { host: `fake.test:${port}` } });
  });

  it('is made to an address by its own certificate, without SNI', async () => {
    await using federation = await startFederation(['hs1.test']);
    const fake = await federation.fakeServer('127.0.0.1', ['127.0.0.1']);
    expect(await ask(federation, `127.0.0.1:${fake.port}`)).toBeDefined();
    expect(fake.requests[0]?.headers.host).toBe(`127.0.0.1:${fake.port}`);
    expect(fake.requests[0]?.servername).toBeFalsy();
  });

  it.runIf(hasIPv6)('is made over IPv6, to an address and to a name', async () => {
    await using federation = await startFederation(['hs1.test']);
    const fake = await federation.fakeServer('six.test', ['::1', 'six.test'], '::1');
    federation.dns.hosts.set('six.test', ['::1']);
    for (const destination of [`[::1]:${fake.port}`, `six.test:${fake.port}`]) {
      expect(await ask(federation, destination)).toBeDefined();
      expect(fake.requests.at(-1)?.headers.host).toBe(destination);
    }
  });

  it('is tried with the next target when one is not there', async () => {
    await using federation = await startFederation(['hs1.test']);
    const fake = await federation.fakeServer('fake.test');
    federation.dns.services.set('_matrix-fed._tcp.fake.test', [
      { target: 'nowhere.test', port: 1, priority: 1 },
      { target: 'fakes.test', port: 1, priority: 2 },
      { target: 'fakes.test', port: fake.port, priority: 3 },
    ]);
    expect(await ask(federation, 'fake.test')).toBeDefined();
  });

  it('is tried with the other family when one does not answer', async () => {
    await using federation = await startFederation(['hs1.test']);
    const fake = await federation.fakeServer('fake.test');
    federation.dns.hosts.set('fakes.test', ['::1', '127.0.0.1']);
    expect(await ask(federation, 'fake.test')).toBeDefined();
    expect(fake.requests).toHaveLength(1);
  });

  it.each<[string, string[], RegExp]>([
    ['a certificate for another name', ['other.test'], /ERR_TLS_CERT_ALTNAME_INVALID/],
    ['a certificate for the target', ['fakes.test'], /ERR_TLS_CERT_ALTNAME_INVALID/],
  ])('is given up for %s', async (_case, names, why) => {
    await using federation = await startFederation(['hs1.test']);
    await federation.fakeServer('fake.test', names);
    await expect(ask(federation, 'fake.test')).rejects.toMatchObject({
      kind: 'unreachable',
      why: expect.stringMatching(why),
    });
  });

  it('is given up for an authority that is not trusted, until the file of authorities names it', async () => {
    using folder = temporaryFolder();
    const clock = new FakeClock();
    const path = join(folder.path, 'authorities.pem');
    writeFileSync(path, new TestAuthority('Another one').certificate);
    await using federation = await startFederation(['hs1.test'], {
      clock,
      config: { federation: { customCaPaths: [path] } },
    });
    await federation.fakeServer('fake.test');
    await expect(ask(federation, 'fake.test')).rejects.toMatchObject({
      why: expect.stringMatching(/no TLS that is trusted/),
    });
    writeFileSync(path, federation.authority.certificate);
    clock.advance(10_000);
    expect(await ask(federation, 'fake.test')).toBeDefined();
  });

  it('is made to anybody where certificates are not checked', async () => {
    const federationConfig = { verifyCertificates: false, customCaPaths: [] };
    await using federation = await startFederation(['hs1.test'], { config: { federation: federationConfig } });
    await federation.fakeServer('fake.test', ['other.test']);
    expect(await ask(federation, 'fake.test')).toBeDefined();
  });

  it('is not made below the least version of TLS', async () => {
    await using federation = await startFederation(['hs1.test'], { config: { federation: { minimumTls: '1.3' } } });
    const { certificate, privateKey } = federation.authority.issue(['old.test']);
    const old = createTlsServer({ cert: certificate, key: privateKey, maxVersion: 'TLSv1.2' }, (_request, response) =>
      response.end('{}'),
    );
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    federation.dns.hosts.set('old.test', ['127.0.0.1']);
    const { port } = old.address() as AddressInfo;
    await expect(ask(federation, `old.test:${port}`)).rejects.toMatchObject({ kind: 'unreachable' });
    old.close();
  });

  it('is not made to a denied address, however the name leads there', async () => {
    await using federation = await startFederation(['hs1.test'], { config: { federation: { allowedRanges: [] } } });
    const fake = await federation.fakeServer('fake.test');
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1', '0.0.0.0']) {
      federation.dns.hosts.set('fakes.test', [address]);
      await expect(ask(federation, 'fake.test')).rejects.toMatchObject({
        why: expect.stringMatching(/may not be reached/),
      });
    }
    await expect(ask(federation, `127.0.0.1:${fake.port}`)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(fake.requests).toEqual([]);
  });

  it('serves many requests, and is made anew when the other side closed it meanwhile', async () => {
    await using federation = await startFederation(['hs1.test']);
    const fake = await federation.fakeServer('fake.test');
    for (let i = 0; i < 5; i += 1) await ask(federation, 'fake.test');
    // A connection is free again a moment after its answer, so that two take turns.
    const before = portsOf(fake);
    expect(before.size).toBeLessThanOrEqual(2);
    fake.dropConnections();
    await ask(federation, 'fake.test');
    expect(before.has(fake.requests.at(-1)?.message.socket.remotePort)).toBe(false);
  });
});

const portsOf = ({ requests }: FakeServer) => new Set(requests.map(({ message }) => message.socket.remotePort));
