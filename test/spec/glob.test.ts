import fc from 'fast-check';
import { expect, it } from 'vitest';
import { globMatches, globMatchesWords, parseGlob, parseStars } from '../../src-main/spec/glob.js';

it.each<[pattern: string, text: string, matches: boolean]>([
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['m.room.*', 'm.room.member', true],
  ['m.room.*', 'm.room.', true],
  ['m.room.*', 'm.roo', false],
  ['*.member', 'm.room.member', true],
  ['m.*.member', 'm.room.member', true],
  ['m.*.member', 'm.member', false],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a**b', 'ab', true],
  ['a?c', 'abc', true],
  ['a?c', 'a\u{1f600}c', true],
  ['a?c', 'ac', false],
  ['a?*', 'a', false],
  ['a*?', 'ab', true],
  ['?', '\u{1f600}', true],
  ['??', '\u{1f600}', false],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  ['*a*b*c*', 'xaxbxcx', true],
  ['*a*b*c*', 'xcxbxax', false],
])('%j matches all of %j: %s', (pattern, text, matches) => expect(globMatches(parseGlob(pattern), text)).toBe(matches));

it.each([globMatches, globMatchesWords])('%o gives up on patterns made to take long', (matches) => {
  const text = 'a '.repeat(30_000);
  const began = process.cpuUsage();
  expect(matches(parseGlob(`*?${'a '.repeat(2_000)}b*`), text)).toBe(false);
  expect(matches(parseGlob(`*?${'a'.repeat(2_000)}b*`.repeat(10)), 'a'.repeat(60_000))).toBe(false);
  expect(process.cpuUsage(began).user / 1000).toBeLessThan(300); // ms; of this process alone, however busy the machine is
  expect(matches(parseGlob('*n??dle*'), `${'hay '.repeat(15_000)}needle`)).toBe(true);
});

it('takes a question mark for itself where only stars count', () => {
  expect(globMatches(parseStars('a?*'), 'abc')).toBe(false);
  expect(globMatches(parseStars('a?*'), 'a?c')).toBe(true);
});

it.each<[pattern: string, text: string, matches: boolean]>([
  ['ex*ple', 'An example event.', true],
  ['ex*ple', 'exple', true],
  ['ex*ple', 'An exciting triple-whammy', true],
  ['ex*ple', 'An exciting triplet', false],
  ['alice', 'hello alice!', true],
  ['alice', 'hello alices', false],
  ['alice', 'malice alice', true],
  ['alice', 'malice', false],
  ['alice', 'alice_b', false],
  ['@room', 'ping @room now', true],
  ['@room', 'me@room.example', false],
  ['@room', '@rooms', false],
  ['bob!', 'hi bob!', true],
  ['tea?', 'team', true],
  ['tea?', 'teams', false],
  ['tea?', 'teams team', true],
  ['*', '', true],
  ['*cake', 'cheesecake', true],
  ['cake*', 'cakes', true],
  ['cake*', 'pancakes', false],
  ['张三', '你好张三吗', true],
  ['a b', 'x a b y', true],
  ['a*c*e', 'a b c d e', true],
  ['a*c*e', 'a b c d ef', false],
])('%j matches words of %j: %s', (pattern, text, matches) =>
  expect(globMatchesWords(parseGlob(pattern), text)).toBe(matches),
);

/** The same by regular expressions. */
const expression = (pattern: string) => pattern.replace(/[.\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '.', '_', '\u{1f600}'), maxLength: 12 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '.', '*', '?'), minLength: 1, maxLength: 6 });

it('agrees with regular expressions', () => {
  fc.assert(
    fc.property(pattern, text, (glob, given) => {
      const whole = new RegExp(`^${expression(glob)}$`, 'us').test(given);
      expect(globMatches(parseGlob(glob), given)).toBe(whole);
      const words = new RegExp(`(?<!\\w)${expression(glob)}(?!\\w)`, 'us').test(given);
      expect(globMatchesWords(parseGlob(glob), given)).toBe(words);
    }),
    { numRuns: 2000 },
  );
});

it('takes no more time for patterns that trouble regular expressions', () => {
  const glob = parseGlob(`${'*a'.repeat(200)}*b`);
  expect(globMatches(glob, 'a'.repeat(20_000))).toBe(false);
  expect(globMatchesWords(glob, 'a '.repeat(10_000))).toBe(false);
});
