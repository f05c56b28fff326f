import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../src-main/base/base64.js';
import { randomKeyPair } from '../../src-main/base/ed25519.js';
import type { JsonObject } from '../../src-main/base/json.js';
import { jsonSignatureCheck } from '../../src-main/matrix/servers/index.js';
import { type SigningKey, signJson, verifyJson } from '../../src-main/spec/signing.js';
import { FakeClock } from '../support/fake-clock.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';

const DAY = 86_400_000;
const SERVER = '/_matrix/key/v2/server';
const QUERY = '/_matrix/key/v2/query';

const first = ({ servers: [one] }: TestFederation) => one as TestHomeserver;
const keysOf = (federation: TestFederation) => first(federation).homeserver.servers.keys;

/** A scene with a clock of its own: `fake.test` and a server that looks at its keys. */
async function scene(federation: Record<string, unknown> = {}) {
  const clock = new FakeClock();
  const servers = await startFederation(['hs1.test'], { clock, config: { federation } });
  const fake = await servers.fakeServer('fake.test');
  const says = (answer: JsonObject) => {
    fake.keyAnswer = { valid_until_ts: clock.now() + DAY, ...answer };
  };
  says({});
  return { clock, servers, fake, says, keys: keysOf(servers), [Symbol.asyncDispose]: () => servers.stop() };
}

const newKey = (name: string): SigningKey => ({ keyId: `ed25519:${name}`, ...randomKeyPair() });
const published = (...keys: SigningKey[]) =>
  Object.fromEntries(keys.map(({ keyId, publicKey }) => [keyId, { key: toBase64(publicKey) }]));
const asked = (fake: FakeServer) => fake.received(SERVER).length;

