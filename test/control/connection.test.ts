import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type {
  CertificateView,
  ConnectionState,
  MadeKit,
  ReachPreview,
  RecordsView,
  Surroundings,
} from '../../src-main/control/contract.js';
import { openRecoveryKit } from '../../src-main/maintenance/recovery-kit.js';
import { TestAuthority, writePair } from '../support/authority.js';
import { TEST_MACHINE, TestHeadless } from '../support/headless.js';
import { TestDns } from '../support/test-dns.js';

const NAME = 'smith-family.org';
const answers = (hearth: TestHeadless, more: object = {}) => ({
  mode: 'direct',
  folder: join(hearth.home, 'data'),
  serverName: NAME,
  acceptsPrivateName: false,
  admin: { localpart: 'alex', password: 'correct horse battery' },
  ...more,
});

async function value<T>(hearth: TestHeadless, name: string, input?: unknown): Promise<T> {
  const result = await hearth.call(name, input);
  if (!result.ok) throw new Error(`${name}: ${result.error.code} ${result.error.message}`);
  return result.value as T;
}
const stateOf = (hearth: TestHeadless) => value<ConnectionState>(hearth, 'connection.state');

async function made(more: object = {}): Promise<TestHeadless> {
  const hearth = await TestHeadless.start();
  await value(hearth, 'setup.finish', answers(hearth, more));
  return hearth;
}

const shortly = ({ listeners }: ConnectionState) =>
  listeners.map(({ tls, addresses, isOpen }) => `${tls ? 'tls' : 'plain'} ${addresses.join(' ')} ${isOpen}`);

it.each([
  ['try', {}, ['plain ::1 127.0.0.1 true'], undefined],
  ['home', {}, ['plain :: 0.0.0.0 true', 'tls :: 0.0.0.0 true'], undefined],
  ['direct', {}, ['plain ::1 127.0.0.1 true', 'tls :: 0.0.0.0 true'], `https://${NAME}/`],
  ['proxy', {}, ['plain ::1 127.0.0.1 true'], `https://${NAME}/`],
  ['proxy', { frontAddress: '192.168.1.9', host: `chat.${NAME}` }, ['plain :: 0.0.0.0 true'], `https://chat.${NAME}/`],
  ['tunnel', {}, ['plain ::1 127.0.0.1 true'], `https://${NAME}/`],
])('makes a server that is reached as was chosen: %s %j', async (mode, more, listeners, base) => {
  await using hearth = await made({ mode, ...more });
  const state = await stateOf(hearth);
  expect(shortly(state)).toEqual(listeners);
  expect(state.publicBaseUrl).toBe(base);
  expect(state.choice).toMatchObject({ mode, ...more });
  expect(state.needsRestart).toBe(false);
  await hearth.restart();
  expect((await stateOf(hearth)).choice).toMatchObject({ mode, ...more });
});

it('answers well-known where the name leads here, and not where another site has it', async () => {
  await using here = await made();
  expect((await stateOf(here)).wellKnown.server).toBe(`{"m.server":"${NAME}:443"}`);
  await using elsewhere = await made({ host: `matrix.${NAME}` });
  expect((await stateOf(elsewhere)).wellKnown).toEqual({
    server: undefined,
    client: `{"m.homeserver":{"base_url":"https://matrix.${NAME}/"}}`,
  });
});

it('believes what a proxy says of its clients only where there is one', async () => {
  await using front = await made({ mode: 'proxy', frontAddress: '192.168.1.9' });
  expect((await stateOf(front)).listeners[0]?.trustedProxies).toEqual(['192.168.1.9', '::1', '127.0.0.1']);
  await using home = await made({ mode: 'home' });
  expect((await stateOf(home)).listeners.flatMap(({ trustedProxies }) => trustedProxies)).toEqual([]);
});

it.each([
  ['a private name that everybody should find', { serverName: 'smith.lan', acceptsPrivateName: true }, 'NAME_REFUSED'],
  ['a host that nobody finds', { host: 'server.lan' }, 'HOST_REFUSED'],
  ['a web server with a name for an address', { mode: 'proxy', frontAddress: 'my-proxy' }, 'HOST_REFUSED'],
  [
    'a certificate that is not there',
    { certificate: { certificatePath: '/none', privateKeyPath: '/none' } },
    'CERTIFICATE_REFUSED',
  ],
])('refuses %s, and a second try works', async (_case, more, code) => {
  await using hearth = await TestHeadless.start();
  expect(await hearth.call('setup.finish', answers(hearth, more))).toMatchObject({ ok: false, error: { code } });
  expect(await hearth.call('setup.finish', answers(hearth))).toMatchObject({ ok: true });
});

