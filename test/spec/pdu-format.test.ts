import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src-main/base/json.js';
import { canonicalJson } from '../../src-main/spec/canonical-json.js';
import { clientEvent } from '../../src-main/spec/client-event.js';
import { hasValidContentHash } from '../../src-main/spec/content-hash.js';
import { roomEvent } from '../../src-main/spec/event.js';
import { eventIdOf } from '../../src-main/spec/event-id.js';
import { checkEventLimits } from '../../src-main/spec/event-limits.js';
import { parseJson, parseJsonLossless } from '../../src-main/spec/json-text.js';
import { checkPduFormat } from '../../src-main/spec/pdu-format.js';
import { ROOM_VERSIONS } from '../../src-main/spec/room-version.js';
import { type PduDraft, sealPdu } from '../../src-main/spec/seal-pdu.js';
import { verifyPdu } from '../../src-main/spec/signing.js';
import { pdu, rulesOf, specKey } from './events.js';

const pair = ['$0:domain', { sha256: 'x' }];
const ofVersion = (version: string): JsonObject =>
  Number(version) < 3
    ? { event_id: '$1:domain', prev_events: [pair], auth_events: [pair] }
    : { prev_events: ['$a'], auth_events: ['$b'] };
const judge = (changes: JsonObject, version = '12') =>
  checkPduFormat(pdu({ ...ofVersion(version), ...changes }) as JsonValue, rulesOf(version)).valid;

describe('the form of an event', () => {
  it.each(ROOM_VERSIONS)('is right for an ordinary event of version %s', (version) =>
    expect(judge({}, version)).toBe(true),
  );

  it.each<[string, JsonObject, string?]>([
    ['no type', { type: undefined }],
    ['a type that is no text', { type: 1 }],
    ['a sender that is no user id', { sender: 'alice' }],
    ['a state key that is no text', { state_key: null }],
    ['no content', { content: undefined }],
    ['content in a list', { content: [] }],
    ['no time', { origin_server_ts: undefined }],
    ['a time as text', { origin_server_ts: '1' }],
    ['a fraction for depth', { depth: 1.5 }],
    ['no hashes', { hashes: {} }],
    ['signatures that are no objects', { signatures: { domain: 'x' } }],
    ['signatures that are no text', { signatures: { domain: { 'ed25519:1': 1 } } }],
    ['no room', { room_id: undefined }],
    ['a room that is none', { room_id: 'r' }],
    ['no prev_events', { prev_events: undefined }],
    ['pairs in version 3', { prev_events: [pair] }, '3'],
    ['ids in version 2', { prev_events: ['$a'] }, '2'],
    ['a pair of one', { auth_events: [['$a']] }, '1'],
    ['no event id in version 1', { event_id: undefined }, '1'],
    ['numbers that version 6 forbids', { content: { a: [{ b: 1.5 }] } }, '6'],
    ['no room for a create event of version 11', { type: 'm.room.create', room_id: undefined }, '11'],
  ])('is wrong with %s', (_case, changes, version) => expect(judge(changes, version)).toBe(false));

  it.each<[string, JsonObject, string?]>([
    ['no room for a create event of version 12', { type: 'm.room.create', room_id: undefined }],
    ['a fraction in version 5', { content: { a: 1.5 } }, '5'],
    ['keys that nobody knows', { 'org.example': [] }],
  ])('is right with %s', (_case, changes, version) => expect(judge(changes, version)).toBe(true));

  it('shows numbers that JSON.parse hides', () => {
    const text = JSON.stringify(pdu({ ...ofVersion('6'), content: { a: 7 } })).replace('"a":7', '"a":7.0');
    expect(checkPduFormat(parseJsonLossless(text).value, rulesOf('6'))).toEqual({
      valid: false,
      why: '7.0 is no canonical number',
    });
    const deep = JSON.stringify(pdu({ ...ofVersion('5') })).replace('"depth":3', '"depth":9223372036854775807');
    expect(checkPduFormat(parseJsonLossless(deep).value, rulesOf('5')).valid).toBe(true);
    expect(checkPduFormat(parseJsonLossless(deep.replace('807', '807.5')).value, rulesOf('5')).valid).toBe(false);
  });

  it.each([null, [], 'text', 7])('is wrong for %j', (value) =>
    expect(checkPduFormat(value, rulesOf('12')).valid).toBe(false),
  );
});

const examples: Record<string, JsonObject> = JSON.parse(
  readFileSync(new URL('../fixtures/room-event-examples.json', import.meta.url), 'utf8'),
);

describe.each(ROOM_VERSIONS)('the examples of the specification in version %s', (version) => {
  const rules = rulesOf(version);

  it.each(Object.keys(examples))('%s is sealed, checked and shown', (name) => {
    const { hashes: _hashes, signatures: _signatures, ...draft } = pdu({ ...ofVersion(version), ...examples[name] });
    const { pdu: sealed, eventId, text } = sealPdu(draft as PduDraft, rules, 'domain', specKey);
    const received = parseJson(text);
    expect(received).toEqual({ value: sealed, canonicalNumbers: true });
    expect(canonicalJson(received.value)).toBe(text);
    const verdict = checkPduFormat(received.value, rules);
    expect(verdict.valid).toBe(true);
    expect(eventIdOf(sealed, rules)).toBe(eventId);
    expect(hasValidContentHash(sealed)).toBe(true);
    expect(verifyPdu(sealed, rules, 'domain', specKey.keyId, specKey.publicKey)).toBe(true);
    expect(checkEventLimits(sealed, rules, { eventId, roomId: '!x:domain' }, text).within).toBe(true);
    const shown = clientEvent(roomEvent(sealed, rules, eventId, '!x:domain'), { withRoomId: true });
    expect(shown).toMatchObject({ ...examples[name], event_id: eventId, room_id: '!x:domain' });
  });
});