describe('keys of other servers', () => {
  it('are fetched once, for all who want them at the same time and after', async () => {
    await using it = await scene();
    const wanted = () => it.keys.keyOf('fake.test', 'ed25519:fake', it.clock.now(), { validityMatters: true });
    const found = await Promise.all([wanted(), wanted(), wanted()]);
    expect(found.map((key) => key && toBase64(key))).toEqual(Array(3).fill(toBase64(it.fake.key.publicKey)));
    await wanted();
    expect(asked(it.fake)).toBe(1);
  });

  it('are kept over a restart', async () => {
    await using it = await scene();
    const signed = it.fake.sign({ a: 1 });
    expect(await it.keys.verifyJson(signed, 'fake.test')).toBe(true);
    const one = first(it.servers);
    await one.restart();
    expect(await one.homeserver.servers.keys.verifyJson(signed, 'fake.test')).toBe(true);
    expect(asked(it.fake)).toBe(1);
  });

  it('are asked for again when what is wanted is beyond their validity', async () => {
    await using it = await scene();
    const signed = it.fake.sign({ a: 1 });
    await it.keys.verifyJson(signed, 'fake.test');
    it.clock.advance(2 * DAY);
    it.says({});
    expect(await it.keys.verifyJson(signed, 'fake.test')).toBe(true);
    expect(asked(it.fake)).toBe(2);
  });

  it('count no longer than a week after they were fetched, whatever their server says', async () => {
    await using it = await scene();
    it.says({ valid_until_ts: it.clock.now() + 1000 * DAY });
    const then = it.clock.now();
    const check = { ...jsonSignatureCheck(it.fake.sign({ a: 1 }), 'fake.test', then + 6 * DAY) };
    expect(await it.keys.verify([check])).toEqual([{ holds: true }]);
    it.clock.advance(8 * DAY);
    it.fake.on('GET', SERVER, { status: 404, body: { errcode: 'M_UNRECOGNIZED', error: 'gone' } });
    expect(await it.keys.verify([check, { ...check, at: then + 8 * DAY }])).toEqual([
      { holds: true },
      { holds: false, why: 'missing-key' },
    ]);
  });

  it('that their server gave up count for what was signed before, and where validity does not matter', async () => {
    await using it = await scene();
    const old = newKey('old');
    const expired = it.clock.now() - DAY;
    it.says({ old_verify_keys: { [old.keyId]: { key: toBase64(old.publicKey), expired_ts: expired } } });
    const check = jsonSignatureCheck(signJson({ a: 1 }, 'fake.test', old), 'fake.test', expired);
    expect(
      await it.keys.verify([
        check,
        { ...check, at: expired + 1 },
        { ...check, at: expired + 1, validityMatters: false },
      ]),
    ).toEqual([{ holds: true }, { holds: false, why: 'missing-key' }, { holds: true }]);
    await it.keys.verify([{ ...check, at: expired + 1 }]);
    expect(asked(it.fake)).toBe(1);
  });

  it('that are new are found when their server begins to sign with them, though not asked for at every word', async () => {
    await using it = await scene();
    const next = newKey('next');
    const signed = signJson({ a: 1 }, 'fake.test', next);
    expect(await it.keys.verifyJson(it.fake.sign({ a: 1 }), 'fake.test')).toBe(true);
    for (let i = 0; i < 3; i += 1) expect(await it.keys.verifyJson(signed, 'fake.test')).toBe(false);
    expect(asked(it.fake)).toBe(2);
    it.says({ verify_keys: published(it.fake.key, next) });
    it.clock.advance(61_000);
    expect(await it.keys.verifyJson(signed, 'fake.test')).toBe(true);
  });

  it('tell a wrong signature from a key that nobody tells', async () => {
    await using it = await scene();
    const good = jsonSignatureCheck(it.fake.sign({ a: 1 }), 'fake.test', it.clock.now());
    expect(
      await it.keys.verify([
        good,
        { ...good, text: '{"a":2}' },
        { ...good, signer: 'nowhere.test' },
        { ...good, signatures: {} },
      ]),
    ).toEqual([
      { holds: true },
      { holds: false, why: 'wrong' },
      { holds: false, why: 'missing-key' },
      { holds: false, why: 'missing-key' },
    ]);
  });

  it('of our own are known without asking anybody', async () => {
    await using it = await scene();
    const { signingKey } = first(it.servers).homeserver.servers;
    expect(await it.keys.verifyJson(signJson({ a: 1 }, 'hs1.test', signingKey), 'hs1.test')).toBe(true);
  });

  it('check thousands of signatures without holding up everybody else', async () => {
    await using it = await scene();
    const checks = Array.from({ length: 3000 }, (_none, i) =>
      jsonSignatureCheck(it.fake.sign({ i }), 'fake.test', it.clock.now()),
    );
    const wrong = checks.map((check, i) => (i % 1000 === 7 ? { ...check, text: `{"i":${i + 1}}` } : check));
    const verdicts = await it.keys.verify(wrong);
    expect(verdicts.flatMap(({ holds }, i) => (holds ? [] : [i]))).toEqual([7, 1007, 2007]);
  });
});

describe('a notary that is trusted', () => {
  /** A notary that vouches for `gone.test`, which is nowhere. */
  async function withNotary(verifyKeys?: (notary: FakeServer) => Record<string, string>) {
    const names: Record<string, string> = {};
    const trustedKeyServers = [{ serverName: 'notary.test', verifyKeys: verifyKeys && names, acceptInsecurely: false }];
    const it = await scene({ trustedKeyServers });
    const notary = await it.servers.fakeServer('notary.test');
    if (verifyKeys) Object.assign(names, verifyKeys(notary));
    const gone = newKey('gone');
    const own = signJson(
      {
        server_name: 'gone.test',
        valid_until_ts: it.clock.now() + DAY,
        verify_keys: published(gone),
        old_verify_keys: {},
      },
      'gone.test',
      gone,
    );
    notary.on('POST', QUERY, () => ({ body: { server_keys: [notary.sign(own)] } }));
    return { ...it, notary, signed: signJson({ a: 1 }, 'gone.test', gone) };
  }

  it('is asked when a server does not tell its own keys', async () => {
    await using it = await withNotary();
    expect(await it.keys.verifyJson(it.signed, 'gone.test')).toBe(true);
    expect(it.notary.received(QUERY)[0]?.body).toEqual({
      server_keys: { 'gone.test': { 'ed25519:gone': { minimum_valid_until_ts: it.clock.now() } } },
    });
    await it.keys.verifyJson(it.signed, 'gone.test');
    expect(it.notary.received(QUERY)).toHaveLength(1);
  });

  it('is asked first, and once, when there are many', async () => {
    await using it = await withNotary();
    const check = jsonSignatureCheck(it.signed, 'gone.test', it.clock.now());
    const others = Array.from({ length: 20 }, (_none, i) => ({ ...check, signer: `gone${i}.test` }));
    const [verdict] = await it.keys.verify([check, ...others]);
    expect(verdict).toEqual({ holds: true });
    expect(it.notary.received(QUERY)).toHaveLength(1);
    expect(Object.keys(it.notary.received(QUERY)[0]?.body.server_keys)).toHaveLength(21);
  });

  it('is believed by its known key', async () => {
    await using it = await withNotary((notary) => ({ [notary.key.keyId]: toBase64(notary.key.publicKey) }));
    expect(await it.keys.verifyJson(it.signed, 'gone.test')).toBe(true);
  });

  it('is not believed when another key is known of it', async () => {
    await using it = await withNotary((notary) => ({ [notary.key.keyId]: toBase64(randomKeyPair().publicKey) }));
    expect(await it.keys.verifyJson(it.signed, 'gone.test')).toBe(false);
  });
});

