import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { viewRecords } from '../../src-main/net/dns-view.js';
import { isPublicAddress, ownAddresses } from '../../src-main/net/interfaces.js';
import { portUse } from '../../src-main/net/port-use.js';
import { TestDns } from '../support/test-dns.js';

const link = (address: string, internal = false) => ({
  address,
  family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
  internal,
  netmask: '',
  mac: '',
  cidr: null,
  scopeid: 0,
});

it.each([
  ['eth0', '192.168.1.5', 'private'],
  ['eth0', '10.3.2.1', 'private'],
  ['wwan0', '100.80.1.2', 'shared'],
  ['tailscale0', '100.80.1.2', 'tunnel'],
  ['eth0', '93.184.216.34', 'public'],
  ['eth0', '2a01:4f8:1::7', 'public'],
  ['eth0', 'fd00::7', 'private'],
])('knows what an address is good for: %s %s', (name, address, kind) => {
  expect(ownAddresses(() => ({ [name]: [link(address)] }))).toMatchObject([{ address, kind, link: name }]);
});

it.each([
  ['lo', '127.0.0.1', true],
  ['eth0', 'fe80::1', false],
  ['eth0', '169.254.1.1', false],
  ['docker0', '172.17.0.1', false],
])('leaves out what nobody else can use: %s %s', (name, address, internal) => {
  expect(ownAddresses(() => ({ [name]: [link(address, internal)] }))).toEqual([]);
});

it('tells addresses that everybody can reach from others', () => {
  expect(['93.184.216.34', '2a01:4f8::1'].every(isPublicAddress)).toBe(true);
  expect(['192.168.1.1', '100.64.0.1', 'fd00::1', '::ffff:10.0.0.1', 'nonsense'].some(isPublicAddress)).toBe(false);
});

it('knows who listens on a port', async () => {
  const server = createServer().listen(0);
  const { port } = server.address() as AddressInfo;
  const taken = await portUse(port);
  expect(taken).toMatchObject({ port, state: 'taken' });
  if (process.platform === 'linux') expect(taken.program).toMatch(/node|vitest/i);
  await new Promise((resolve) => server.close(resolve));
  expect(await portUse(port)).toMatchObject({ state: 'free', program: undefined });
});

const NAME = { serverName: 'family.test', host: 'family.test', v4: '93.184.216.34', v6: undefined };

it.each([
  ['nothing', [], 'missing', 'not-needed'],
  ['what should be', ['93.184.216.34'], 'ok', 'not-needed'],
  ['another address', ['93.184.216.99'], 'other', 'not-needed'],
  ['one too many', ['93.184.216.34', '93.184.216.99'], 'other', 'not-needed'],
  ['an IPv6 address that nobody asked for', ['93.184.216.34', '2a01:4f8::1'], 'ok', 'there'],
])('compares what a name says with what it should say: %s', async (_case, found, a, aaaa) => {
  const dns = new TestDns();
  dns.hosts.set('family.test', found);
  const [first, second] = await viewRecords(dns, NAME);
  expect([first?.state, second?.state]).toEqual([a, aaaa]);
});

it('takes any address where it cannot know the right one', async () => {
  const dns = new TestDns();
  const unknown = { ...NAME, v4: undefined };
  expect((await viewRecords(dns, unknown))[0]?.state).toBe('missing');
  dns.hosts.set('family.test', ['93.184.216.99']);
  expect((await viewRecords(dns, unknown))[0]?.state).toBe('there');
});

it('finds service records that lead elsewhere, and says when a name cannot be looked up', async () => {
  const dns = new TestDns();
  dns.services.set('_matrix._tcp.family.test', [{ target: 'old.test', port: 8448 }]);
  dns.broken.add('family.test');
  const records = await viewRecords(dns, NAME);
  expect(records.map(({ type, state }) => `${type} ${state}`)).toEqual([
    'A failed',
    'AAAA failed',
    'SRV not-needed',
    'SRV unwanted',
  ]);
  expect(records[3]?.found).toEqual(['0 1 8448 old.test']);
});
