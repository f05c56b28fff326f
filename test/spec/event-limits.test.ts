import { expect, it } from 'vitest';
import { canonicalJson } from '../../src-main/spec/canonical-json.js';
import { checkEventLimits } from '../../src-main/spec/event-limits.js';
import type { EventId, RoomId } from '../../src-main/spec/ids.js';
import { RawNumber } from '../../src-main/spec/json-text.js';
import { pdu, rulesOf } from './events.js';

const ids = { eventId: '$e' as EventId, roomId: '!x:domain' as RoomId };
const check = (changes: Record<string, unknown>, version = '12', given: Partial<typeof ids> = {}) => {
  const verdict = checkEventLimits(pdu(changes), rulesOf(version), { ...ids, ...given });
  return verdict.within ? 'within' : verdict.limit;
};
/** An event of exactly `bytes` bytes. */
const sized = (bytes: number, letter = 'a') => {
  const empty = Buffer.byteLength(canonicalJson(pdu({ content: { body: '' } })));
  return { content: { body: letter.repeat((bytes - empty) / Buffer.byteLength(letter)) } };
};
const references = (count: number) => Array.from({ length: count }, (_, n) => `$${n}`);

it.each<[string, Record<string, unknown>, string]>([
  ['an ordinary event', {}, 'within'],
  ['65,536 bytes', sized(65_536), 'within'],
  ['65,537 bytes', sized(65_537), 'size'],
  ['a type of 255 bytes', { type: 'a'.repeat(255) }, 'within'],
  ['a type of 256 bytes', { type: 'a'.repeat(256) }, 'size'],
  ['a type of 128 characters of two bytes', { type: 'é'.repeat(128) }, 'size'],
  ['a type of 127 characters of two bytes', { type: 'é'.repeat(127) }, 'within'],
  ['a long state_key', { state_key: '\u{1f600}'.repeat(64) }, 'size'],
  ['a long sender', { sender: `@${'a'.repeat(250)}:b.c` }, 'within'],
  ['a longer sender', { sender: `@${'a'.repeat(251)}:b.c` }, 'size'],
  ['20 prev_events', { prev_events: references(20) }, 'within'],
  ['21 prev_events', { prev_events: references(21) }, 'form'],
  ['10 auth_events', { auth_events: references(10) }, 'within'],
  ['11 auth_events', { auth_events: references(11) }, 'form'],
  ['depth 2^53-1', { depth: Number.MAX_SAFE_INTEGER }, 'within'],
  ['a negative depth', { depth: -1 }, 'form'],
  ['a fractional depth', { depth: 1.5 }, 'form'],
  ['depth as text', { depth: '1' }, 'form'],
  ['no depth', { depth: undefined }, 'form'],
  ['half a surrogate pair', { content: { a: '\ud800' } }, 'form'],
])('judges %s', (_case, changes, expected) => expect(check(changes)).toBe(expected));

it('counts bytes, not characters', () => {
  expect(check(sized(65_535, 'é'))).toBe('within');
  expect(check({ content: { body: 'é'.repeat(32_700) } })).toBe('size');
});

it('measures the ids wherever the version keeps them', () => {
  expect(check({}, '12', { roomId: `!${'a'.repeat(255)}` })).toBe('size');
  expect(check({}, '1', { eventId: `$${'a'.repeat(255)}` })).toBe('size');
});

it.each([
  ['9223372036854775807', '5', 'within'],
  ['9223372036854775808', '5', 'form'],
  ['9007199254740992', '6', 'form'],
  ['1.0', '1', 'form'],
])('judges depth %s in version %s', (depth, version, expected) =>
  expect(check({ depth: new RawNumber(depth) }, version)).toBe(expected),
);

it('believes the text that it is given', () => {
  expect(checkEventLimits(pdu(), rulesOf('12'), ids, 'x'.repeat(65_537)).within).toBe(false);
});

it.each([
  ['in old rooms', '10', '💥'.repeat(255), true],
  ['by characters too', '10', '💥'.repeat(256), undefined],
  ['in new rooms', '11', '💥'.repeat(255), undefined],
])('tolerates a key that is too long by its bytes %s only', (_case, version, key, isTolerable) => {
  const verdict = checkEventLimits(pdu({ state_key: key }), rulesOf(version), ids);
  expect(verdict).toMatchObject({ within: false, limit: 'size' });
  expect('isTolerable' in verdict ? verdict.isTolerable : undefined).toBe(isTolerable);
});

it('tolerates nothing else in an event with such a key', () => {
  const long = { state_key: '💥'.repeat(255), prev_events: references(21) };
  expect(checkEventLimits(pdu(long), rulesOf('6'), ids)).not.toHaveProperty('isTolerable');
});
