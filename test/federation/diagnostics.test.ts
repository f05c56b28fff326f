import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FindServer } from '../../src-main/matrix/diagnostics/find-server.js';
import type { Diagnosis, Step, StepName } from '../../src-main/matrix/diagnostics/index.js';
import { printable } from '../../src-main/matrix/diagnostics/steps.js';
import { OutgoingError } from '../../src-main/net/outgoing.js';
import { TestAuthority } from '../support/authority.js';
import { FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import { TestDns } from '../support/test-dns.js';

let federation: TestFederation;
let silent: Server;

beforeAll(async () => {
  federation = await startFederation(['hs1.test', 'hs2.test']);
  silent = createServer().listen(0, '127.0.0.1');
});

afterAll(async () => {
  silent?.close();
  await federation?.stop();
});

const diagnose = (server: string, onStep?: (step: Step) => void): Promise<Diagnosis> =>
  federation.server('hs1.test').homeserver.diagnostics.diagnose(server, onStep ? { onStep } : {});

const stepOf = ({ steps }: Diagnosis, name: StepName) => steps.find((step) => step.name === name);

/** Where a name leads, by its service. */
const lead = (name: string, port: number, target = '127.0.0.1') => {
  federation.dns.services.set(`_matrix-fed._tcp.${name}`, [{ target: 'fakes.test', port }]);
  federation.dns.hosts.set('fakes.test', [target]);
};

describe('a diagnosis', () => {
  it('finds nothing wrong with a server that is well, and tells each step as it is known', async () => {
    const told: string[] = [];
    const diagnosis = await diagnose('hs2.test', ({ name, state }) => told.push(`${name} ${state}`));
    expect(told).toEqual([
      'name ok',
      'well-known not-applicable',
      'srv ok',
      'addresses ok',
      'connection ok',
      'certificate ok',
      'version ok',
      'keys ok',
      'clock ok',
    ]);
    expect(diagnosis).toMatchObject({ serverName: 'hs2.test', isOwn: false, outcome: 'ok' });
    expect(stepOf(diagnosis, 'addresses')?.found).toBe('127.0.0.1');
    expect(stepOf(diagnosis, 'version')?.found).toMatch(/^Hearth /);
    expect(stepOf(diagnosis, 'certificate')?.evidence).toContain('names: hs2.test');
  });

  it.each(['', 'no server', 'a_b.test', 'hs.test:99999'])('refuses the name %j', async (name) => {
    const { steps, outcome } = await diagnose(name);
    expect(steps[0]).toMatchObject({ name: 'name', state: 'error', code: 'NAME_GRAMMAR' });
    expect(steps.slice(1).every(({ code }) => code === 'EARLIER_STEP')).toBe(true);
    expect(outcome).toBe('error');
  });

  it('says that a server is down, and what could not be looked at because of it', async () => {
    const gone = await federation.fakeServer('down.test');
    await gone.stop();
    const diagnosis = await diagnose('down.test');
    expect(stepOf(diagnosis, 'connection')).toMatchObject({ state: 'error', code: 'CONNECT_REFUSED' });
    expect(stepOf(diagnosis, 'connection')?.evidence[0]).toMatch(/^127\.0\.0\.1:\d+: ECONNREFUSED$/);
    expect(stepOf(diagnosis, 'certificate')).toMatchObject({ state: 'waiting', code: 'EARLIER_STEP' });
  });

  it('does not wait for ever for a server that takes connections and says nothing', async () => {
    lead('silent.test', (silent.address() as AddressInfo).port);
    const diagnosis = await diagnose('silent.test');
    expect(stepOf(diagnosis, 'connection')?.state).toBe('ok');
    expect(stepOf(diagnosis, 'certificate')).toMatchObject({ state: 'error', code: 'TLS_HANDSHAKE' });
    expect(stepOf(diagnosis, 'certificate')?.evidence).toContain('verification: TIMEOUT');
  }, 15_000);

  it('tells whose certificate it is where it is the wrong one', async () => {
    await federation.fakeServer('wrongname.test', ['www.other.test']);
    const diagnosis = await diagnose('wrongname.test');
    expect(stepOf(diagnosis, 'certificate')).toMatchObject({
      state: 'error',
      code: 'TLS_NAME',
      fields: { name: 'wrongname.test', names: 'www.other.test' },
    });
    expect(stepOf(diagnosis, 'version')?.code).toBe('EARLIER_STEP');
  });

  it('tells that nobody it trusts vouches for a certificate', async () => {
    const stranger = await FakeServer.start('untrusted.test', new TestAuthority('Somebody'));
    lead('untrusted.test', stranger.port);
    expect(stepOf(await diagnose('untrusted.test'), 'certificate')?.code).toBe('TLS_CHAIN');
    await stranger.stop();
  });

  it('tells that a name has no address, or cannot be looked up', async () => {
    expect(stepOf(await diagnose('nowhere.test'), 'addresses')).toMatchObject({
      state: 'error',
      code: 'ADDRESSES_NONE',
      fields: { host: 'nowhere.test' },
    });
    federation.dns.broken.add('_matrix-fed._tcp.broken.test');
    expect(stepOf(await diagnose('broken.test'), 'srv')).toMatchObject({ state: 'error', code: 'SRV_FAILED' });
  });

  it('never goes to an address that may not be reached', async () => {
    federation.dns.hosts.set('inside.test', ['192.168.7.7']);
    const diagnosis = await diagnose('inside.test');
    expect(stepOf(diagnosis, 'addresses')).toMatchObject({ code: 'ADDRESSES_DENIED', found: '192.168.7.7' });
    expect(stepOf(diagnosis, 'connection')?.code).toBe('EARLIER_STEP');
    federation.dns.hosts.set('hs1.test', ['192.168.7.8']);
    const own = await diagnose('hs1.test');
    expect(own).toMatchObject({ isOwn: true, outcome: 'warning' });
    expect(stepOf(own, 'addresses')).toMatchObject({ state: 'could-not-check', code: 'ADDRESSES_LOCAL' });
  });

  it('knows its own server by its key, and tells when another one is at its name', async () => {
    const { addresses } = federation.server('hs1.test');
    lead('hs1.test', addresses.find(({ tls }) => tls)?.port ?? 0);
    expect(await diagnose('hs1.test')).toMatchObject({ isOwn: true, outcome: 'ok' });
    const other = await federation.fakeServer('hs1.test');
    expect(stepOf(await diagnose('hs1.test'), 'keys')?.code).toBe('KEYS_NOT_OURS');
    await other.stop();
  });

  it.each([
    ['says it is another', { server_name: 'evil.test' }, 'KEYS_OTHER_NAME'],
    ['gives keys that are no longer good', { valid_until_ts: 1 }, 'KEYS_EXPIRED'],
    ['gives no keys', { verify_keys: {} }, 'KEYS_INVALID'],
  ])('tells that a server %s', async (_case, answer, code) => {
    const fake = await federation.fakeServer('keys.test');
    fake.on('GET', '/_matrix/key/v2/server', () => ({
      body: fake.sign({ ...fake.ownKeys(), ...answer }),
      isWrong: true,
    }));
    expect(stepOf(await diagnose('keys.test'), 'keys')).toMatchObject({ state: 'error', code });
  });

  it.each([
    ['a page instead', { status: 404, body: '<h1>nginx</h1>' }, 'VERSION_STATUS'],
    ['something else', { body: '<h1>hi</h1>' }, 'VERSION_INVALID'],
  ])('tells that what is before a server answers %s', async (_case, answer, code) => {
    const fake = await federation.fakeServer('proxy.test');
    fake.on('GET', '/_matrix/federation/v1/version', answer);
    expect(stepOf(await diagnose('proxy.test'), 'version')).toMatchObject({ state: 'error', code });
  });

  it.each([
    [20_000, 'warning', 'CLOCK_AHEAD'],
    [-20_000, 'warning', 'CLOCK_BEHIND'],
    [900_000, 'error', 'CLOCK_AHEAD'],
  ])('tells that a clock is %i ms off', async (off, state, code) => {
    const fake = await federation.fakeServer('clock.test');
    const version = { server: { name: 'Fake', version: '1' } };
    fake.on('GET', '/_matrix/federation/v1/version', () => ({
      body: version,
      headers: { date: new Date(Date.now() + off).toUTCString() },
    }));
    expect(stepOf(await diagnose('clock.test'), 'clock')).toMatchObject({ state, code });
  });

  it('ends when nobody wants to know any more', async () => {
    const { diagnostics } = federation.server('hs1.test').homeserver;
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(diagnostics.diagnose('hs2.test', { signal })).rejects.toThrow('enough');
  });
});

describe('the look at .well-known', () => {
  const look = async (site: { status?: number; body?: string } | OutgoingError, server = 'hs.test') => {
    const outgoing = {
      async fetch({ url }: { url: string }) {
        if (site instanceof OutgoingError) throw site;
        return { status: site.status ?? 200, headers: {}, body: Buffer.from(site.body ?? ''), url };
      },
    };
    const config = { verifyCertificates: true, unverifiedDomains: [] };
    const deps = { dns: new TestDns(), outgoing, probe: { isAllowed: () => true }, config, allowed: () => undefined };
    const find = new FindServer(deps);
    return (await find.wellKnown(server, new AbortController().signal)).finding;
  };

  it.each([
    ['a delegation', { body: '{"m.server":"matrix.hs.test:443"}' }, 'ok', undefined],
    ['no such file', { status: 404 }, 'not-applicable', 'WELL_KNOWN_NONE'],
    ['a guard', { status: 403 }, 'warning', 'WELL_KNOWN_STATUS'],
    ['a page', { body: '<html>' }, 'warning', 'WELL_KNOWN_INVALID'],
    ['a name that is none', { body: '{"m.server":"https://matrix.hs.test"}' }, 'warning', 'WELL_KNOWN_INVALID'],
    ['no site', new OutgoingError('connect', 'nobody'), 'not-applicable', 'WELL_KNOWN_NO_SITE'],
    ['a wrong certificate', new OutgoingError('tls', 'no TLS that is trusted'), 'warning', 'WELL_KNOWN_TLS'],
    ['a site that hangs', new OutgoingError('timeout', 'too long'), 'warning', 'WELL_KNOWN_TIMEOUT'],
    ['circles', new OutgoingError('redirects', 'more than 5'), 'warning', 'WELL_KNOWN_FAILED'],
  ])('tells of %s', async (_case, site, state, code) => {
    const finding = await look(site);
    expect([finding.state, finding.code]).toEqual([state, code]);
  });

  it.each(['hs.test:8448', '192.0.2.1', '[::1]'])('is not needed for %s', async (server) => {
    expect(await look({}, server)).toMatchObject({ state: 'not-applicable', code: 'NOT_NEEDED' });
  });
});

it('takes out what plays tricks, and shortens', () => {
  expect(printable('a\u001B[31mb\u202Ec\n')).toBe('a [31mb c ');
  expect(printable('x'.repeat(10_000)).length).toBe(301);
});
