import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../support/fixtures.js';

/**
 * `complement-map.tsv` says for each test that Complement has of the client-server API which of ours checks the same
 * (`file > name`), or, behind a dash, why none does.
 */
const rows = rowsOf('complement-map.tsv');
/** The same for its tests of the server-server API, as far as they are covered. */
const betweenServers = rowsOf('complement-federation-map.tsv');
/** The same for its tests of extensions and of what only some servers have. */
const ofExtensions = rowsOf('complement-extensions-map.tsv');

function rowsOf(file: string): string[][] {
  const text = readFileSync(join(ROOT, 'test/conformance', file), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
}

const texts = new Map<string, string>();

/** What a test file says, without escapes in its names. */
function textOf(file: string): string {
  const path = join(ROOT, file);
  const text = texts.get(file) ?? (existsSync(path) ? readFileSync(path, 'utf8') : '');
  texts.set(file, text);
  return text;
}

const isThere = (ours: string): boolean => {
  const [file = '', name = ''] = ours.split(' > ');
  return name !== '' && [`'${name}'`, `\`${name}\``, `"${name}"`].some((quoted) => textOf(file).includes(quoted));
};

it('names tests that are there, or a reason', () => {
  const places = rows.filter(([, ours = '']) => !ours.startsWith('- '));
  expect(places.length).toBeGreaterThan(100);
  expect(places.filter(([, ours = '']) => !isThere(ours))).toEqual([]);
  expect(betweenServers.filter(([, ours = '']) => !isThere(ours))).toEqual([]);
  expect(ofExtensions.filter(([, ours = '']) => !isThere(ours))).toEqual([]);
});

it('has a row for every test, and no test both with and without a reason', () => {
  const byTest = Map.groupBy(rows, ([test]) => test);
  expect(byTest.size).toBe(119);
  const mixed = [...byTest].filter(([, of]) => of.length > 1 && of.some(([, ours = '']) => ours.startsWith('- ')));
  expect(mixed).toEqual([]);
});

it('says what is not covered', () => {
  const absent = rows.filter(([, ours = '']) => ours.startsWith('- '));
  console.log(`${absent.length} of Complement's client tests are not covered:`);
  for (const [test, why] of absent) console.log(`  ${test}  ${why}`);
  expect(absent.length).toBeLessThan(10);
});
