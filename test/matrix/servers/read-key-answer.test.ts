import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../../src-main/base/base64.js';
import { randomKeyPair } from '../../../src-main/base/ed25519.js';
import type { JsonObject, JsonValue } from '../../../src-main/base/json.js';
import { readKeyAnswer } from '../../../src-main/matrix/servers/read-key-answer.js';
import { parseJsonLossless } from '../../../src-main/spec/json-text.js';
import { signJson } from '../../../src-main/spec/signing.js';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const key = { keyId: 'ed25519:1', ...randomKeyPair() };
const publicKey = toBase64(key.publicKey);

const plain = {
  server_name: 'hs.test',
  valid_until_ts: NOW + DAY,
  verify_keys: { 'ed25519:1': { key: publicKey } },
  old_verify_keys: { 'ed25519:0': { key: publicKey, expired_ts: NOW - DAY } },
};
const signed = (more: JsonObject = {}) => signJson({ ...plain, ...more }, 'hs.test', key);
const read = (answer: JsonValue) => readKeyAnswer(answer, 'hs.test', NOW);
const idsIn = (answer: JsonValue) => read(answer)?.keys.map(({ keyId }) => keyId);

describe('what a server says of its keys', () => {
  it('is read with the keys that it uses and those that it gave up', () => {
    expect(read(signed())).toMatchObject({
      server: 'hs.test',
      validUntil: NOW + DAY,
      keys: [
        { keyId: 'ed25519:0', validUntil: NOW - DAY, isExpired: true, fetchedAt: NOW },
        { keyId: 'ed25519:1', validUntil: NOW + DAY, isExpired: false, fetchedAt: NOW },
      ],
    });
  });

  it('is believed for a week at most', () => {
    expect(read(signed({ valid_until_ts: NOW + 365 * DAY }))?.keys[1]?.validUntil).toBe(NOW + 7 * DAY);
  });

  it('may say things that nobody knows, in numbers of any form', () => {
    const text = JSON.stringify(signed({ unknown: { deep: [1] } }));
    expect(idsIn(parseJsonLossless(text).value)).toHaveLength(2);
  });

  it.each<[string, JsonValue]>([
    ['nothing', null],
    ['a list', [signed()]],
    ['of another server', signed({ server_name: 'other.test' })],
    ['of no server', signed({ server_name: undefined })],
    ['without an end', signed({ valid_until_ts: undefined })],
    ['with an end that is no time', signed({ valid_until_ts: 'tomorrow' })],
    ['without keys', signed({ verify_keys: {} })],
    ['with keys that are none', signed({ verify_keys: 'all of them' })],
    ['unsigned', plain],
    ['signed by another server', signJson(plain, 'other.test', key)],
    ['signed with a key that is not in it', signJson(plain, 'hs.test', { ...randomKeyPair(), keyId: 'ed25519:1' })],
    ['signed with a key that was given up', signed({ verify_keys: {}, old_verify_keys: plain.verify_keys })],
    ['changed since it was signed', { ...signed(), valid_until_ts: NOW + 2 * DAY }],
  ])('is not believed: %s', (_case, answer) => expect(read(answer)).toBeUndefined());

  it.each<[string, JsonObject]>([
    ['of another algorithm', { 'rsa:1': { key: publicKey } }],
    ['without a name', { 'ed25519:': { key: publicKey } }],
    ['too long', { 'ed25519:2': { key: `${publicKey}AAAA` } }],
    ['in no base64', { 'ed25519:2': { key: '!'.repeat(43) } }],
    ['that is no text', { 'ed25519:2': { key: 1 } }],
    ['that is none', { 'ed25519:2': null }],
  ])('is read without a key %s', (_case, more) => {
    expect(idsIn(signed({ verify_keys: { ...more, ...plain.verify_keys } }))).toEqual(['ed25519:0', 'ed25519:1']);
  });

  it('is read without old keys that have no end, and counts a key as in use that is in both', () => {
    const old = { 'ed25519:0': { key: publicKey }, 'ed25519:1': { key: publicKey, expired_ts: NOW - DAY } };
    expect(read(signed({ old_verify_keys: old }))?.keys).toMatchObject([{ keyId: 'ed25519:1', isExpired: false }]);
  });

  it('is not read to the end when it names too many keys', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_none, i) => [`ed25519:x${i}`, { key: publicKey }]));
    expect(idsIn(signed({ verify_keys: { ...plain.verify_keys, ...many } }))?.length).toBeLessThanOrEqual(101);
  });
});
