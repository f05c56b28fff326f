import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import { verifyJson } from '../../src-main/spec/signing.js';
import { startHomeserver, type TestHomeserver, testConfig } from '../support/homeserver.js';
import { freePort, Synapse } from './synapse.js';

let hearth: TestHomeserver;
let synapse: Synapse;

beforeAll(async () => {
  synapse = await Synapse.start('hearth-keys');
  const port = await freePort();
  const base = testConfig(await mkdtemp(join(tmpdir(), 'hearth-interop-')));
  hearth = await startHomeserver({
    config: {
      serverName: `127.0.0.1:${port}`,
      listeners: [
        { port: 0, bindAddresses: ['127.0.0.1'], tls: false, trustedProxies: [], resources: ['client', 'health'] },
        { port, bindAddresses: ['127.0.0.1'], tls: true, trustedProxies: [], resources: ['federation', 'keys'] },
      ],
      federation: {
        ...base.federation,
        verifyCertificates: false,
        allowedRanges: ['127.0.0.0/8', '::1/128'],
        trustedKeyServers: [],
      },
    },
  });
}, 300_000);

afterAll(async () => {
  await hearth?.[Symbol.asyncDispose]();
  await synapse?.[Symbol.asyncDispose]();
});

const ask = (method: 'GET' | 'POST', path: string, body?: JsonObject) =>
  hearth.homeserver.servers.requests.json({
    destination: synapse.serverName,
    method,
    path,
    ...(body === undefined ? {} : { body }),
  });

it('a Synapse believes what this server signs', async () => {
  const alice = await synapse.register('alice');
  const query = `user_id=${encodeURIComponent(alice.userId)}&field=displayname`;
  expect(await ask('GET', `/_matrix/federation/v1/query/profile?${query}`)).toEqual({ displayname: 'alice' });
  const device_keys = { [alice.userId]: [] };
  expect(await ask('POST', '/_matrix/federation/v1/user/keys/query', { device_keys })).toMatchObject({
    device_keys: {},
  });
});

it('a Synapse vouches for the keys of this server, and this server for those of a Synapse', async () => {
  const { signingKey, serverName } = hearth.homeserver.servers;
  const reply = (await ask('GET', `/_matrix/key/v2/query/${encodeURIComponent(serverName)}`)) as {
    server_keys: JsonObject[];
  };
  expect(reply.server_keys).toHaveLength(1);
  expect(verifyJson(reply.server_keys[0] ?? {}, serverName, signingKey.keyId, signingKey.publicKey)).toBe(true);
  const own = await ask('GET', '/_matrix/key/v2/server');
  expect(await hearth.homeserver.servers.keys.verifyJson(own as JsonObject, synapse.serverName)).toBe(true);
  const vouched = await fetchFrom(`/_matrix/key/v2/query/${encodeURIComponent(synapse.serverName)}`);
  expect(vouched.server_keys).toMatchObject([{ server_name: synapse.serverName }]);
});

async function fetchFrom(path: string): Promise<any> {
  const secure = hearth.addresses.find(({ tls }) => tls);
  const reply = await request(`https://127.0.0.1:${secure?.port}${path}`, { dispatcher: hearth.dispatcher });
  return reply.body.json();
}
