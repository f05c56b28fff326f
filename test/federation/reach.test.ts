import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { headline, REACH_STEPS, type Step } from '../../src-main/matrix/diagnostics/index.js';
import { statement } from '../../src-main/storage/database.js';
import { enDiagnosis } from '../../src-renderer/text/en-diagnosis.js';
import { TestAuthority } from '../support/authority.js';
import { OWN, PARTNER, type ReachOptions, startReach, type TestReach } from '../support/reach.js';

const MINUTE = 60_000;
const pushersFail = statement<[number]>('UPDATE pushers SET failing_since = ?');

it('finds nothing wrong where all is well, and begins no step before those that it rests on', async () => {
  await using reach = await startReach();
  const told: string[] = [];
  const report = await reach.check({ onStep: ({ name }) => told.push(name) });
  const wrong = report.steps.filter(({ state }) => !['ok', 'not-applicable', 'could-not-check'].includes(state));
  expect(wrong).toEqual([]);
  expect(report).toMatchObject({ serverName: OWN, isOwn: true, outcome: 'ok' });
  expect(report.steps.map(({ name }) => name)).toEqual([...REACH_STEPS]);
  expect(told.toSorted()).toEqual([...REACH_STEPS].toSorted());
  for (const [earlier, later] of [
    ['online', 'dns'],
    ['addresses', 'connection'],
    ['keys', 'signed-request'],
    ['outgoing', 'round-trip'],
  ] as const) {
    expect(told.indexOf(earlier)).toBeLessThan(told.indexOf(later));
  }
  expect(step(report.steps, 'round-trip')?.found).toContain(PARTNER);
  expect(step(report.steps, 'signed-request')?.state).toBe('ok');
  expect(headline(report.steps)).toEqual({ step: undefined, isBlocking: false, waiting: 0 });
});

const step = (steps: readonly Step[], name: string) => steps.find((each) => each.name === name);

/** Each step, how a test breaks it, and what is said then. */
interface Broken extends ReachOptions {
  readonly name: (typeof REACH_STEPS)[number];
  readonly how: string;
  readonly code: string;
  readonly state?: Step['state'];
  readonly says?: RegExp;
  prepare?(reach: TestReach): Promise<void> | void;
}

