import { describe, expect, it } from 'vitest';
import { randomKeyPair } from '../../src-main/base/ed25519.js';
import type { JsonObject } from '../../src-main/base/json.js';
import { canonicalJson } from '../../src-main/spec/canonical-json.js';
import { contentHash, hasValidContentHash } from '../../src-main/spec/content-hash.js';
import type { Pdu } from '../../src-main/spec/event.js';
import { eventIdOf, referenceHash, roomIdOf, roomIdOfCreate, signedText } from '../../src-main/spec/event-id.js';
import type { EventId } from '../../src-main/spec/ids.js';
import { parseJsonLossless } from '../../src-main/spec/json-text.js';
import { type PduDraft, sealPdu } from '../../src-main/spec/seal-pdu.js';
import { keyIdsOf, signJson, signPdu, verifyJson, verifyPdu } from '../../src-main/spec/signing.js';
import { pdu, rulesOf, specKey } from './events.js';
import { vectors } from './vectors.js';

const { publicKey } = specKey;
const read = (json: string) => parseJsonLossless(json).value as JsonObject;

describe('signing JSON', () => {
  it.each(vectors.json_signing)('makes the signature of the specification over $input', ({ input, output }) => {
    expect(signJson(input, 'domain', specKey)).toEqual(output);
    expect(verifyJson(output, 'domain', 'ed25519:1', publicKey)).toBe(true);
  });

  it('keeps other signatures and what is unsigned, and covers neither', () => {
    const other = { ...specKey, keyId: 'ed25519:2' };
    const unsigned = { age: 1.5 };
    const twice = signJson(signJson({ one: 1, unsigned }, 'domain', specKey), 'domain', other);
    expect(keyIdsOf(twice, 'domain')).toEqual(['ed25519:1', 'ed25519:2']);
    expect(twice).toMatchObject({ one: 1, unsigned });
    expect(verifyJson({ ...twice, unsigned: {} }, 'domain', 'ed25519:1', publicKey)).toBe(true);
    expect(verifyJson({ ...twice, one: 2 }, 'domain', 'ed25519:1', publicKey)).toBe(false);
  });

  it.each<[string, JsonObject]>([
    ['is missing', {}],
    ['is of another server', { signatures: { other: { 'ed25519:1': 'AAAA' } } }],
    ['is no base64', { signatures: { domain: { 'ed25519:1': '*' } } }],
    ['is too short', { signatures: { domain: { 'ed25519:1': 'AAAA' } } }],
    ['is no text', { signatures: { domain: { 'ed25519:1': 1 } } }],
    ['stands in a list', { signatures: ['domain'] }],
    ['covers what has no canonical form', { ...vectors.json_signing[0]!.output, a: '\ud800' }],
  ])('does not verify when the signature %s', (_case, object) => {
    expect(verifyJson(object, 'domain', 'ed25519:1', publicKey)).toBe(false);
  });

  it('takes signatures in padded and in URL-safe base64', () => {
    const { output } = vectors.json_signing[1]!;
    const text = (output['signatures'] as any).domain['ed25519:1'] as string;
    for (const spelling of [`${text}==`, text.replaceAll('+', '-').replaceAll('/', '_')]) {
      const object = { ...output, signatures: { domain: { 'ed25519:1': spelling } } };
      expect(verifyJson(object, 'domain', 'ed25519:1', publicKey)).toBe(true);
    }
  });
});

