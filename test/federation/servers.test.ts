import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseSigningKeys } from '../../src-main/matrix/servers/signing-key.js';
import { startFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';

const keyOf = ({ config: { signingKeyPath } }: TestHomeserver) =>
  parseSigningKeys(readFileSync(signingKeyPath, 'utf8'), signingKeyPath)[0];

const VERSION = '/_matrix/federation/v1/version';

it('asks another server over TLS, signed with its own key', async () => {
  await using federation = await startFederation(['hs1.test']);
  const [one] = federation.servers as [TestHomeserver];
  const fake = await federation.fakeServer('fake.test');
  fake.on('PUT', '/_matrix/federation/v1/send/1', { body: { pdus: {} } });

  const body = { origin: 'hs1.test', origin_server_ts: 1, pdus: [] };
  const { requests } = one.homeserver.servers;
  expect(
    await requests.json({ destination: 'fake.test', method: 'PUT', path: '/_matrix/federation/v1/send/1', body }),
  ).toEqual({ pdus: {} });

  const [sent] = fake.requests;
  expect(sent).toMatchObject({ origin: 'hs1.test', body, servername: 'fake.test' });
  expect(sent?.headers).toMatchObject({ host: 'fake.test', 'user-agent': expect.stringMatching(/^Hearth\//) });
  expect(sent && fake.isSignedBy(sent, 'hs1.test', keyOf(one))).toBe(true);
});

it('lets two servers speak to each other', async () => {
  await using federation = await startFederation(['hs1.test', 'hs2.test']);
  const [one, two] = federation.servers as [TestHomeserver, TestHomeserver];
  const ask = (from: TestHomeserver, destination: string) =>
    from.homeserver.servers.requests.json({ destination, method: 'GET', path: VERSION });
  expect(await ask(one, 'hs2.test')).toMatchObject({ server: { name: 'Hearth' } });
  expect(await ask(two, 'hs1.test')).toMatchObject({ server: { name: 'Hearth' } });
  expect(federation.exchanges.map(({ from, to, operation }) => [from, to, operation])).toEqual([
    ['hs1.test', 'hs2.test', 'server-server/version.yaml#getVersion'],
    ['hs2.test', 'hs1.test', 'server-server/version.yaml#getVersion'],
  ]);
});
