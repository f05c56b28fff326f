import type { JsonObject, JsonValue } from '../base/json.js';
import { hasLoneSurrogate, RawNumber } from './json-text.js';

/** The value has no canonical form: a number that is no integer of 53 bits, a lone surrogate, or no JSON at all. */
export class NotCanonicalError extends Error {
  override readonly name = 'NotCanonicalError';
}

/**
 * Which numbers pass. `strict`: integers from -(2^53)+1 to 2^53-1, as room version 6 and later and everything that is
 * not an event demand. `lenient`: any number, for events of room versions 1 to 5, whose hashes were made before the
 * rule; RawNumbers come out as they were written.
 */
export type NumberRule = 'strict' | 'lenient';

/**
 * The one way to write a value that everybody agrees on, for hashing and signing: keys in order of code points, no white
 * space, the fewest escapes. Keys whose value is undefined are left out; `-0` is written `0`.
 *
 * @throws NotCanonicalError
 * @see https://spec.matrix.org/v1.19/appendices/#canonical-json
 */
export function canonicalJson(value: JsonValue, numbers: NumberRule = 'strict'): string {
  const sorted = inOrder(value, numbers);
  const text = sorted === UNORDERABLE ? written(value) : JSON.stringify(sorted);
  // JSON.stringify writes lone surrogates, and nothing else, as \ud…; a backslash before "ud" looks the same.
  if (text.includes('\\ud') && hasLoneSurrogate(value)) throw new NotCanonicalError('a string has a lone surrogate');
  return text;
}

/** Compares strings by code point, where `<` compares UTF-16 units and puts U+10000 before U+FFFD. */
export function compareCodePoints(a: string, b: string): number {
  if (!HIGH_UNIT.test(a) || !HIGH_UNIT.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const unitA = a.charCodeAt(i);
    const unitB = b.charCodeAt(i);
    if (unitA !== unitB) return aboveSurrogates(unitA) - aboveSurrogates(unitB);
  }
  return a.length - b.length;
}

/** The keys of `object` that have a value, in canonical order. */
export function canonicalKeys(object: JsonObject): string[] {
  const keys = Object.keys(object);
  if (keys.length <= FEW) sortFew(keys);
  else keys.sort(keys.some((key) => HIGH_UNIT.test(key)) ? compareCodePoints : undefined);
  return keys;
}

const HIGH_UNIT = /[\ud800-\uffff]/;
const ARRAY_INDEX = /^\d+$/;
const FEW = 24;
/** Of objects that no insertion order puts into canonical order. */
const UNORDERABLE = Symbol('unorderable');

/** Surrogates stand for code points above U+FFFF, so they rank above all other units. */
const aboveSurrogates = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Insertion sort: most objects have few keys, often in order already, and then it costs a tenth of Array.sort. */
function sortFew(keys: string[]): void {
  for (let i = 1; i < keys.length; i += 1) {
    const key = keys[i] as string;
    let at = i - 1;
    while (at >= 0 && compareCodePoints(keys[at] as string, key) > 0) {
      keys[at + 1] = keys[at] as string;
      at -= 1;
    }
    keys[at + 1] = key;
  }
}

/**
 * A copy of `value` that JSON.stringify writes in canonical order: it writes keys in the order in which they were
 * added, all but those that look like array indexes. Half the price of putting the text together piece by piece.
 */
function inOrder(value: JsonValue, numbers: NumberRule): JsonValue | typeof UNORDERABLE {
  if (typeof value !== 'object' || value === null) return scalar(value, numbers);
  if (Array.isArray(value)) return listInOrder(value, numbers);
  if (value instanceof RawNumber) return rawNumber(value, numbers);
  const copy: Record<string, JsonValue> = {};
  let orderable = true;
  for (const key of canonicalKeys(value as JsonObject)) {
    const member = (value as JsonObject)[key];
    if (member === undefined) continue;
    const sorted = inOrder(member, numbers);
    if (sorted === UNORDERABLE || key === '__proto__' || ARRAY_INDEX.test(key)) orderable = false;
    else copy[key] = sorted;
  }
  return orderable ? copy : UNORDERABLE;
}

function listInOrder(list: readonly JsonValue[], numbers: NumberRule): JsonValue | typeof UNORDERABLE {
  const copy: JsonValue[] = [];
  let orderable = true;
  for (const item of list) {
    const sorted = inOrder(item, numbers);
    if (sorted === UNORDERABLE) orderable = false;
    else copy.push(sorted);
  }
  return orderable ? copy : UNORDERABLE;
}

function scalar(value: JsonValue, numbers: NumberRule): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'number') throw new NotCanonicalError(`${typeof value} is not a JSON value`);
  if (Number.isSafeInteger(value) || (numbers === 'lenient' && Number.isFinite(value))) return value;
  throw new NotCanonicalError(`${value} is not an integer between -(2^53)+1 and 2^53-1`);
}

function rawNumber(value: RawNumber, numbers: NumberRule): JsonValue {
  if (numbers === 'strict') throw new NotCanonicalError(`${value.text} is not an integer between -(2^53)+1 and 2^53-1`);
  return value as unknown as JsonValue;
}

/** The text piece by piece, for objects that `inOrder` cannot order; it has checked the numbers. */
function written(value: JsonValue): string {
  if (typeof value !== 'object' || value === null || value instanceof RawNumber) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  const members: string[] = [];
  for (const key of canonicalKeys(value as JsonObject)) {
    const member = (value as JsonObject)[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${written(member)}`);
  }
  return `{${members.join(',')}}`;
}
