import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../../../src-main/base/base64.js';
import { silentLogger } from '../../../src-main/base/logger.js';
import { openSigningKeys, parseSigningKeys } from '../../../src-main/matrix/servers/signing-key.js';
import { verifyJson } from '../../../src-main/spec/signing.js';
import { startHomeserver } from '../../support/homeserver.js';

/** The key of the spec's examples, in a file as Synapse writes it. */
const SEED = 'YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1';
const PUBLIC_KEY = 'XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI';

const newPath = () => join(mkdtempSync(join(tmpdir(), 'hearth-keys-')), 'home.test.signing.key');

it('takes a key file of Synapse as it is', () => {
  const [key] = parseSigningKeys(`ed25519 a_CSXA ${SEED}\n`, 'x');
  expect(key.keyId).toBe('ed25519:a_CSXA');
  expect(toBase64(key.publicKey)).toBe(PUBLIC_KEY);
});

it('tolerates several keys, padding and empty lines', () => {
  const keys = parseSigningKeys(`\ned25519 1 ${SEED}=\n\n  ed25519   b ${SEED}\n`, 'x');
  expect(keys.map(({ keyId }) => keyId)).toEqual(['ed25519:1', 'ed25519:b']);
});

it.each([
  ['another algorithm', `rsa a_b ${SEED}`, /line 1: a signing key must be/],
  ['half a key', `ed25519 a_b ${SEED.slice(0, 20)}`, /line 1: a signing key must be/],
  ['a name with a colon', `ed25519 a:b ${SEED}`, /line 1: a signing key must be/],
  ['no name', `\ned25519 ${SEED}`, /line 2: a signing key must be/],
  ['nothing', '\n', /is empty/],
])('refuses a file with %s, without repeating it', (_case, text, expected) => {
  expect(() => parseSigningKeys(text, '/k')).toThrow(expected);
  expect(() => parseSigningKeys(text, '/k')).not.toThrow(new RegExp(SEED.slice(0, 10)));
});

it('makes a key at the first start, for its owner only, and keeps it', () => {
  const path = newPath();
  const [made] = openSigningKeys(path, silentLogger);
  expect(readFileSync(path, 'utf8')).toMatch(/^ed25519 a_[A-Za-z]{4} [A-Za-z0-9+/]{43}\n$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(openSigningKeys(path, silentLogger)[0]).toEqual(made);
});

it('answers with its keys, signed by each of them', async () => {
  const signingKeyPath = newPath();
  writeFileSync(signingKeyPath, `ed25519 a_CSXA ${SEED}\ned25519 a_next ${toBase64(new Uint8Array(32).fill(7))}\n`);
  const old = { keyId: 'ed25519:old', publicKey: PUBLIC_KEY, expiredAt: 1_576_767_829_750 };
  await using one = await startHomeserver({ config: { signingKeyPath, oldSigningKeys: [old] } });

  for (const path of ['/_matrix/key/v2/server', '/_matrix/key/v2/server/', '/_matrix/key/v2/server/ed25519%3Aa_CSXA']) {
    const body = (await (await fetch(one.url + path)).json()) as Record<string, any>;
    expect(body).toMatchObject({
      server_name: 'hearth.test',
      verify_keys: { 'ed25519:a_CSXA': { key: PUBLIC_KEY }, 'ed25519:a_next': { key: expect.any(String) } },
      old_verify_keys: { 'ed25519:old': { key: PUBLIC_KEY, expired_ts: 1_576_767_829_750 } },
    });
    expect(body.valid_until_ts - one.clock.now()).toBeGreaterThan(12 * 3600 * 1000);
    for (const [keyId, { key }] of Object.entries<{ key: string }>(body.verify_keys)) {
      expect(verifyJson(body, 'hearth.test', keyId, fromBase64(key) ?? new Uint8Array())).toBe(true);
    }
  }
});

it('says what it is', async () => {
  await using one = await startHomeserver();
  const reply = await fetch(`${one.url}/_matrix/federation/v1/version`);
  expect(await reply.json()).toEqual({ server: { name: 'Hearth', version: expect.stringMatching(/^\d+\.\d+\.\d+/) } });
});
