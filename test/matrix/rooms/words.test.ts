import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wordsOf } from '../../../src-main/matrix/rooms/words.js';

it.each([
  ['Hello, hello world!', ['hello', 'world']],
  ['@alice.smith:hearth.test', ['alice', 'smith', 'hearth', 'test']],
  ['snake_case 2nd', ['snake', 'case', '2nd']],
  ['Café ÉCOLE ﬁn', ['cafe', 'ecole', 'fin']],
  ['Синий йод', ['синий', 'йод']],
  ['नमस्ते दुनिया', ['नमस्ते', 'दुनिया']],
  ['東京都に住む', ['東京', '都', 'に', '住む']],
  ['🍲 … ?!', []],
  ['', []],
])('tells the words of %j', (text, words) => {
  expect(wordsOf(text, 100)).toEqual(words);
});

it('stops at the most that are wanted, and cuts long ones', () => {
  expect(wordsOf('one two three', 2)).toEqual(['one', 'two']);
  expect(wordsOf('x'.repeat(1000), 2)).toEqual(['x'.repeat(64)]);
});

it('finds the same words again in what it found', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
      const words = wordsOf(text, 100);
      expect(words.join('')).not.toMatch(/[\s'"*&|!():]/);
      expect(new Set(words).size).toBe(words.length);
    }),
  );
});
