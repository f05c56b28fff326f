import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  hasLoneSurrogate,
  JsonTextError,
  parseJson,
  parseJsonLossless,
  RawNumber,
} from '../../src-main/spec/json-text.js';
import { vectors } from './vectors.js';

const refusal = (text: string): string | undefined => {
  try {
    parseJson(text);
    return undefined;
  } catch (error) {
    return error instanceof JsonTextError ? error.reason : String(error);
  }
};

it.each(vectors.derived_must_reject_v6plus)('sees through: $why', ({ input_text }) => {
  expect(refusal(input_text) === 'syntax' || parseJson(input_text).canonicalNumbers === false).toBe(true);
});

it.each([
  ['0', true],
  ['-0', true],
  ['-1', true],
  ['[1,22,333]', true],
  ['9007199254740991', true],
  ['-9007199254740991', true],
  ['9007199254740992', false],
  ['-9007199254740992', false],
  ['10000000000000000', false],
  ['{"depth":9223372036854775807}', false],
  ['1.0', false],
  ['-0.0', false],
  ['1e3', false],
  ['1E+3', false],
  ['[1,2e-1]', false],
  ['{"a":"1.5","1e3":"\\"2.5"}', true],
  ['{"a":"\\\\","b":1.5}', false],
  ['{"a":"\\\\\\"1.5"}', true],
  ['[true,false,null]', true],
  ['""', true],
  [' 12 ', true],
])('knows whether the numbers of %s are canonical: %s', (text, canonical) => {
  expect(parseJson(text).canonicalNumbers).toBe(canonical);
});

it.each([
  ['text that is not JSON', '{"a":}', 'syntax'],
  ['nothing', '', 'syntax'],
  ['half a pair', '"\\ud800"', 'surrogate'],
  ['half a pair in a key', '{"\\uDC00":1}', 'surrogate'],
  ['half a pair before other text', '["\\uD83Dx"]', 'surrogate'],
  ['half a pair that is not escaped', '"\ud800"', 'surrogate'],
  ['101 lists', '['.repeat(101) + ']'.repeat(101), 'depth'],
  ['101 objects', `${'{"a":'.repeat(101)}1${'}'.repeat(101)}`, 'depth'],
  ['a hundred thousand lists', '['.repeat(100_000) + ']'.repeat(100_000), 'depth'],
])('refuses %s', (_case, text, reason) => expect(refusal(text)).toBe(reason));

it.each([
  ['whole pairs', '"\\ud83d\\ude00"'],
  ['a backslash before what looks like half a pair', '"\\\\ud800"'],
  ['100 lists', '['.repeat(100) + ']'.repeat(100)],
  ['brackets in strings', JSON.stringify('['.repeat(500))],
  ['lists beside each other', `[${'[],'.repeat(500)}[]]`],
])('takes %s', (_case, text) => expect(refusal(text)).toBeUndefined());

it('keeps __proto__ as a key and the last of equal keys', () => {
  const { value } = parseJson('{"__proto__":{"x":1},"a":1,"a":2}');
  expect(Object.entries(value as object)).toEqual([
    ['__proto__', { x: 1 }],
    ['a', 2],
  ]);
});

it('keeps the text of numbers that would change, and only of those', () => {
  const { value } = parseJsonLossless('{"depth":9223372036854775807,"n":[7,1.0,"1.0"],"__proto__":2e1}');
  expect(value).toMatchObject({ depth: new RawNumber('9223372036854775807'), n: [7, new RawNumber('1.0'), '1.0'] });
  expect(Object.entries(value as object)[2]).toEqual(['__proto__', new RawNumber('2e1')]);
  expect(JSON.stringify(value)).toBe('{"depth":9223372036854775807,"n":[7,1.0,"1.0"],"__proto__":2e1}');
  expect(Number(new RawNumber('1e3'))).toBe(1000);
});

const number = fc.oneof(
  fc.maxSafeInteger().map(String),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
  fc.constantFrom('9007199254740991', '9007199254740992', '1.0', '1e3', '-0', '0', '-0.0e0'),
);
const member = fc.oneof(
  number,
  fc.string({ unit: 'binary' }).map((s) => JSON.stringify(s)),
  fc.constant('[]'),
);
const isCanonical = (token: string) =>
  /^-?\d+$/.test(token) && BigInt(token) ** 2n <= BigInt(Number.MAX_SAFE_INTEGER) ** 2n;

it('agrees with a slow reading of every token', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), member)), (members) => {
      const text = `{ ${members.map(([key, token]) => `${JSON.stringify(key)} :${token}`).join(', ')} }`;
      const numbers = members.map(([, token]) => token).filter((token) => /^[-\d]/.test(token));
      expect(parseJson(text).canonicalNumbers).toBe(numbers.every(isCanonical));
    }),
  );
});

it('finds a lone surrogate wherever it hides', () => {
  expect(hasLoneSurrogate({ a: [{ b: 'x' }, null, 1, true] })).toBe(false);
  expect(hasLoneSurrogate([{ a: { b: ['\udfff'] } }])).toBe(true);
});
