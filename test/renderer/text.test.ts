import { IntlMessageFormat } from 'intl-messageformat';
import { expect, it, vi } from 'vitest';
import { CATALOGUES, createText, type Language, type TextKey } from '../../src-renderer/text/use-text.js';

const languages = Object.keys(CATALOGUES) as Language[];

/** Names of what is filled in, however deep in plurals. */
function placeholders(message: string): string[] {
  const names = new Set<string>();
  const look = (parts: unknown): void => {
    if (Array.isArray(parts)) for (const part of parts) look(part);
    else if (typeof parts === 'object' && parts !== null) {
      const { type, value, options, children } = parts as Record<string, unknown>;
      if (typeof value === 'string' && type !== 0) names.add(value);
      look(Object.values(options ?? {}).map((option) => (option as { value: unknown }).value));
      look(children);
    }
  };
  look(new IntlMessageFormat(message, 'en').getAst());
  return [...names].sort();
}

it.each(languages)('has every text in %s, with the same things filled in', (language) => {
  for (const [key, english] of Object.entries(CATALOGUES.en)) {
    const message = CATALOGUES[language][key as TextKey];
    expect({ key, filled: placeholders(message) }).toEqual({ key, filled: placeholders(english) });
    expect(message.trim()).not.toBe('');
  }
});

it.each<[Language, number, string, string]>([
  ['en', 0, 'unknown', 'Your server is running. Nobody is connected.'],
  ['en', 1, 'yes', 'Your server is running. 1 of 5 people is connected. Other servers can reach you.'],
  ['en', 4, 'no', 'Your server is running. 4 of 5 people are connected. Other servers cannot reach you.'],
  ['de', 1, 'unwanted', 'Dein Server läuft. 1 von 5 Personen ist verbunden.'],
  ['de', 4, 'yes', 'Dein Server läuft. 4 von 5 Personen sind verbunden. Andere Server erreichen dich.'],
])('says in %s how many are connected, and whether others reach us: %i, %s', (language, connected, reach, sentence) => {
  const text = createText(language);
  expect(text('home.sentence-running', { connected, people: 5, problems: 0, reach, worst: '' })).toBe(sentence);
});

it.each<[Language, number, string]>([
  ['en', 0, '0 byte'],
  ['en', 999, '999 byte'],
  ['en', 1500, '1.5 kB'],
  ['en', 96_000_000, '96 MB'],
  ['de', 1_500_000_000, '1,5\u00A0GB'],
  ['en', 2e15, '2,000 TB'],
])('writes bytes in %s: %i', (language, value, words) => {
  expect(createText(language).bytes(value)).toBe(words);
});

it.each<[number, string]>([
  [400, '0 seconds'],
  [61_000, '1 minute, 1 second'],
  [3 * 3_600_000, '3 hours'],
  [49 * 3_600_000, '2 days, 1 hour'],
])('writes how long something lasts: %i ms', (length, words) => {
  expect(createText('en').duration(length)).toBe(words);
});

it.each<[number, string]>([
  [-20_000, '20 seconds ago'],
  [-3 * 60_000, '3 minutes ago'],
  [2 * 86_400_000, 'in 2 days'],
])('writes how far away a time is: %i ms', (distance, words) => {
  expect(createText('en').relative(1e12 + distance, 1e12)).toBe(words);
});

it('throws where a value is missing while the pages are built', () => {
  expect(() => createText('en', false)('people.actions-for')).toThrow(/name/);
});

it('leaves the place of a missing value to be seen where people use the pages, and says so once', () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const text = createText('en', true);
  expect(text('people.actions-for')).toContain('{name}');
  expect(text('people.actions-for')).toContain('{name}');
  expect(text('people.count')).not.toBe('');
  expect(told.mock.calls.map(([words]) => words)).toEqual([
    'the text people.actions-for lacks a value',
    'the text people.count lacks a value',
  ]);
  told.mockRestore();
});
