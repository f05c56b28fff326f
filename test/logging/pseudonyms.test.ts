import { expect, it } from 'vitest';
import { Pseudonyms } from '../../src-main/logging/pseudonyms.js';

const made = () => new Pseudonyms({ serverName: 'home', custom: ['Grandma', 'Grandma’s flat'], home: '/home/alex' });

it.each([
  ['a person', 'by @sam:family.test now', 'by @person-1 now'],
  ['a room', 'in !AbCdEfGhIjKl:family.test', 'in !room-1'],
  ['a room of newer versions', 'in !31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM', 'in !room-1'],
  ['an alias', 'to #family:family.test', 'to #alias-1'],
  ['an event', '$31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM', '$event-1'],
  ['a server', 'asked matrix.family.test:8448 for', 'asked server-1 for'],
  ['a server in an address', 'https://family/_matrix', 'https://server-1/_matrix'],
  ['media', 'mxc://family.test/AbCd', 'mxc://media-1'],
  ['an address', 'from 192.168.1.5 and 2001:db8::7, again 192.168.1.5', 'from ip-1 and ip-2, again ip-1'],
  ['an address in brackets', '[2001:db8::7]:8448', '[ip-1]:8448'],
  ['a network card', '00:1a:2b:3c:4d:5e', 'mac-1'],
  ['an e-mail address', 'to sam.s+x@family.test', 'to email-1'],
  ['a number of a machine', '123e4567-e89b-12d3-a456-426614174000', 'uuid-1'],
  ['the folder of its owner', '/home/alex/hearth/data', '~/hearth/data'],
  ['words somebody named, the longest first', 'Grandma’s flat, grandma', 'custom-1, custom-2'],
])('puts a pseudonym in place of %s', (_what, text, expected) => {
  expect(made().apply(text)).toBe(expected);
});

it.each([
  'joined 3 rooms at 10:20:30 (m.room.member, org.matrix.msc4186)',
  'at file:///app/dist/daemon.js:10:3',
  'version 1.2.3, 0.1.0, SQLite 3.50.4, http 1.1',
  '{"ms":3,"status":200}',
])('leaves the rest alone: %s', (text) => {
  expect(made().apply(text)).toBe(text);
});

it('gives the same name the same pseudonym, and counts', () => {
  const names = made();
  expect(names.apply('@a:x.test @b:x.test')).toBe('@person-1 @person-2');
  expect(names.apply('@b:x.test at x.test')).toBe('@person-2 at server-1');
  expect([...names.counts]).toEqual([
    ['person', 2],
    ['server', 1],
  ]);
});

it('replaces this server’s own name in names of files and in addresses too', () => {
  const names = new Pseudonyms({ serverName: 'family.test' });
  expect(
    names.apply(
      '/data/family.test.signing.key, /media/download/family.test/abc, /rooms/!abcdefghijkl:family.test/send',
    ),
  ).toBe('/data/server-1.signing.key, /media/download/server-1/abc, /rooms/!room-1/send');
});

it('keeps JSON what it is', () => {
  const line = JSON.stringify({ msg: 'x "@a:b.test"', path: 'C:\\x', user: '@"odd:b.test', server: 'b.test' });
  expect(Object.keys(JSON.parse(made().apply(line)))).toEqual(['msg', 'path', 'user', 'server']);
});

it('takes no long time over what strangers wrote', () => {
  const before = performance.now();
  for (const piece of ['a.', 'a-', '1:', '@a:', '!', 'a@', '0:0:', '$a/']) made().apply(piece.repeat(4000));
  expect(performance.now() - before).toBeLessThan(3000);
});
