import { expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import {
  areSame,
  LIVE,
  NEVER,
  packRooms,
  parsePos,
  type SentRoom,
  unpackRooms,
  writePos,
} from '../../../src-main/matrix/sync/sliding/connection.js';
import {
  isCovered,
  isRequired,
  needsOf,
  type RequiredState,
  union,
} from '../../../src-main/matrix/sync/sliding/required-state.js';
import { parseTimelineToken } from '../../../src-main/matrix/rooms/timeline-token.js';

const live: SentRoom = {
  timelineLimit: 1,
  requiredState: '[]',
  isDm: false,
  events: LIVE,
  accountData: LIVE,
  receipts: LIVE,
  typing: LIVE,
};
const wish = (include: RequiredState['include'], more: Partial<RequiredState> = {}): RequiredState => ({
  include,
  exclude: [],
  lazyMembers: false,
  ...more,
});
const topic = { type: 'm.room.topic', stateKey: '' };
const member = { type: 'm.room.member', stateKey: '@a:x' };

it('writes a pos that it can read, and that stands at a place in a timeline', () => {
  const place = { position: 5, ephemeral: 1_795_451_558_253, state: 3, serial: 1_795_451_558_268 };
  expect(parsePos(writePos(place))).toEqual(place);
  expect(parseTimelineToken(writePos(place))).toBe(5);
});

it('packs what was sent of rooms, and unpacks it', () => {
  const rooms = new Map<RoomId, SentRoom>([
    ['!a:x', live],
    ['!b:x', { ...live, requiredState: '[{}]', isDm: true, events: 7 }],
    ['!c:x', { ...live, timelineLimit: 20, typing: NEVER }],
    ['!d:x', { ...live, accountData: 3, receipts: NEVER }],
  ]);
  const again = unpackRooms(packRooms(rooms));
  expect(again).toEqual(rooms);
  expect(areSame(rooms, again)).toBe(true);
  expect(areSame(rooms, new Map([...again, ['!a:x' as RoomId, { ...live, events: 9 }]]))).toBe(false);
  expect(packRooms(new Map([['!a:x' as RoomId, live]]))).toBe('{"wishes":["[]"],"rooms":[["!a:x",1,0,0]]}');
});

it.each<[string, readonly RequiredState[], typeof topic, boolean]>([
  ['an entry by its type and key', [wish([topic])], topic, true],
  ['no other key', [wish([{ ...topic, stateKey: 'x' }])], topic, false],
  ['any key of a type', [wish([{ type: 'm.room.topic' }])], topic, true],
  ['one key of any type', [wish([{ stateKey: '@a:x' }])], member, true],
  ['everything', [wish([{}])], member, true],
  ['no members with everything, where they come lazily', [wish([{}], { lazyMembers: true })], member, false],
  ['members by name, though others come lazily', [wish([{}, member], { lazyMembers: true })], member, true],
  ['nothing that is excluded', [wish([{}], { exclude: [{ type: 'm.room.topic' }] })], topic, false],
  ['what another wish includes', [wish([{}], { exclude: [topic] }), wish([topic])], topic, true],
  ['nothing by itself', [wish([])], topic, false],
])('requires %s', (_case, wanted, entry, expected) => {
  expect(isRequired(wanted, entry)).toBe(expected);
});

it.each<[string, readonly RequiredState[], string]>([
  ['nothing more for entries by name', [wish([topic, { type: 'm.space.child' }])], 'no'],
  ['all but members for all, lazily', [wish([{}], { lazyMembers: true })], 'but members'],
  ['all for all', [wish([{}])], 'with members'],
  ['members too for the key of a person', [wish([{ stateKey: '@a:x' }])], 'with members'],
  ['no members for another key', [wish([{ stateKey: '' }])], 'but members'],
])('reads %s', (_case, wanted, expected) => {
  expect(needsOf(wanted).everything).toBe(expected);
});

it.each<[string, readonly RequiredState[], readonly RequiredState[], boolean]>([
  ['the same', [wish([topic])], [wish([topic])], true],
  ['less', [wish([topic, member])], [wish([topic])], true],
  ['more', [wish([topic])], [wish([topic, member])], false],
  ['lazy members after none', [wish([topic])], [wish([topic], { lazyMembers: true })], false],
  ['what was excluded', [wish([{}], { exclude: [topic] })], [wish([{}])], false],
])('sees whether a client has the state of %s', (_case, before, wanted, expected) => {
  expect(isCovered(before, wanted)).toBe(expected);
});

it('joins wishes in one order, each once', () => {
  const [a, b] = [wish([topic]), wish([member])];
  expect(union([a], [b], [a])).toEqual(union([b], [a]));
  expect(union([a], [b], [a])).toHaveLength(2);
});