describe('as a notary', () => {
  const post = async (server: TestHomeserver, fake: FakeServer, server_keys: JsonObject) =>
    (await fake.ask(server, 'POST', QUERY, { server_keys })).body.server_keys as JsonObject[];

  it('passes on what servers say of themselves, with its own signature beside theirs', async () => {
    await using it = await scene();
    const one = first(it.servers);
    const { signingKey } = one.homeserver.servers;
    const answers = await post(one, it.fake, { 'fake.test': { 'ed25519:fake': {} }, 'nowhere.test': {}, '..': {} });
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject({ server_name: 'fake.test', verify_keys: published(it.fake.key) });
    for (const [name, key] of [['fake.test', it.fake.key] as const, ['hs1.test', signingKey] as const]) {
      expect(verifyJson(answers[0] ?? {}, name, key.keyId, key.publicKey)).toBe(true);
    }
  });

  it('answers from what it knows, and asks again when that is not good for long enough', async () => {
    await using it = await scene();
    const one = first(it.servers);
    const until = (minimum_valid_until_ts: number) => ({ 'fake.test': { 'ed25519:fake': { minimum_valid_until_ts } } });
    const now = it.clock.now();
    await post(one, it.fake, until(now));
    await post(one, it.fake, until(now + DAY / 2));
    expect(asked(it.fake)).toBe(1);
    it.says({ valid_until_ts: now + 3 * DAY });
    const [newer] = await post(one, it.fake, until(now + 2 * DAY));
    expect(newer).toMatchObject({ valid_until_ts: now + 3 * DAY });
  });

  it('tells what it knew when the server is gone', async () => {
    await using it = await scene();
    const one = first(it.servers);
    await post(one, it.fake, { 'fake.test': {} });
    it.clock.advance(30 * DAY);
    it.fake.on('GET', SERVER, { status: 500, body: 'out of order', isWrong: true });
    expect(await post(one, it.fake, { 'fake.test': {} })).toHaveLength(1);
  });

  it('is asked for one server in the path, and for itself', async () => {
    await using it = await scene();
    const one = first(it.servers);
    const get = async (path: string) => (await it.fake.ask(one, 'GET', `${QUERY}/${path}`)).body.server_keys;
    expect(await get('fake.test')).toMatchObject([{ server_name: 'fake.test' }]);
    expect(await get('fake.test/ed25519%3Afake?minimum_valid_until_ts=1')).toMatchObject([
      { server_name: 'fake.test' },
    ]);
    expect(await get('hs1.test')).toMatchObject([{ server_name: 'hs1.test' }]);
    expect(await get('nowhere.test')).toEqual([]);
  });

  it.each([{}, { server_keys: [] }, { server_keys: { 'a.test': 1 } }, { server_keys: { 'a.test': { x: 1 } } }])(
    'refuses %j',
    async (body) => {
      await using it = await scene();
      const { addresses } = first(it.servers);
      const secure = addresses.find(({ tls }) => tls);
      const reply = await request(`https://127.0.0.1:${secure?.port}${QUERY}`, {
        method: 'POST',
        dispatcher: first(it.servers).dispatcher,
        body: JSON.stringify(body),
      });
      expect(reply.statusCode).toBe(400);
    },
  );
});
