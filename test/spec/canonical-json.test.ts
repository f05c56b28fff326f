import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonValue } from '../../src-main/base/json.js';
import { canonicalJson, compareCodePoints, NotCanonicalError } from '../../src-main/spec/canonical-json.js';
import { parseJson, parseJsonLossless } from '../../src-main/spec/json-text.js';
import { vectors } from './vectors.js';

it.each([...vectors.canonical_json, ...vectors.derived_canonical_json])(
  'writes $input_text canonically',
  ({ input_text, output_text }) => expect(canonicalJson(parseJson(input_text).value)).toBe(output_text),
);

it.each([
  ['a fraction', 1.5],
  ['2^53', 2 ** 53],
  ['-2^53', -(2 ** 53)],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a lone high surrogate', 'a\ud800'],
  ['a lone low surrogate', '\udc00b'],
  ['a lone surrogate in a key', { 'x\ud800': 1 }],
  ['a lone surrogate beside an index-like key', { 1: '\ud800' }],
])('refuses %s, at any depth', (_case, value) => {
  expect(() => canonicalJson(value as JsonValue)).toThrow(NotCanonicalError);
  expect(() => canonicalJson({ a: [{ b: value as JsonValue }] })).toThrow(NotCanonicalError);
});

it('is not confused by a backslash before "ud"', () => {
  expect(canonicalJson('C:\\ud800')).toBe('"C:\\\\ud800"');
});

it('leaves out keys without a value', () => {
  expect(canonicalJson({ b: undefined, a: 1, 2: undefined, 1: 0 })).toBe('{"1":0,"a":1}');
});

it('keeps a __proto__ key and index-like keys deep inside', () => {
  const text = '{"a":[{"10":1,"9":{"__proto__":null}}]}';
  expect(canonicalJson(JSON.parse(text))).toBe(text);
});

it('orders many keys as it orders few', () => {
  const keys = [...Array(60).keys()].map((n) => String.fromCodePoint(0xfff0 + n * 7));
  const shuffled = [...keys].sort((a, b) => ((a.charCodeAt(0) * 31) % 17) - ((b.charCodeAt(0) * 31) % 17));
  const expected = keys.filter((key) => key.isWellFormed());
  const object = Object.fromEntries(shuffled.filter((key) => key.isWellFormed()).map((key) => [key, 1]));
  expect(Object.keys(JSON.parse(canonicalJson(object)))).toEqual(expected);
});

it('writes numbers of old rooms as they were sent when it is lenient', () => {
  const text = '{"big":9223372036854775807,"cut":1.0,"exp":1e3,"f":-1.50,"z":0}';
  expect(canonicalJson(parseJsonLossless(text).value, 'lenient')).toBe(text);
  expect(canonicalJson({ a: 0.5 }, 'lenient')).toBe('{"a":0.5}');
  expect(() => canonicalJson(parseJsonLossless(text).value)).toThrow(NotCanonicalError);
  expect(() => canonicalJson({ a: Number.NaN }, 'lenient')).toThrow(NotCanonicalError);
});

/** JSON that has a canonical form, with keys that trip up naive code. */
const jsonValue = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value')),
    fc
      .array(
        fc.tuple(
          fc.oneof(fc.string({ unit: 'binary' }), fc.nat(30).map(String), fc.constant('__proto__')),
          tie('value'),
        ),
      )
      .map((entries) => JSON.parse(`{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`)),
  ),
})).value;

const points = (text: string) => [...text].map((c) => c.codePointAt(0)!.toString(16).padStart(6, '0')).join();

/** The definition, word by word. */
function slowly(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map(slowly).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => (points(a) < points(b) ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${slowly((value as Record<string, JsonValue>)[key])}`).join()}}`;
}

it('agrees with a slow program, round-trips, and is its own canonical form', () => {
  fc.assert(
    fc.property(jsonValue, (value) => {
      const text = canonicalJson(value);
      expect(text).toBe(slowly(value));
      expect(slowly(JSON.parse(text))).toBe(text);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

/** UTF-8 keeps the order of code points. */
const byPoints = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

it('compares strings as their code points compare', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(fc.property(text, text, (a, b) => Math.sign(compareCodePoints(a, b)) === byPoints(a, b)));
});
