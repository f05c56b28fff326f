import { expect, it } from 'vitest';
import { historyVisibility, maySeeEvent, type Sight } from '../../src-main/spec/history-visibility.js';
import type { Membership } from '../../src-main/spec/state-view.js';

const sight = (visibility: string | undefined, membership: Membership, changes: Partial<Sight> = {}): Sight => ({
  visibilityBefore: visibility,
  visibilityAfter: visibility,
  membershipBefore: membership,
  membershipAfter: membership,
  isJoinedNow: false,
  ...changes,
});

it.each<[visibility: string | undefined, membership: Membership, joinedNow: boolean, maySee: boolean]>([
  ['world_readable', 'leave', false, true],
  ['world_readable', 'ban', false, true],
  ['shared', 'join', false, true],
  ['shared', 'leave', true, true],
  ['shared', 'leave', false, false],
  ['shared', 'invite', false, false],
  ['shared', 'ban', true, true],
  ['invited', 'join', false, true],
  ['invited', 'invite', false, true],
  ['invited', 'invite', true, true],
  ['invited', 'leave', true, false],
  ['invited', 'knock', true, false],
  ['joined', 'join', false, true],
  ['joined', 'invite', true, false],
  ['joined', 'leave', true, false],
  [undefined, 'leave', true, true],
  [undefined, 'leave', false, false],
  ['nonsense', 'leave', true, true],
])(
  'with %s visibility a user with membership %s, joined since: %s, may see it: %s',
  (visibility, membership, isJoinedNow, maySee) => {
    expect(maySeeEvent(sight(visibility, membership, { isJoinedNow }))).toBe(maySee);
  },
);

it.each<[string, Sight, boolean]>([
  ['the end of world readable history', sight('world_readable', 'leave', { visibilityAfter: 'joined' }), true],
  ['the beginning of world readable history', sight('joined', 'leave', { visibilityAfter: 'world_readable' }), true],
  ['a change between two that hide it', sight('joined', 'leave', { visibilityAfter: 'invited' }), false],
  ['their own join', sight('joined', 'leave', { membershipAfter: 'join' }), true],
  ['their own leaving', sight('joined', 'join', { membershipAfter: 'leave' }), true],
  ['their own ban', sight('joined', 'join', { membershipAfter: 'ban' }), true],
  ['their own invite, where the invited see', sight('invited', 'leave', { membershipAfter: 'invite' }), true],
  ['their refusal of an invite', sight('invited', 'invite', { membershipAfter: 'leave' }), true],
])('judges %s by what was before and what came after', (_case, given, maySee) =>
  expect(maySeeEvent(given)).toBe(maySee),
);

it('takes what it does not know for shared', () => {
  expect([undefined, 'shared', 'x', 'joined'].map(historyVisibility)).toEqual(['shared', 'shared', 'shared', 'joined']);
});
