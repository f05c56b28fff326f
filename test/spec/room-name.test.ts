import { expect, it } from 'vitest';
import { type Hero, heroesFor, roomName } from '../../src-main/spec/room-name.js';

const users = (...names: string[]) => names.map((name) => `@${name}:one` as const);
const hero = (name: string, displayName: string | undefined = name): Hero => ({ userId: `@${name}:one`, displayName });

it.each([
  ['the others', users('me', 'a', 'b'), [], users('a', 'b')],
  ['five at most', users('a', 'b', 'c', 'me', 'd', 'e', 'f'), [], users('a', 'b', 'c', 'd', 'e')],
  ['those who left, when nobody else is there', users('me'), users('a', 'me'), users('a')],
  ['nobody of those who left, when somebody is there', users('me', 'a'), users('b'), users('a')],
  ['nobody', users('me'), [], []],
])('names a room after %s', (_case, members, former, heroes) =>
  expect(heroesFor('@me:one', members, former)).toEqual(heroes),
);

const none = { name: undefined, canonicalAlias: undefined, heroes: [], memberCount: 1 };

it.each([
  [{ name: 'Kitchen', canonicalAlias: '#k:one' }, 'Kitchen'],
  [{ name: '', canonicalAlias: '#k:one' }, '#k:one'],
  [{ heroes: [hero('Ann')], memberCount: 2 }, 'Ann'],
  [{ heroes: [hero('Ann'), hero('Bob')], memberCount: 3 }, 'Ann and Bob'],
  [{ heroes: [hero('Ann'), hero('Bob'), hero('Cy')], memberCount: 4 }, 'Ann, Bob and Cy'],
  [{ heroes: [hero('Ann'), hero('Bob')], memberCount: 4 }, 'Ann, Bob and 1 other'],
  [{ heroes: [hero('Ann')], memberCount: 1000 }, 'Ann and 998 others'],
  [{ heroes: [hero('a', 'Ann'), hero('b', 'Ann')], memberCount: 3 }, 'Ann (@a:one) and Ann (@b:one)'],
  [{ heroes: [hero('a', ' ')], memberCount: 2 }, '@a:one'],
  [{}, 'Empty room'],
  [{ memberCount: 3 }, '2 people'],
  [{ heroes: [hero('Ann'), hero('Bob')] }, 'Empty room (was Ann and Bob)'],
])('calls the room of %j "%s"', (parts, name) => expect(roomName({ ...none, ...parts })).toBe(name));
