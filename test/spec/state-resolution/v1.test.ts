import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { resolveState } from '../../../src-main/spec/state-resolution/resolve.js';
import { stateMapKey } from '../../../src-main/spec/state-view.js';
import { alice, bob, carol, dave, TestRoom } from '../../support/rooms.js';

/** Alice has 100, Bob and Carol 50; all are in the room, which has two sides from here. */
function split() {
  const room = TestRoom.of('1', { joinRule: 'public', levels: { users: { [alice]: 100, [bob]: 50, [carol]: 50 } } });
  room.member(bob, 'join');
  room.member(carol, 'join');
  const [left, right] = [room.fork(), room.fork()];
  right.skipTo(1000);
  return { left, right };
}

const resolved = (sides: readonly TestRoom[], type: string, stateKey = '') =>
  resolveState(
    sides[0]!.rules,
    sides.map((side) => side.stateMap),
    sides[0]!,
  ).get(stateMapKey(type, stateKey));

const topic = (sender: string, depth: number, eventId = `$topic${depth}:x`) => ({
  type: 'm.room.topic',
  sender,
  stateKey: '',
  depth,
  eventId,
});
const levels = (sender: string, depth: number, users: Record<string, number>) => ({
  type: 'm.room.power_levels',
  sender,
  stateKey: '',
  depth,
  eventId: `$levels${depth}:x`,
  content: { users },
});
const rule = (sender: string, depth: number, join_rule: string) => ({
  type: 'm.room.join_rules',
  sender,
  stateKey: '',
  depth,
  eventId: `$rule${depth}:x`,
  content: { join_rule },
});
const member = (sender: string, stateKey: string, membership: string, depth: number) => ({
  type: 'm.room.member',
  sender,
  stateKey,
  depth,
  eventId: `$${membership}${depth}:x`,
  content: { membership },
});

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

it('takes the deepest of two topics', () => {
  const { left, right } = split();
  left.add(topic(alice, 20));
  right.add(topic(bob, 21));
  expect(resolved([left, right], 'm.room.topic')).toBe('$topic21:x');
});

it('takes of two topics of the same depth the one whose id has the lesser SHA-1', () => {
  const { left, right } = split();
  left.add(topic(alice, 20, '$one:x'));
  right.add(topic(bob, 20, '$two:x'));
  expect(resolved([left, right], 'm.room.topic')).toBe(sha1('$one:x') < sha1('$two:x') ? '$one:x' : '$two:x');
});

it('passes over a topic that the resolved power levels forbid', () => {
  const { left, right } = split();
  left.add(levels(alice, 20, { [alice]: 100 }));
  left.add(topic(alice, 21));
  right.add(levels(alice, 19, { [alice]: 100, [bob]: 50 }));
  right.add(topic(bob, 30));
  expect(resolved([left, right], 'm.room.power_levels')).toBe('$levels20:x');
  expect(resolved([left, right], 'm.room.topic')).toBe('$topic21:x');
});

it('takes the oldest topic where none is allowed', () => {
  const { left, right } = split();
  left.add(topic(dave, 20));
  right.add(topic(dave, 21));
  expect(resolved([left, right], 'm.room.topic')).toBe('$topic20:x');
});

it('goes through power levels from the oldest on, and stops at the first that is not allowed', () => {
  const { left, right } = split();
  const third = left.fork();
  left.add(levels(alice, 20, { [alice]: 100, [carol]: 100 }));
  right.add(levels(bob, 21, { [alice]: 100, [bob]: 50 }));
  third.add(levels(carol, 22, { [alice]: 100, [carol]: 100, [dave]: 1 }));
  expect(resolved([left, right, third], 'm.room.power_levels')).toBe('$levels20:x');
  expect(resolved([left, third], 'm.room.power_levels')).toBe('$levels22:x');
});

it('resolves join rules before members', () => {
  const { left, right } = split();
  left.add(rule(alice, 20, 'invite'));
  left.add(member(dave, dave, 'leave', 19));
  right.add(rule(alice, 18, 'public'));
  right.add(member(dave, dave, 'join', 30));
  expect(resolved([left, right], 'm.room.join_rules')).toBe('$rule20:x');
  expect(resolved([left, right], 'm.room.member', dave)).toBe('$leave19:x');
});

it('keeps a ban against a later join', () => {
  const { left, right } = split();
  left.add(member(alice, dave, 'ban', 20));
  right.add(member(dave, dave, 'join', 21));
  expect(resolved([left, right], 'm.room.member', dave)).toBe('$ban20:x');
});

it('takes what only one side has', () => {
  const { left, right } = split();
  left.add(topic(alice, 20));
  right.add(member(dave, dave, 'join', 21));
  expect(resolved([left, right], 'm.room.topic')).toBe('$topic20:x');
  expect(resolved([left, right], 'm.room.member', dave)).toBe('$join21:x');
});

it('takes the one event that it knows where it knows no other', () => {
  const { left, right } = split();
  left.add(topic(alice, 20));
  right.add(topic(alice, 21));
  left.events.delete('$topic21:x');
  expect(resolved([left, right], 'm.room.topic')).toBe('$topic20:x');
});
