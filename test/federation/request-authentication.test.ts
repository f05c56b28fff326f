import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Agent, request } from 'undici';
import { expect, it } from 'vitest';
import { toBase64 } from '../../src-main/base/base64.js';
import { randomKeyPair } from '../../src-main/base/ed25519.js';
import { endpoint } from '../../src-main/http/endpoint.js';
import { jsonObject } from '../../src-main/spec/shapes.js';
import { signJson } from '../../src-main/spec/signing.js';
import { byName, serve } from '../http/serve.js';
import { type FakeServer, federationUrl, startFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';

const whoami = [
  endpoint({
    spec: '-',
    method: 'PUT',
    path: '/_matrix/federation/v1/whoami/:id',
    auth: 'server',
    body: jsonObject,
    handle: async ({ caller, body }) => ({ server: caller.server, body }),
  }),
  endpoint({
    spec: '-',
    method: 'GET',
    path: '/_matrix/federation/v1/whoami',
    auth: 'server',
    handle: async ({ caller }) => ({ server: caller.server }),
  }),
];

/** An endpoint for signed requests, with the authentication of a real server, and a peer to ask it. */
async function scene(config = {}) {
  const federation = await startFederation(['hs1.test'], { config });
  const [one] = federation.servers as [TestHomeserver];
  const fake = await federation.fakeServer('fake.test');
  const served = await serve({
    endpoints: whoami,
    authenticate: { ...byName, ...one.homeserver.servers.authenticate },
  });
  const ask = async (method: 'GET' | 'PUT', uri: string, authorization: string[], text?: string) => {
    const reply = await request(`${served.url}${uri}`, {
      method,
      headers: { authorization, ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
      body: text ?? null,
    });
    return { status: reply.statusCode, body: (await reply.body.json()) as any };
  };
  return {
    federation,
    fake,
    ask,
    async [Symbol.asyncDispose]() {
      await served.close();
      await federation.stop();
    },
  };
}

const PATH = '/_matrix/federation/v1/whoami';
const PUT = `${PATH}/a%20b%2Fc?x=%C3%A4&y=+`;

it('knows who signed a request, its body and its address as they came', async () => {
  await using it = await scene();
  const body = { b: [1, { z: 'ö\u2028', a: null }], a: 1 };
  const authorization = it.fake.authorization('hs1.test', 'PUT', PUT, body);
  expect(await it.ask('PUT', PUT, [authorization], ' { "b":[1,{"z":"\\u00f6\\u2028","a":null}], "a":1}')).toEqual({
    status: 200,
    body: { server: 'fake.test', body },
  });
  expect(it.fake.received('/_matrix/key/v2/server')).toHaveLength(1);
});

it('checks numbers as they were written', async () => {
  await using it = await scene();
  const signed = it.fake.authorization('hs1.test', 'PUT', PUT, { depth: 1 });
  expect(await it.ask('PUT', PUT, [signed], '{"depth":1.0}')).toMatchObject({ status: 401 });
  expect(await it.ask('PUT', PUT, [signed], '{"depth":1}')).toMatchObject({ status: 200 });
});

it.each<[string, (header: string) => string]>([
  ['without quotes', (header) => header.replaceAll('"', '')],
  ['in another order and case', (header) => `x-matrix ${header.slice(9).split(',').toReversed().join(' , ')}`],
  ['without a destination, as old servers do', (header) => header.replace(/destination="[^"]*",/, '')],
])('takes a header %s', async (_case, change) => {
  await using it = await scene();
  const authorization = change(it.fake.authorization('hs1.test', 'GET', PATH));
  expect(await it.ask('GET', PATH, [authorization])).toEqual({ status: 200, body: { server: 'fake.test' } });
});

it('takes a header for each of several keys, of which it knows one', async () => {
  await using it = await scene();
  const good = it.fake.authorization('hs1.test', 'GET', PATH);
  const other = good.replace('ed25519:fake', 'ed25519:next');
  expect(await it.ask('GET', PATH, [other, good])).toMatchObject({ status: 200 });
});

it.each<[string, (fake: FakeServer) => string[], number]>([
  ['no header', () => [], 401],
  ['a user’s token', () => ['Bearer abc'], 401],
  ['a header that cannot be read', () => ['X-Matrix nonsense'], 400],
  ['a signature for another server', (fake) => [fake.authorization('hs2.test', 'GET', PATH)], 401],
  ['a signature for another address', (fake) => [fake.authorization('hs1.test', 'GET', `${PATH}/`)], 401],
  ['a signature for another method', (fake) => [fake.authorization('hs1.test', 'PUT', PATH)], 401],
  [
    'headers of two servers',
    (fake) => {
      const own = fake.authorization('hs1.test', 'GET', PATH);
      return [own, own.replace('fake.test', 'other.test')];
    },
    401,
  ],
  [
    'a key that the server does not have',
    (fake) => [fake.authorization('hs1.test', 'GET', PATH).replace('ed25519:fake', 'ed25519:x')],
    401,
  ],
  [
    'the name of a server that is nowhere',
    (fake) => [fake.authorization('hs1.test', 'GET', PATH).replace('fake.test', 'nowhere.test')],
    401,
  ],
])('refuses %s', async (_case, headers, status) => {
  await using it = await scene();
  expect(await it.ask('GET', PATH, headers(it.fake))).toMatchObject({ status, body: { errcode: 'M_UNAUTHORIZED' } });
});

it('refuses its own name, and servers that are not on its list', async () => {
  await using it = await scene({ federation: { domainWhitelist: ['friend.test'] } });
  const header = it.fake.authorization('hs1.test', 'GET', PATH);
  for (const authorization of [header, header.replace('fake.test', 'hs1.test')]) {
    expect(await it.ask('GET', PATH, [authorization])).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
  }
});

it('lets nobody keep it waiting for servers that are nowhere', async () => {
  await using it = await scene();
  await it.ask('GET', PATH, [it.fake.authorization('hs1.test', 'GET', PATH)]);
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const header = it.fake.authorization('hs1.test', 'GET', PATH);
  const from = (i: number) => header.replace('fake.test', `${'s'.repeat(i + 1)}.silent.test:${port}`);
  for (let i = 0; i < 40; i += 1) it.federation.dns.hosts.set(`${'s'.repeat(i + 1)}.silent.test`, ['127.0.0.1']);
  const statuses: number[] = [];
  const waiting = Array.from({ length: 40 }, async (_none, i) => {
    statuses.push((await it.ask('GET', PATH, [from(i)])).status);
  });
  await expect.poll(() => statuses).toEqual(Array(24).fill(429));
  expect(await it.ask('GET', PATH, [header])).toMatchObject({ status: 200 });
  silent.close();
  for (const socket of sockets) socket.destroy();
  await Promise.all(waiting);
  expect(statuses.slice(24)).toEqual(Array(16).fill(401));
});

it('believes no key answer that its own key did not sign', async () => {
  await using it = await scene();
  const stranger = { keyId: 'ed25519:fake', ...randomKeyPair() };
  const verify_keys = { 'ed25519:fake': { key: toBase64(it.fake.key.publicKey) } };
  const answer = { server_name: 'fake.test', verify_keys, valid_until_ts: Date.now() + 1e6, old_verify_keys: {} };
  it.fake.on('GET', '/_matrix/key/v2/server', { body: signJson(answer, 'fake.test', stranger) });
  expect(await it.ask('GET', PATH, [it.fake.authorization('hs1.test', 'GET', PATH)])).toMatchObject({ status: 401 });
});

it('takes no large body of strangers apart again and again', async () => {
  const { agent, base, fake, federation } = await wire();
  const body = JSON.stringify({ pdus: [], origin: 'x'.repeat(1_000_000) });
  const send = async (authorization: string) => {
    const headers = { host: 'hs1.test', 'content-type': 'application/json', authorization };
    const uri = `${base}/_matrix/federation/v1/send/large`;
    const reply = await request(uri, { method: 'PUT', dispatcher: agent, headers, body });
    await reply.body.dump();
    return reply.statusCode;
  };
  const uri = '/_matrix/federation/v1/send/large';
  const forged = fake.authorization('hs1.test', 'PUT', uri, {});
  const statuses: number[] = [];
  for (let times = 0; times < 16; times += 1) statuses.push(await send(forged));
  expect(statuses[0]).toBe(401);
  expect(statuses.at(-1)).toBe(429);
  // What came as it was signed needs no second look.
  const good = fake.authorization('hs1.test', 'PUT', uri, { pdus: [], origin: 'x'.repeat(1_000_000) });
  expect(await send(good)).toBe(429);
  const canonical = JSON.stringify({ origin: 'x'.repeat(1_000_000), pdus: [] });
  const headers = { host: 'hs1.test', 'content-type': 'application/json', authorization: good };
  const reply = await request(`${base}${uri}`, { method: 'PUT', dispatcher: agent, headers, body: canonical });
  expect(reply.statusCode).toBe(200);
  await reply.body.dump();
  await agent.destroy();
  await federation.stop();
});

it('takes no body of a million small things', async () => {
  const { agent, base, fake, federation } = await wire();
  const uri = '/_matrix/federation/v1/send/small';
  const body = JSON.stringify({ pdus: [Array.from({ length: 1_000_000 }, () => 1)] });
  const authorization = fake.authorization('hs1.test', 'PUT', uri, {});
  const headers = { host: 'hs1.test', 'content-type': 'application/json', authorization };
  const reply = await request(`${base}${uri}`, { method: 'PUT', dispatcher: agent, headers, body });
  expect(reply.statusCode).toBe(413);
  await reply.body.dump();
  await agent.destroy();
  await federation.stop();
});

/** A server, another one played by hand, and a way to say anything. */
async function wire() {
  const federation = await startFederation(['hs1.test']);
  const fake = await federation.fakeServer('wire.test');
  const agent = new Agent({ allowH2: false, connect: { ca: federation.authority.certificate } });
  const [one] = federation.servers as [TestHomeserver];
  return { federation, fake, agent, base: federationUrl(one) };
}