it('says what it sees of the network, and marks the choices', async () => {
  const machine = {
    interfaces: TEST_MACHINE.interfaces,
    portUse: async (port: number) =>
      port === 443 ? ({ port, state: 'taken', program: 'nginx' } as const) : TEST_MACHINE.portUse(port),
  };
  await using hearth = await TestHeadless.start({ machine });
  const seen = await value<Surroundings>(hearth, 'connection.surroundings');
  expect(seen.addresses).toMatchObject([{ address: '192.168.1.5', kind: 'private' }]);
  expect(seen.marks.map(({ mode, code }) => `${mode} ${code}`)).toEqual([
    'home HOME_ADDRESS',
    'direct PORT_TAKEN',
    'direct BEHIND_ROUTER',
    'proxy WEB_SERVER_HERE',
    'tunnel WORKS_ANYWHERE',
  ]);
});

it('marks a shared address, a public one, and a computer without a network', async () => {
  const link = (address: string) => ({ ...TEST_MACHINE.interfaces()['eth0']?.[0], address }) as never;
  const codes = async (addresses: readonly string[]) => {
    const machine = { ...TEST_MACHINE, interfaces: () => ({ wwan0: addresses.map(link) }) };
    await using hearth = await TestHeadless.start({ machine });
    const { marks } = await value<Surroundings>(hearth, 'connection.surroundings');
    return marks.filter(({ mode }) => mode === 'direct').map(({ code }) => code);
  };
  expect(await codes(['100.80.1.2'])).toEqual(['SHARED_ADDRESS']);
  expect(await codes(['93.184.216.34'])).toEqual(['PUBLIC_ADDRESS']);
  expect(await codes([])).toEqual(['NO_NETWORK']);
});

it('looks at records as they are now, before there is a server too', async () => {
  const dns = new TestDns();
  await using hearth = await TestHeadless.start({ dns });
  const query = { serverName: NAME, host: NAME, publicAddress: '93.184.216.34' };
  const look = async () => (await value<RecordsView>(hearth, 'connection.records', query)).records[0];
  expect(await look()).toMatchObject({ type: 'A', state: 'missing', wanted: ['93.184.216.34'] });
  dns.hosts.set(NAME, ['93.184.216.99']);
  expect(await look()).toMatchObject({ state: 'other', found: ['93.184.216.99'] });
  dns.hosts.set(NAME, ['93.184.216.34']);
  expect(await look()).toMatchObject({ state: 'ok' });
});

it('takes no home address for one that others could use', async () => {
  await using hearth = await TestHeadless.start();
  const query = { serverName: NAME, host: NAME, publicAddress: '192.168.1.5' };
  const { records } = await value<RecordsView>(hearth, 'connection.records', query);
  expect(records[0]?.wanted).toBeUndefined();
});

it('writes nothing into the file of a web server that could be more than a name', async () => {
  await using hearth = await TestHeadless.start();
  const query = { server: 'nginx', serverName: NAME, host: NAME, upstream: '127.0.0.1:8008' };
  const snippet = await value<{ text: string; delegation: unknown[] }>(hearth, 'connection.snippet', query);
  expect(snippet.text).toContain('proxy_pass http://127.0.0.1:8008;');
  expect(snippet.delegation).toEqual([]);
  for (const wrong of [{ host: 'a.org; include /etc/passwd' }, { upstream: '127.0.0.1:8008/' }, { server: 'iis' }]) {
    expect(await hearth.call('connection.snippet', { ...query, ...wrong })).toMatchObject({
      error: { code: 'BAD_INPUT' },
    });
  }
});

it('serves another certificate without a restart, and refuses a bad one', async () => {
  await using hearth = await made();
  const own = (await stateOf(hearth)).certificate;
  expect(own).toMatchObject({ isOurs: true, facts: { isSelfSigned: true } });
  const folder = join(hearth.home, 'certificates');
  mkdirSync(folder);
  const { certificatePath, privateKeyPath } = writePair(folder, 'next', new TestAuthority().issue([NAME]));
  const files = { certificatePath, privateKeyPath };
  const wrong = { certificatePath, privateKeyPath: own?.privateKeyPath };
  const checked = await value<CertificateView>(hearth, 'connection.checkCertificate', { ...wrong, host: NAME });
  expect(checked).toMatchObject({ isUsable: false });
  expect(await hearth.call('connection.useCertificate', wrong)).toMatchObject({
    error: { code: 'CERTIFICATE_REFUSED' },
  });
  await value(hearth, 'connection.useCertificate', files);
  expect((await stateOf(hearth)).certificate).toMatchObject({ ...files, isOurs: false, facts: { names: [NAME] } });
  expect((await stateOf(hearth)).needsRestart).toBe(false);
  await hearth.restart();
  expect(await hearth.call('server.status')).toMatchObject({ value: { state: 'running' } });
});

it('shows what another way would change, writes it, and says that it counts after a restart', async () => {
  await using hearth = await made();
  const plan = await value<ReachPreview>(hearth, 'connection.plan', { mode: 'home' });
  expect(plan).toMatchObject({ changesAddress: true, closes: true });
  expect(plan.changes.map(({ key }) => key)).toEqual(['public_baseurl', 'serve_server_wellknown', 'listeners']);
  expect((await stateOf(hearth)).choice.mode).toBe('direct');
  await value(hearth, 'connection.apply', { mode: 'home' });
  expect(await stateOf(hearth)).toMatchObject({ choice: { mode: 'home' }, needsRestart: true });
  await value(hearth, 'server.restart');
  expect(await stateOf(hearth)).toMatchObject({ choice: { mode: 'home' }, needsRestart: false });
  await value(hearth, 'connection.apply', { mode: 'tunnel' });
  expect((await stateOf(hearth)).choice).toEqual({ mode: 'tunnel', host: NAME });
});

