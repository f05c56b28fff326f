import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  creatorsOf,
  domainOf,
  joinRuleOf,
  membershipOf,
  parseStateMapKey,
  stateMapKey,
  viewOfState,
} from '../../src-main/spec/state-view.js';
import { alice, bob, carol, TestRoom } from '../support/rooms.js';

it('never gives two pairs of type and state key the same key, and gives the pair back', () => {
  const pair = fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(pair, pair, (a, b) => {
      expect(parseStateMapKey(stateMapKey(...a))).toEqual(a);
      expect(stateMapKey(...a) === stateMapKey(...b)).toBe(a[0] === b[0] && a[1] === b[1]);
    }),
  );
  expect(stateMapKey('a', 'bc')).not.toBe(stateMapKey('ab', 'c'));
});

it('reads memberships, with leave for those who never came and for nonsense', () => {
  const room = TestRoom.of('11');
  room.member(bob, 'ban');
  room.member(carol, 'dance');
  expect([alice, bob, carol, '@nobody:x'].map((user) => membershipOf(room.view, user))).toEqual([
    'join',
    'ban',
    'leave',
    'leave',
  ]);
});

it('reads the join rule, which is invite unless the room says otherwise', () => {
  expect(joinRuleOf(TestRoom.of('11').view)).toBe('invite');
  expect(joinRuleOf(TestRoom.of('11', { joinRule: 'knock' }).view)).toBe('knock');
});

it.each([
  ['10', { creator: bob }, [bob]],
  ['11', { creator: bob }, [alice]],
  ['11', { additional_creators: [bob] }, [alice]],
  ['12', { additional_creators: [bob, carol] }, [alice, bob, carol]],
])('knows the creators of a room of version %s with %j', (version, create, creators) => {
  expect(creatorsOf(TestRoom.of(version, { create }).view)).toEqual(creators);
});

it('shows state by id, without events that nobody knows', () => {
  const room = TestRoom.of('11');
  const view = viewOfState(room.stateMap, room.event);
  expect(view.get('m.room.member', alice)?.sender).toBe(alice);
  expect(view.get('m.room.member', bob)).toBeUndefined();
  expect(viewOfState(room.stateMap, () => undefined).get('m.room.create', '')).toBeUndefined();
});

it.each([
  ['@a:one.test:8448', 'one.test:8448'],
  ['!hash', ''],
])('takes the server out of %s', (id, domain) => expect(domainOf(id)).toBe(domain));
