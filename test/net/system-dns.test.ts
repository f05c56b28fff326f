import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Caches } from '../../src-main/base/caches.js';
import { DnsError } from '../../src-main/net/dns.js';
import { HostsFile } from '../../src-main/net/hosts-file.js';
import { SystemDns } from '../../src-main/net/system-dns.js';
import { TestDnsServer } from '../support/dns-server.js';
import { FakeClock } from '../support/fake-clock.js';
import { temporaryFolder } from '../support/fixtures.js';

async function scene(hosts = '') {
  const folder = temporaryFolder();
  const file = join(folder.path, 'hosts');
  writeFileSync(file, hosts);
  const server = await TestDnsServer.start();
  const clock = new FakeClock();
  const dns = new SystemDns({
    caches: new Caches(1e6),
    clock,
    hosts: new HostsFile(clock, file),
    nameServers: [server.address],
  });
  return {
    clock,
    dns,
    server,
    file,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

it('asks for addresses of both families, and keeps them for as long as they say', async () => {
  await using it = await scene();
  it.server.add('hs.test', 'A', '192.0.2.1', 100).add('hs.test', 'AAAA', '2001:db8:0:0:0:0:0:1', 300);
  const both = [
    { address: '2001:db8::1', family: 6 },
    { address: '192.0.2.1', family: 4 },
  ];
  expect(await it.dns.addresses('hs.test')).toMatchObject(both);
  it.clock.advance(99_000);
  expect(await it.dns.addresses('HS.test')).toMatchObject(both);
  expect(it.server.asked.toSorted()).toEqual(['A hs.test', 'AAAA hs.test']);
  it.clock.advance(2000);
  await it.dns.addresses('hs.test');
  expect(it.server.asked).toHaveLength(4);
});

it.each([
  [0, 10_000],
  [1_000_000, 600_000],
])('keeps addresses that say %i seconds for %i ms', async (ttl, kept) => {
  await using it = await scene();
  it.server.add('hs.test', 'A', '192.0.2.1', ttl);
  await it.dns.addresses('hs.test');
  it.clock.advance(kept - 1);
  await it.dns.addresses('hs.test');
  expect(it.server.asked).toHaveLength(2);
  it.clock.advance(2);
  await it.dns.addresses('hs.test');
  expect(it.server.asked).toHaveLength(4);
});

it('asks once for all who want to know at the same time', async () => {
  await using it = await scene();
  it.server.add('hs.test', 'A', '192.0.2.1');
  await Promise.all(Array.from({ length: 20 }, () => it.dns.addresses('hs.test')));
  expect(it.server.asked).toHaveLength(2);
});

it('knows services', async () => {
  await using it = await scene();
  it.server
    .add('_matrix-fed._tcp.hs.test', 'SRV', '10 5 8448 a.test')
    .add('_matrix-fed._tcp.hs.test', 'SRV', '20 0 443 b.test');
  const found = await it.dns.srv('_matrix-fed._tcp.hs.test');
  expect(found.toSorted((a, b) => a.priority - b.priority)).toEqual([
    { priority: 10, weight: 5, port: 8448, target: 'a.test' },
    { priority: 20, weight: 0, port: 443, target: 'b.test' },
  ]);
  await it.dns.srv('_matrix-fed._tcp.hs.test');
  expect(it.server.asked).toHaveLength(1);
});

it('says that there is nothing, which is no failure and not asked again for a minute', async () => {
  await using it = await scene();
  it.server.add('hs.test', 'A', '192.0.2.1');
  expect(await it.dns.addresses('nowhere.test')).toEqual([]);
  expect(await it.dns.srv('nowhere.test')).toEqual([]);
  expect(await it.dns.srv('hs.test')).toEqual([]);
  const { length } = it.server.asked;
  await it.dns.addresses('nowhere.test');
  expect(it.server.asked).toHaveLength(length);
});

it('says what fails, and asks again then', async () => {
  await using it = await scene();
  it.server.break('hs.test');
  await expect(it.dns.addresses('hs.test')).rejects.toThrow(DnsError);
  await expect(it.dns.srv('hs.test')).rejects.toThrow('the name hs.test could not be looked up');
});

it('takes what is no name for one that is not there', async () => {
  await using it = await scene();
  expect(await it.dns.addresses(`${'a'.repeat(70)}.test`)).toEqual([]);
  expect(await it.dns.addresses('..')).toEqual([]);
});

it('knows the names in the file of this machine without asking anybody, and sees when it changes', async () => {
  await using it = await scene('# own names\n10.0.0.1 hs.lan HS.test # ours\nfd00::1 hs.lan\nnonsense hs.lan\n');
  expect(await it.dns.addresses('HS.lan')).toEqual([
    { address: '10.0.0.1', family: 4 },
    { address: 'fd00::1', family: 6 },
  ]);
  expect(await it.dns.addresses('hs.test')).toEqual([{ address: '10.0.0.1', family: 4 }]);
  expect(await it.dns.addresses('localhost')).toMatchObject([{ address: '127.0.0.1' }, { address: '::1' }]);
  writeFileSync(it.file, '10.0.0.22 hs.lan\n');
  it.clock.advance(6000);
  expect(await it.dns.addresses('hs.lan')).toEqual([{ address: '10.0.0.22', family: 4 }]);
  expect(it.server.asked).toEqual([]);
});