const turn = { sharedSecret: 'x', username: undefined, password: undefined, userLifetime: 1, allowGuests: false };
const BROKEN: readonly Broken[] = [
  { name: 'online', how: 'the cable is out', code: 'ONLINE_NO_NETWORK', addresses: () => [] },
  {
    name: 'online',
    how: 'no name can be looked up',
    code: 'ONLINE_NO_DNS',
    prepare: ({ dns }) => void dns.broken.add(`_matrix-fed._tcp.${PARTNER}`),
  },
  {
    name: 'clock',
    how: 'our clock is slow',
    code: 'CLOCK_OURS_BEHIND',
    says: /4\d\d seconds behind/,
    prepare: ({ partner }) => void partner?.on('GET', /version/, ahead(7 * MINUTE)),
  },
  {
    name: 'clock',
    how: 'our clock is a little fast',
    code: 'CLOCK_OURS_AHEAD',
    state: 'warning',
    prepare: ({ partner }) => void partner?.on('GET', /version/, ahead(-20_000)),
  },
  {
    name: 'public-address',
    how: 'the provider shares one address',
    code: 'PUBLIC_CGNAT',
    state: 'warning',
    addresses: () => [{ address: '100.64.3.4', family: 4 }],
  },
  {
    name: 'public-address',
    how: 'a router stands between',
    code: 'PUBLIC_HOME',
    state: 'could-not-check',
    addresses: () => [{ address: '192.168.1.4', family: 4 }],
  },
  {
    name: 'port',
    how: 'no listener is for other servers',
    code: 'PORT_NONE',
    isAlone: true,
    config: {
      listeners: [
        { ...plain(), resources: ['client'] },
        { ...plain(), tls: true, resources: ['client'] },
      ],
    },
  },
  {
    name: 'port',
    how: 'only this computer can connect, and no proxy is in front',
    code: 'PORT_LOOPBACK',
    state: 'warning',
    isAlone: true,
    config: { listeners: [{ ...plain(), tls: true, resources: ['federation', 'keys'] }] },
  },
  {
    name: 'name',
    how: 'the name is for homes',
    code: 'NAME_PRIVATE',
    config: { serverName: 'family.local' },
    isAlone: true,
  },
  {
    name: 'dns',
    how: 'the name has no address',
    code: 'DNS_NONE',
    says: /hs1\.test has no address in DNS/,
    prepare({ dns }) {
      dns.hosts.delete(OWN);
      dns.services.delete(`_matrix-fed._tcp.${OWN}`);
    },
  },
  {
    name: 'dns',
    how: 'the name cannot be looked up',
    code: 'DNS_FAILED',
    prepare: ({ dns }) => void dns.broken.add(OWN),
  },
  {
    name: 'domain',
    how: 'its name servers fail',
    code: 'DOMAIN_BROKEN',
    prepare: ({ dns }) => void dns.broken.add(`_matrix._tcp.${OWN}`),
  },
  {
    name: 'well-known',
    how: 'the file says nothing of use',
    code: 'WELL_KNOWN_INVALID',
    state: 'warning',
    prepare: ({ site }) => void site.on('GET', '/.well-known/matrix/server', { body: '{"m.server":"https://x/"}' }),
  },
  {
    name: 'well-known',
    how: 'two addresses say different things',
    code: 'WELL_KNOWN_DIFFERS',
    state: 'warning',
    says: /way\.test:443.*no answer/,
    prepare({ site, dns }) {
      site.on('GET', '/.well-known/matrix/server', { body: { 'm.server': 'way.test:443' } });
      dns.hosts.set(OWN, ['127.0.0.1', '::1']);
    },
  },
  {
    name: 'well-known',
    how: 'it redirects with 308',
    code: 'WELL_KNOWN_308',
    state: 'warning',
    prepare({ site }) {
      site.on('GET', '/.well-known/matrix/server', { status: 308, body: '', headers: { location: '/elsewhere' } });
      site.on('GET', '/elsewhere', { body: { 'm.server': 'way.test:443' } });
    },
  },
  {
    name: 'srv',
    how: 'the old record points elsewhere',
    code: 'SRV_DIFFER',
    state: 'warning',
    says: /old\.test:8448/,
    prepare: ({ dns }) => void dns.services.set(`_matrix._tcp.${OWN}`, [{ target: 'old.test', port: 8448 }]),
  },
  {
    name: 'srv',
    how: 'the records cannot be looked up',
    code: 'SRV_FAILED',
    prepare: ({ dns }) => void dns.broken.add(`_matrix-fed._tcp.${OWN}`),
  },
  {
    name: 'addresses',
    how: 'the target has no address',
    code: 'ADDRESSES_NONE',
    prepare: ({ dns }) => void dns.hosts.delete('way.test'),
  },
  {
    name: 'connection',
    how: 'nothing listens there',
    code: 'CONNECT_REFUSED',
    prepare: async (reach) => {
      outsideIsBarred(reach);
      reach.leadTo(await closedPort());
    },
  },
  {
    name: 'connection',
    how: 'only others get in',
    code: 'CONNECT_ONLY_OUTSIDE',
    state: 'warning',
    prepare: async (reach) => reach.leadTo(await closedPort()),
  },
  {
    name: 'certificate',
    how: 'it is for another name',
    code: 'TLS_NAME',
    says: /The certificate is for www\.hs1\.test, not for hs1\.test/,
    prepare: async (reach) => void (await reach.impostor([`www.${OWN}`])),
  },
  {
    name: 'certificate',
    how: 'nobody vouches for it',
    code: 'TLS_CHAIN',
    prepare: async (reach) => void (await reach.impostor([OWN], new TestAuthority('Somebody'))),
  },
  {
    name: 'version',
    how: 'a proxy has no way for it',
    code: 'VERSION_STATUS',
    says: /says 502/,
    prepare: async (reach) => void (await reach.proxy(({ uri }) => (uri.includes('version') ? { status: 502 } : {}))),
  },
  {
    name: 'keys',
    how: 'another server is at our name',
    code: 'KEYS_NOT_OURS',
    prepare: async (reach) => void (await reach.impostor()),
  },
  {
    name: 'signed-request',
    how: 'a proxy decodes the path',
    code: 'SIGNED_LOST',
    says: /decodes %2F/,
    prepare: async (reach) => void (await reach.proxy(({ uri }) => ({ uri: uri.replace('%2F', '/') }))),
  },
  {
    name: 'signed-request',
    how: 'a proxy writes the path otherwise',
    code: 'SIGNED_CHANGED',
    says: /arrived .*%2F:!@a/,
    prepare: async (reach) => void (await reach.proxy(({ uri }) => ({ uri: uri.replace('%3A', ':') }))),
  },
  {
    name: 'signed-request',
    how: 'a proxy takes no long requests',
    code: 'SIGNED_TOO_LARGE',
    prepare: async (reach) => void (await reach.proxy(({ method }) => (method === 'PUT' ? { status: 413 } : {}))),
  },
  {
    name: 'outgoing',
    how: 'no server can be reached',
    code: 'OUTGOING_NONE',
    prepare: async ({ partner }) => partner?.stop(),
  },
  {
    name: 'outgoing',
    how: 'nobody shares a room with us',
    code: 'OUTGOING_NOBODY',
    state: 'could-not-check',
    isAlone: true,
  },
  {
    name: 'resolver',
    how: 'the name server answers nothing',
    code: 'RESOLVER_DOWN',
    prepare: ({ dns }) => void failAtRandomNames(dns, () => true),
  },
  {
    name: 'resolver',
    how: 'the name server loses questions',
    code: 'RESOLVER_DROPS',
    state: 'warning',
    says: /lost 4 of 12/,
    prepare: ({ dns }) => void failAtRandomNames(dns, (count) => count % 3 === 0),
  },
  {
    name: 'client-address',
    how: 'browsers may not read it',
    code: 'CLIENT_CORS',
    prepare: ({ site }) =>
      void site.on('GET', '/.well-known/matrix/client', {
        body: { 'm.homeserver': { base_url: `https://${OWN}` } },
        isWrong: true,
      }),
  },
  {
    name: 'client-address',
    how: 'nothing is there',
    code: 'CLIENT_NONE',
    state: 'warning',
    prepare: ({ site }) => void site.on('GET', '/.well-known/matrix/client', { status: 404, body: 'no' }),
  },
  {
    name: 'sign-in',
    how: 'passwords are off, and there is nothing else',
    code: 'SIGN_IN_NO_WAY',
    isAlone: true,
    prepare: async ({ server }) => server.restart({ passwords: { ...server.config.passwords, enabled: false } }),
  },
  {
    name: 'calls',
    how: 'the TURN server is silent',
    code: 'CALLS_TURN_SILENT',
    isAlone: true,
    prepare: async ({ server }) =>
      server.restart({ turn: { ...turn, uris: [`turn:127.0.0.1:${await closedPort()}`] } }),
  },
  {
    name: 'calls',
    how: 'the TURN server’s address is none',
    code: 'CALLS_TURN_WRONG',
    isAlone: true,
    config: { turn: { ...turn, uris: ['https://turn.test'] } },
  },
  {
    name: 'push',
    how: 'a gateway takes nothing',
    code: 'PUSH_FAILING',
    state: 'warning',
    isAlone: true,
    says: /get through to push\.test/,
    async prepare({ server }) {
      const alice = await server.register('alice');
      const names = { app_id: 'app', pushkey: 'x', app_display_name: 'App', device_display_name: 'Phone', lang: 'en' };
      const data = { url: 'https://push.test/_matrix/push/v1/notify' };
      await alice.ok('POST', '/pushers/set', { body: { ...names, kind: 'http', data } });
      await server.homeserver.db.write((tx) => tx.run(pushersFail, 1));
    },
  },
  {
    name: 'hairpin',
    how: 'those at home cannot use the public name',
    code: 'HAIRPIN_BROKEN',
    state: 'warning',
    prepare: async (reach) => reach.leadTo(await closedPort()),
  },
  {
    name: 'round-trip',
    how: 'others cannot fetch our keys',
    code: 'ROUND_NOT_FETCHED',
    says: /partner\.test could not fetch our keys/,
    prepare: outsideIsBarred,
  },
  {
    name: 'round-trip',
    how: 'others have other keys of us',
    code: 'ROUND_OTHER_KEYS',
    prepare: ({ partner }) =>
      void partner?.on('POST', '/_matrix/key/v2/query', {
        body: { server_keys: [{ ...partner.ownKeys(), server_name: OWN }] },
        isWrong: true,
      }),
  },
  {
    name: 'round-trip',
    how: 'others do not believe our signature',
    code: 'ROUND_REFUSED',
    prepare: ({ partner }) =>
      void partner?.on('GET', /profile/, {
        status: 401,
        body: { errcode: 'M_UNAUTHORIZED', error: 'no' },
        isWrong: true,
      }),
  },
];

