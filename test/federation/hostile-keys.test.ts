import { afterAll, expect, it } from 'vitest';
import { toBase64 } from '../../src-main/base/base64.js';
import { startFederation } from '../support/federation.js';

const federation = await startFederation(['hs1.test']);
const one = federation.server('hs1.test');
const fake = await federation.fakeServer('fake.test');
afterAll(() => federation.stop());

it('a long answer with many keys is not kept for each of them', async () => {
  const key = { key: toBase64(fake.key.publicKey), expired_ts: 1 };
  const old = Array.from({ length: 100 }, (_, at) => [`ed25519:old${at}`, key]);
  fake.keyAnswer = { old_verify_keys: Object.fromEntries(old), padding: 'x'.repeat(100_000) };
  const known = async (keyId: string) => {
    const { body } = await fake.ask(one, 'GET', `/_matrix/key/v2/query/fake.test/${encodeURIComponent(keyId)}`);
    return body.server_keys.length as number;
  };
  expect(await known('ed25519:fake')).toBe(1);
  expect(await known('ed25519:old0')).toBe(0);
});
