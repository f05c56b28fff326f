import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { en } from '../../src-renderer/text/en.js';

/** The words in quotes of a type that is a union of them. */
function kinds(): string[] {
  const records = readFileSync('src-main/health/records.ts', 'utf8').replaceAll(/\/\*\*.*?\*\//gs, '');
  const union = /export type ActivityKind =([^;]+);/.exec(records)?.[1] ?? '';
  return [...union.matchAll(/'([\w-]+)'/g)].flatMap(([, kind]) => kind ?? []);
}

/** What is noted anywhere: the words in quotes between `note(` and the fields that follow them. */
function noted(): Set<string> {
  const sources = globSync('src-main/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const calls = sources.flatMap((source) => [...source.matchAll(/\bnote(?:Once)?\(([^{};]*)/g)]);
  return new Set(
    calls.flatMap(([, given = '']) => [...given.matchAll(/'([\w-]+)'/g)].flatMap(([, word]) => word ?? [])),
  );
}

it('notes something of every kind', () => {
  const found = noted();
  expect(kinds().length).toBeGreaterThan(20);
  expect(kinds().filter((kind) => !found.has(kind))).toEqual([]);
});

it('has words for every kind', () => {
  expect(kinds().filter((kind) => !Object.hasOwn(en, `activity.${kind}`))).toEqual([]);
});