describe('what is broken on purpose', () => {
  it.each(BROKEN.map((each) => [each.name, each.how, each] as const))(
    'is found: %s, %s',
    async (name, _how, broken) => {
      const { prepare, code, state = 'error', says, ...options } = broken;
      await using reach = await startReach(options);
      await prepare?.(reach);
      const found = await reach.step(name);
      expect(found).toMatchObject({ state, code });
      const what = enDiagnosis[`diagnosis.cause-${code}` as keyof typeof enDiagnosis];
      const sentence = what.replaceAll(/\{(\w+)\}/g, (_all, field: string) =>
        String(found?.fields[field] ?? `{${field}}`),
      );
      expect(sentence).not.toMatch(/[{}]/);
      if (says) expect(sentence).toMatch(says);
      if (state === 'error' || state === 'warning') expect(enDiagnosis).toHaveProperty([`diagnosis.fix-${code}`]);
    },
  );

  it('leaves no step of the pipeline out', () => {
    const tried = new Set(BROKEN.map(({ name }) => name));
    expect(REACH_STEPS.filter((name) => !tried.has(name))).toEqual([]);
  });
});

it('says of what rests on a wrong step that it waits, and names the step that keeps others out', async () => {
  await using reach = await startReach();
  reach.dns.hosts.delete('way.test');
  const { steps, outcome } = await reach.check();
  expect(outcome).toBe('error');
  const waiting = steps.filter(({ state }) => state === 'waiting').map(({ name }) => name);
  expect(waiting).toEqual(['connection', 'certificate', 'version', 'keys', 'signed-request', 'hairpin']);
  expect(headline(steps)).toMatchObject({ step: { name: 'addresses' }, isBlocking: true, waiting: 6 });
});