describe('signing events', () => {
  it.each(vectors.event_signing)('makes hash and signature of the specification, versions $room_versions', (vector) => {
    const hashed = { ...vector.input, hashes: { sha256: contentHash(vector.input) } };
    expect(signPdu(hashed, rulesOf('1'), 'domain', specKey)).toEqual(vector.output);
    expect(hasValidContentHash(vector.output)).toBe(true);
    expect(verifyPdu(vector.output, rulesOf('1'), 'domain', 'ed25519:1', publicKey)).toBe(true);
  });

  it.each(vectors.derived_events)('hashes, names and signs a $label event of version $room_version', (vector) => {
    const rules = rulesOf(vector.room_version);
    const hashed = { ...vector.input, hashes: { sha256: contentHash(vector.input) } };
    expect(hashed.hashes.sha256).toBe(vector.content_hash);
    expect(signedText(hashed, rules)).toBe(vector.redacted_canonical_json);
    const signed = signPdu(hashed as JsonObject, rules, 'domain', specKey);
    expect(signed['signatures']).toEqual({ domain: { 'ed25519:1': vector.signature } });
    const eventId = eventIdOf(signed, rules);
    expect(eventId).toBe(vector.event_id);
    expect(`$${referenceHash(signed, rules)}`).toBe(eventId);
    expect(roomIdOf(signed, rules, eventId)).toBe(vector.room_id ?? '!x:domain');
  });

  it.each(vectors.derived_events)('seals a $label event of version $room_version in one go', (vector) => {
    const rules = rulesOf(vector.room_version);
    const sealed = sealPdu(vector.input as unknown as PduDraft, rules, 'domain', specKey);
    expect(sealed.eventId).toBe(vector.event_id);
    expect(sealed.pdu.signatures).toEqual({ domain: { 'ed25519:1': vector.signature } });
    expect(sealed.pdu.hashes).toEqual({ sha256: vector.content_hash });
    expect(sealed.text).toBe(canonicalJson(sealed.pdu as JsonObject));
  });

  it('seals what canonical JSON orders in its own way', () => {
    const draft = { ...pdu(), '10': 1, '9': [], z: null, '\ufffd': 1, '\u{10000}': {} } as unknown as PduDraft;
    const sealed = sealPdu(draft, rulesOf('12'), 'domain', specKey);
    expect(sealed.text).toBe(canonicalJson(sealed.pdu as JsonObject));
    expect(hasValidContentHash(sealed.pdu)).toBe(true);
    expect(verifyPdu(sealed.pdu, rulesOf('12'), 'domain', 'ed25519:1', publicKey)).toBe(true);
    expect(eventIdOf(sealed.pdu, rulesOf('12'))).toBe(sealed.eventId);
  });

  it('refuses to seal a fraction from version 6 on', () => {
    const draft = pdu({ content: { a: 1.5 } }) as PduDraft;
    expect(() => sealPdu(draft, rulesOf('6'), 'domain', specKey)).toThrow();
    expect(sealPdu(draft, rulesOf('5'), 'domain', specKey).text).toContain('"a":1.5');
  });

  it('sees changed content by its hash, not by its signature', () => {
    const { pdu: event } = sealPdu(pdu(), rulesOf('12'), 'domain', specKey);
    const changed = { ...event, content: { body: 'bye' } } as Pdu;
    expect(hasValidContentHash(changed)).toBe(false);
    expect(verifyPdu(changed, rulesOf('12'), 'domain', 'ed25519:1', publicKey)).toBe(true);
    const moved = { ...event, sender: '@b:domain' } as Pdu;
    expect(verifyPdu(moved, rulesOf('12'), 'domain', 'ed25519:1', publicKey)).toBe(false);
    expect(verifyPdu(event, rulesOf('12'), 'domain', 'ed25519:1', randomKeyPair().publicKey)).toBe(false);
  });

  it.each<[string, JsonObject]>([
    ['no hashes', { hashes: undefined }],
    ['a hash of another length', { hashes: { sha256: 'AAAA' } }],
    ['a hash that is no text', { hashes: { sha256: 7 } }],
    ['content that has no canonical form', { content: { a: '\ud800' } }],
  ])('does not believe %s', (_case, change) => expect(hasValidContentHash(pdu(change))).toBe(false));

  it('verifies the hash of an old event with numbers that JavaScript would change', () => {
    const text = JSON.stringify(pdu({ depth: 1, content: { users: { '@a:domain': 2 } } }))
      .replace('"depth":1', '"depth":9223372036854775807')
      .replace('"@a:domain":2', '"@a:domain":1.50');
    const hashed = text.replace(/"hashes":\{[^}]*\}/, `"hashes":{"sha256":"${contentHash(read(text))}"}`);
    expect(hasValidContentHash(read(hashed))).toBe(true);
    expect(hasValidContentHash(read(hashed.replace('1.50', '1.5')))).toBe(false);
    expect(hasValidContentHash(JSON.parse(hashed))).toBe(false);
  });
});

describe('ids', () => {
  it('takes the event id of versions 1 and 2 from the event, and needs one', () => {
    expect(eventIdOf(pdu({ event_id: '$0:domain' }), rulesOf('2'))).toBe('$0:domain');
    expect(() => eventIdOf(pdu(), rulesOf('1'))).toThrow();
  });

  it('names a room of version 12 after its create event', () => {
    const create = pdu({ type: 'm.room.create', room_id: undefined });
    const eventId: EventId = '$hamvWB-t4uHOuOuHZNCs3KcVFWA-rDmfMV5gVque-4g';
    expect(roomIdOf(create, rulesOf('12'), eventId)).toBe('!hamvWB-t4uHOuOuHZNCs3KcVFWA-rDmfMV5gVque-4g');
    expect(roomIdOfCreate(eventId)).toBe('!hamvWB-t4uHOuOuHZNCs3KcVFWA-rDmfMV5gVque-4g');
    expect(roomIdOf(create, rulesOf('11'), eventId)).toBeUndefined();
    expect(roomIdOf(pdu({ room_id: undefined }), rulesOf('12'), eventId)).toBeUndefined();
  });
});