it('keeps servers for calls, and never shows their secret', async () => {
  await using hearth = await made();
  const turnUris = ['turn:turn.smith-family.org?transport=udp'];
  await value(hearth, 'connection.setCalls', { turnUris, turnSecret: 'a secret of two' });
  const state = await stateOf(hearth);
  expect(state).toMatchObject({ calls: { turnUris, turnAuth: 'secret' }, needsRestart: true });
  expect(JSON.stringify(state)).not.toContain('a secret of two');
  await value(hearth, 'connection.setCalls', { turnUris });
  expect((await stateOf(hearth)).calls.turnAuth).toBe('secret');
});

it('answers while the server is stopped, and says what is wrong with a broken configuration', async () => {
  await using hearth = await made();
  await value(hearth, 'server.stop');
  expect((await stateOf(hearth)).listeners.every(({ isOpen }) => !isOpen)).toBe(true);
  const config = join(hearth.home, 'homeserver.yaml');
  writeFileSync(config, `${readFileSync(config, 'utf8')}\nmax_upload_size: lots\n`);
  expect(await hearth.call('connection.state')).toMatchObject({ ok: false, error: { code: 'CONFIG_INVALID' } });
  await using fresh = await TestHeadless.start();
  expect(await fresh.call('connection.state')).toMatchObject({ ok: false, error: { code: 'NOT_SET_UP' } });
});

it('makes a recovery kit that opens with its passphrase, and remembers it once it is confirmed', async () => {
  await using hearth = await made();
  expect(await value(hearth, 'kit.state')).toMatchObject({ savedAt: undefined, keyIds: [expect.any(String)] });
  const kit = await value<MadeKit>(hearth, 'kit.make');
  const opened = await openRecoveryKit(kit.file, kit.passphrase);
  expect(opened.serverName).toBe(NAME);
  expect(opened.signingKeys).toBe(readFileSync(join(hearth.home, 'data', `${NAME}.signing.key`), 'utf8'));
  expect(await hearth.call('kit.confirm', { ending: 'zzzz' })).toMatchObject({ error: { code: 'KIT_NOT_CONFIRMED' } });
  await value(hearth, 'kit.confirm', { ending: kit.passphrase.slice(-4).toUpperCase() });
  await hearth.restart();
  expect(await value(hearth, 'kit.state')).toMatchObject({ savedAt: expect.any(Number) });
  const written = readFileSync(join(hearth.home, 'recovery-kit.json'), 'utf8');
  expect(written).not.toContain(kit.passphrase.slice(-4));
});

it('goes on with the pages after the server is made, until the last one was left', async () => {
  await using hearth = await made({ mode: 'proxy' });
  expect(await value(hearth, 'setup.state')).toMatchObject({ unfinished: true, draft: { page: 'kit', mode: 'proxy' } });
  await value(hearth, 'setup.remember', { page: 'running', serverName: 'changed.org' });
  await hearth.restart();
  const state = await value<{ draft: { serverName?: string } }>(hearth, 'setup.state');
  expect(state).toMatchObject({ configured: true, unfinished: true, draft: { page: 'running' } });
  expect(state.draft.serverName).toBeUndefined();
  await value(hearth, 'setup.complete');
  expect(await value(hearth, 'setup.state')).toMatchObject({ unfinished: false, draft: {} });
  expect(await hearth.call('setup.remember', { page: 'kit' })).toMatchObject({ error: { code: 'ALREADY_SET_UP' } });
});

it('leaves a certificate of the person alone when a set-up does not come to its end', async () => {
  await using hearth = await TestHeadless.start();
  const { certificatePath, privateKeyPath } = writePair(hearth.home, 'mine', new TestAuthority().issue([NAME]));
  const certificate = { certificatePath, privateKeyPath };
  const failed = await hearth.call(
    'setup.finish',
    answers(hearth, { certificate, admin: { localpart: 'al ex', password: 'correct horse' } }),
  );
  expect(failed).toMatchObject({ ok: false });
  expect(readFileSync(privateKeyPath, 'utf8')).toContain('PRIVATE KEY');
});

it('writes what was chosen for safety', async () => {
  const safety = { linkPreviews: true, presence: false, dailyUpload: 500_000_000 };
  await using hearth = await made({ safety });
  const config = readFileSync(join(hearth.home, 'homeserver.yaml'), 'utf8');
  expect(config).toContain('\nurl_preview_enabled: true\n');
  expect(config).toMatch(/\npresence:\n {2}enabled: false\n/);
  expect(config).toContain('max_size: 500000000');
});