it('says that the name leads to another computer once that one is not us', async () => {
  await using reach = await startReach();
  await reach.impostor();
  const { steps } = await reach.check();
  expect(step(steps, 'addresses')).toMatchObject({
    state: 'error',
    code: 'ADDRESSES_ELSEWHERE',
    fields: { there: '127.0.0.1', here: '8.8.4.4' },
  });
});

it('looks at single steps again and keeps what is known of the others', async () => {
  await using reach = await startReach();
  await reach.check();
  outsideIsBarred(reach);
  const { steps, outcome } = await reach.check({ only: ['round-trip'] });
  expect(outcome).toBe('error');
  expect(step(steps, 'round-trip')?.code).toBe('ROUND_NOT_FETCHED');
  expect(steps).toHaveLength(REACH_STEPS.length);
});

it('asks a server that somebody names to look from outside, and tells when it only remembered', async () => {
  await using reach = await startReach();
  const keys = (await reach.partner?.ask(reach.server, 'GET', '/_matrix/key/v2/server'))?.body;
  const friend = await reach.federation.fakeServer('friend.test');
  friend.on('GET', /profile/, { body: {} });
  friend.on('POST', '/_matrix/key/v2/query', { body: { server_keys: [keys] } });
  const { steps } = await reach.check({ only: ['round-trip'], through: 'friend.test' });
  expect(step(steps, 'round-trip')).toMatchObject({ code: 'ROUND_REMEMBERED', fields: { server: 'friend.test' } });
});

it('knows the address that a TURN server sees', async () => {
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => socket.send(bindingAnswer(message), port, address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  await using reach = await startReach({
    addresses: () => [{ address: '192.168.1.4', family: 4 }],
    isAlone: true,
    config: { turn: { ...turn, uris: [`turn:127.0.0.1:${socket.address().port}?transport=udp`] } },
  });
  expect(await reach.step('calls')).toMatchObject({ state: 'ok' });
  expect(await reach.step('public-address')).toMatchObject({ state: 'ok', found: '8.8.8.8' });
  socket.close();
});

it('lets nobody in who signs in our own name', async () => {
  await using reach = await startReach();
  await reach.check({ only: ['signed-request'] });
  const { requests } = reach.server.homeserver.servers;
  await expect(
    requests.json({ destination: OWN, method: 'GET', path: '/_matrix/federation/v1/version' }),
  ).rejects.toThrow('that is this server itself');
});

function plain() {
  return { port: 0, bindAddresses: ['127.0.0.1'], trustedProxies: [], tls: false };
}

function ahead(by: number) {
  return () => ({
    body: { server: { name: 'Fake', version: '1' } },
    headers: { date: new Date(Date.now() + by).toUTCString() },
  });
}

function outsideIsBarred({ partner }: TestReach): void {
  partner?.on('POST', '/_matrix/key/v2/query', { body: { server_keys: [] } });
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Names that nobody has: the first letter says that they were made up. */
function failAtRandomNames(dns: TestReach['dns'], isLost: (count: number) => boolean): void {
  let count = 0;
  const has = dns.broken.has.bind(dns.broken);
  dns.broken.has = (name) => (/^x[A-Za-z]{12}\./.test(name) ? isLost((count += 1)) : has(name));
}

/** Says that it sees 8.8.8.8, port 4660. */
function bindingAnswer(question: Buffer): Buffer {
  const answer = Buffer.alloc(32);
  question.copy(answer, 0, 0, 20);
  answer.writeUInt16BE(0x0101, 0);
  answer.writeUInt16BE(12, 2);
  answer.writeUInt16BE(0x0020, 20);
  answer.writeUInt16BE(8, 22);
  answer.writeUInt16BE(1, 24);
  answer.writeUInt16BE(4660 ^ 0x2112, 26);
  answer.writeUInt32BE((0x08080808 ^ 0x2112a442) >>> 0, 28);
  return answer;
}
