import { expect, it } from 'vitest';
import { Tail } from '../../src-main/storage/tail.js';

const tail = (entries = 10, size = 100) => new Tail<string>({ entries, size });

it('gives what came after a position, in order and up to a limit', () => {
  const colours = tail();
  for (const [position, name] of [
    [3, 'red'],
    [5, 'green'],
    [6, 'blue'],
  ] as const)
    colours.add(position, name);
  expect(colours.after(2, 10)).toEqual(['red', 'green', 'blue']);
  expect(colours.after(3, 1)).toEqual(['green']);
  expect(colours.after(4, 10)).toEqual(['green', 'blue']);
  expect(colours.after(6, 10)).toEqual([]);
});

it('leaves to the table what came before its first', () => {
  const colours = tail();
  expect(colours.after(0, 10)).toBeUndefined();
  colours.add(5, 'red');
  expect(colours.after(3, 10)).toBeUndefined();
  expect(colours.after(4, 10)).toEqual(['red']);
});

it.each([
  ['are too many', tail(2), 1],
  ['are too large together', tail(10, 50), 20],
])('leaves the oldest to the table once they %s', (_case, colours, size) => {
  for (const [position, name] of [
    [1, 'red'],
    [2, 'green'],
    [3, 'blue'],
  ] as const)
    colours.add(position, name, size);
  expect(colours.after(0, 10)).toBeUndefined();
  expect(colours.after(1, 10)).toEqual(['green', 'blue']);
});

it('keeps nothing that is too large by itself', () => {
  const colours = tail();
  colours.add(1, 'red');
  colours.add(2, 'green', 101);
  expect(colours.after(1, 10)).toBeUndefined();
  expect(colours.after(2, 10)).toEqual([]);
});

it('begins anew after it was cleared', () => {
  const colours = tail();
  colours.add(1, 'red');
  colours.clear();
  expect(colours.after(1, 10)).toBeUndefined();
  colours.add(4, 'green');
  expect(colours.after(1, 10)).toBeUndefined();
  expect(colours.after(3, 10)).toEqual(['green']);
});
