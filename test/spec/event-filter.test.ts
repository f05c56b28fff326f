import { Compile } from 'typebox/compile';
import { expect, it } from 'vitest';
import {
  type Filterable,
  filter,
  limitOf,
  matchesRoom,
  matchesRoomEventFilter,
  type RoomEventFilter,
} from '../../src-main/spec/event-filter.js';

const message: Filterable = {
  type: 'm.room.message',
  sender: '@alice:one',
  roomId: '!r:one',
  content: { body: 'x', 'm.relates_to': { rel_type: 'm.thread' } },
};
const picture: Filterable = { ...message, content: { url: 'mxc://one/a' } };
const accountData: Filterable = { type: 'm.tag', content: {} };

it.each<[string, RoomEventFilter, Filterable, boolean]>([
  ['an empty filter', {}, message, true],
  ['its type', { types: ['m.room.message'] }, message, true],
  ['another type', { types: ['m.room.member'] }, message, false],
  ['a wildcard', { types: ['m.room.*'] }, message, true],
  ['a wildcard in the middle', { types: ['m.*.message'] }, message, true],
  ['a wildcard for others', { types: ['m.call.*'] }, message, false],
  ['a star alone', { types: ['*'] }, message, true],
  ['no types at all', { types: [] }, message, false],
  ['its type excluded', { types: ['*'], not_types: ['m.room.message'] }, message, false],
  ['its type excluded by wildcard', { not_types: ['m.room.*'] }, message, false],
  ['nothing excluded', { not_types: [] }, message, true],
  ['its sender', { senders: ['@alice:one'] }, message, true],
  ['another sender', { senders: ['@bob:one'] }, message, false],
  ['its sender excluded', { senders: ['@alice:one'], not_senders: ['@alice:one'] }, message, false],
  ['no senders', { senders: [] }, message, false],
  ['its room', { rooms: ['!r:one'] }, message, true],
  ['another room', { rooms: ['!s:one'] }, message, false],
  ['its room excluded', { not_rooms: ['!r:one'] }, message, false],
  ['a url wanted', { contains_url: true }, message, false],
  ['a url wanted', { contains_url: true }, picture, true],
  ['no url wanted', { contains_url: false }, picture, false],
  ['no url wanted', { contains_url: false }, message, true],
  ['senders wanted, where there is none', { senders: ['@alice:one'] }, accountData, false],
  ['senders excluded, where there is none', { not_senders: ['@alice:one'] }, accountData, true],
  ['rooms wanted, where there is none', { rooms: ['!r:one'] }, accountData, false],
  ['its relation', { 'org.matrix.msc3874.rel_types': ['m.thread'] }, message, true],
  ['its relation excluded', { 'org.matrix.msc3874.not_rel_types': ['m.thread'] }, message, false],
  ['a relation, where there is none', { 'org.matrix.msc3874.rel_types': ['m.thread'] }, picture, false],
  ['a relation excluded, where there is none', { 'org.matrix.msc3874.not_rel_types': ['m.thread'] }, picture, true],
  ['flags for others', { lazy_load_members: true, limit: 1, related_by_senders: ['@bob:one'] }, message, true],
])('judges an event by %s', (_case, given, event, passes) => expect(matchesRoomEventFilter(event, given)).toBe(passes));

it('lets everything through without a filter', () => {
  expect(matchesRoomEventFilter(message, undefined)).toBe(true);
  expect(matchesRoom('!r:one', undefined)).toBe(true);
  expect(matchesRoom('!r:one', { rooms: ['!r:one'], not_rooms: ['!r:one'] })).toBe(false);
});

it.each([
  [undefined, 10],
  [{}, 10],
  [{ limit: 5 }, 5],
  [{ limit: 0 }, 1],
  [{ limit: 5000 }, 100],
])('bounds the limit of %j', (given, expected) => expect(limitOf(given, 10, 100)).toBe(expected));

it.each([
  [
    'what Element sends',
    { room: { timeline: { unread_thread_notifications: true }, state: { lazy_load_members: true } } },
    true,
  ],
  ['keys that nobody knows', { 'org.example': 1, room: { timeline: { 'org.example': [] } } }, true],
  [
    'everything',
    {
      event_fields: ['type'],
      event_format: 'federation',
      presence: { types: [] },
      account_data: { limit: 1 },
      room: { include_leave: true },
    },
    true,
  ],
  ['another format', { event_format: 'xml' }, false],
  ['types as text', { room: { timeline: { types: 'm.room.message' } } }, false],
  ['a room that is none', { room: { rooms: ['r'] } }, false],
  ['a sender that is none', { presence: { senders: ['alice'] } }, false],
  ['a negative limit', { room: { timeline: { limit: -1 } } }, false],
  ['a limit as text', { room: { timeline: { limit: '1' } } }, false],
  ['a list', [], false],
])('checks the shape of a filter: %s', (_case, given, valid) => expect(Compile(filter).Check(given)).toBe(valid));

it('takes many types by name, and few by pattern', () => {
  const accepts = Compile(filter);
  const list = (count: number, end: string) => Array.from({ length: count }, (_, i) => `m.${i}${end}`);
  expect(accepts.Check({ room: { timeline: { types: [...list(5000, ''), ...list(100, '.*')] } } })).toBe(true);
  expect(accepts.Check({ room: { timeline: { types: list(101, '.*') } } })).toBe(false);
  expect(accepts.Check({ presence: { not_types: list(101, '.*') } })).toBe(false);
});
