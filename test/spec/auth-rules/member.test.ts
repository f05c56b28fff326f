import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import { alice, bob, carol, TestRoom } from '../../support/rooms.js';
import { bobAt, expectOutcome, inRoom, type MemberRow, roomWith } from './member-rows.js';
import { expectedIn, outcome, versionsIn } from './outcome.js';

it.each<MemberRow>([
  // invites
  ['an invite by a member', '1-12', { [bob]: 'join' }, { to: 'invite', by: bob, of: carol }, 'allowed'],
  ['an invite by a stranger', '1-12', {}, { to: 'invite', by: bob, of: carol }, '5.3.2 4.3.2 4.4.2 5.4.2'],
  [
    'an invite by an invited user',
    '1-12',
    { [bob]: 'invite' },
    { to: 'invite', by: bob, of: carol },
    '5.3.2 4.3.2 4.4.2 5.4.2',
  ],
  ['an invite of a member', '1-12', inRoom, { to: 'invite', by: bob, of: carol }, '5.3.3 4.3.3 4.4.3 5.4.3'],
  [
    'an invite of the banned',
    '1-12',
    { ...inRoom, [carol]: 'ban' },
    { to: 'invite', by: bob, of: carol },
    '5.3.3 4.3.3 4.4.3 5.4.3',
  ],
  ['an invite again', '1-12', { ...inRoom, [carol]: 'invite' }, { to: 'invite', by: bob, of: carol }, 'allowed'],
  [
    'an invite of one who knocked',
    '7-12',
    { ...inRoom, [carol]: 'knock' },
    { to: 'invite', by: bob, of: carol },
    'allowed',
  ],
  [
    'an invite without the level for it',
    '1-12',
    { [bob]: 'join', levels: bobAt(49, { invite: 50 }) },
    { to: 'invite', by: bob, of: carol },
    '5.3.5 4.3.5 4.4.5 5.4.5',
  ],
  [
    'an invite with the level for it',
    '1-12',
    { [bob]: 'join', levels: bobAt(50, { invite: 50 }) },
    { to: 'invite', by: bob, of: carol },
    'allowed',
  ],

  // leaving, kicking, unbanning
  ['a member leaves', '1-12', { [bob]: 'join' }, { to: 'leave', by: bob }, 'allowed'],
  ['an invited user declines', '1-12', { [bob]: 'invite' }, { to: 'leave', by: bob }, 'allowed'],
  ['somebody who left leaves', '1-12', { [bob]: 'leave' }, { to: 'leave', by: bob }, '5.4.1 4.4.1 4.5.1 5.5.1'],
  ['a stranger leaves', '1-12', {}, { to: 'leave', by: bob }, '5.4.1 4.4.1 4.5.1 5.5.1'],
  ['the banned leaves', '1-12', { [bob]: 'ban' }, { to: 'leave', by: bob }, '5.4.1 4.4.1 4.5.1 5.5.1'],
  ['a knock is taken back', '7-12', { [bob]: 'knock' }, { to: 'leave', by: bob }, 'allowed'],
  [
    'a knock is taken back, before there were any',
    '1-6',
    { [bob]: 'knock' },
    { to: 'leave', by: bob },
    '5.4.1 4.4.1 - -',
  ],
  ['a kick by a stranger', '1-12', { [carol]: 'join' }, { to: 'leave', by: bob, of: carol }, '5.4.2 4.4.2 4.5.2 5.5.2'],
  ['a kick by a moderator', '1-12', { ...inRoom, levels: bobAt(50) }, { to: 'leave', by: bob, of: carol }, 'allowed'],
  [
    'a kick without the level for it',
    '1-12',
    { ...inRoom, levels: bobAt(49) },
    { to: 'leave', by: bob, of: carol },
    '5.4.5 4.4.5 4.5.5 5.5.5',
  ],
  [
    'a kick of an equal',
    '1-12',
    { ...inRoom, levels: { users: { [bob]: 50, [carol]: 50 } } },
    { to: 'leave', by: bob, of: carol },
    '5.4.5 4.4.5 4.5.5 5.5.5',
  ],
  [
    'a kick of a superior',
    '1-12',
    { ...inRoom, levels: { users: { [bob]: 50, [carol]: 51 } } },
    { to: 'leave', by: bob, of: carol },
    '5.4.5 4.4.5 4.5.5 5.5.5',
  ],
  [
    'a kick where the level for it is 0',
    '1-12',
    { ...inRoom, levels: { kick: 0, users: { [carol]: -1 } } },
    { to: 'leave', by: bob, of: carol },
    'allowed',
  ],
  [
    'an invite is taken back',
    '1-12',
    { ...inRoom, [carol]: 'invite', levels: bobAt(50) },
    { to: 'leave', by: bob, of: carol },
    'allowed',
  ],
  [
    'an unban by a moderator',
    '1-12',
    { ...inRoom, [carol]: 'ban', levels: bobAt(50) },
    { to: 'leave', by: bob, of: carol },
    'allowed',
  ],
  [
    'an unban with the level to kick only',
    '1-12',
    { ...inRoom, [carol]: 'ban', levels: bobAt(50, { ban: 51 }) },
    { to: 'leave', by: bob, of: carol },
    '5.4.3 4.4.3 4.5.3 5.5.3',
  ],
  [
    'an unban with the level to ban only',
    '1-12',
    { ...inRoom, [carol]: 'ban', levels: bobAt(50, { kick: 51 }) },
    { to: 'leave', by: bob, of: carol },
    '5.4.5 4.4.5 4.5.5 5.5.5',
  ],
  [
    'a kick of the creator',
    '1-11',
    { ...inRoom, levels: { users: { [bob]: 101, [alice]: 100 } } },
    { to: 'leave', by: bob, of: alice },
    'allowed',
  ],
  [
    'a kick of a creator',
    '12',
    { ...inRoom, levels: bobAt(2 ** 53 - 1) },
    { to: 'leave', by: bob, of: alice },
    '- - - 5.5.5',
  ],

  // bans
  ['a ban by a moderator', '1-12', { ...inRoom, levels: bobAt(50) }, { to: 'ban', by: bob, of: carol }, 'allowed'],
  ['a ban of a stranger', '1-12', { [bob]: 'join', levels: bobAt(50) }, { to: 'ban', by: bob, of: carol }, 'allowed'],
  [
    'a ban by one who left',
    '1-12',
    { ...inRoom, [bob]: 'leave', levels: bobAt(50) },
    { to: 'ban', by: bob, of: carol },
    '5.5.1 4.5.1 4.6.1 5.6.1',
  ],
  [
    'a ban without the level for it',
    '1-12',
    { ...inRoom, levels: bobAt(49) },
    { to: 'ban', by: bob, of: carol },
    '5.5.3 4.5.3 4.6.3 5.6.3',
  ],
  [
    'a ban of an equal',
    '1-12',
    { ...inRoom, levels: { users: { [bob]: 50, [carol]: 50 } } },
    { to: 'ban', by: bob, of: carol },
    '5.5.3 4.5.3 4.6.3 5.6.3',
  ],
  ['a ban of oneself', '1-12', { [bob]: 'join', levels: bobAt(50) }, { to: 'ban', by: bob }, '5.5.3 4.5.3 4.6.3 5.6.3'],
  [
    'a ban of a creator',
    '12',
    { ...inRoom, levels: bobAt(2 ** 53 - 1) },
    { to: 'ban', by: bob, of: alice },
    '- - - 5.6.3',
  ],
  [
    'a ban by a creator',
    '12',
    { ...inRoom, levels: bobAt(2 ** 53 - 1, { ban: 2 ** 53 - 1 }) },
    { to: 'ban', by: alice, of: bob },
    'allowed',
  ],
  ['a ban by the creator of a room without levels', '1-12', inRoom, { to: 'ban', by: alice, of: bob }, 'allowed'],
  [
    'a ban by another in a room without levels',
    '1-12',
    inRoom,
    { to: 'ban', by: bob, of: carol },
    '5.5.3 4.5.3 4.6.3 5.6.3',
  ],

  // knocks
  ['a knock', '7-12', { joinRule: 'knock' }, { to: 'knock', by: bob }, 'allowed'],
  ['a knock again', '7-12', { joinRule: 'knock', [bob]: 'knock' }, { to: 'knock', by: bob }, 'allowed'],
  ['a knock of one who left', '7-12', { joinRule: 'knock', [bob]: 'leave' }, { to: 'knock', by: bob }, 'allowed'],
  ['a knock before there were any', '1-6', { joinRule: 'knock' }, { to: 'knock', by: bob }, '5.6 4.6 - -'],
  ['a knock on a public room', '7-12', {}, { to: 'knock', by: bob }, '- 4.6.1 4.7.1 5.7.1'],
  ['a knock on an invite-only room', '7-12', { joinRule: 'invite' }, { to: 'knock', by: bob }, '- 4.6.1 4.7.1 5.7.1'],
  ['a knock on a restricted room', '8-12', { joinRule: 'restricted' }, { to: 'knock', by: bob }, '- - 4.7.1 5.7.1'],
  [
    'a knock on a knock-restricted room, before that was known',
    '7-9',
    { joinRule: 'knock_restricted' },
    { to: 'knock', by: bob },
    '- 4.6.1 4.7.1 -',
  ],
  [
    'a knock on a knock-restricted room',
    '10-12',
    { joinRule: 'knock_restricted' },
    { to: 'knock', by: bob },
    'allowed',
  ],
  [
    'a knock for somebody else',
    '7-12',
    { joinRule: 'knock', [bob]: 'join' },
    { to: 'knock', by: bob, of: carol },
    '- 4.6.2 4.7.2 5.7.2',
  ],
  [
    'a knock of the banned',
    '7-12',
    { joinRule: 'knock', [bob]: 'ban' },
    { to: 'knock', by: bob },
    '- 4.6.4 4.7.4 5.7.4',
  ],
  [
    'a knock of the invited',
    '7-12',
    { joinRule: 'knock', [bob]: 'invite' },
    { to: 'knock', by: bob },
    '- 4.6.4 4.7.4 5.7.4',
  ],
  [
    'a knock of a member',
    '7-12',
    { joinRule: 'knock', [bob]: 'join' },
    { to: 'knock', by: bob },
    '- 4.6.4 4.7.4 5.7.4',
  ],

  // neither
  ['an unknown membership', '1-6', { [bob]: 'join' }, { to: 'dance', by: bob }, '5.6 4.6 - -'],
  ['an unknown membership', '7-12', { [bob]: 'join' }, { to: 'dance', by: bob }, '- 4.7 4.8 5.8'],
])('%s (version %s)', (_title, versions, given, change, outcomes) => {
  expectOutcome(versions, given, change, outcomes);
});

it.each<[title: string, versions: string, content: JsonObject, stateKey: string | undefined, outcome: string]>([
  ['no state key', '1-12', { membership: 'join' }, undefined, '5.1 4.1 4.1 5.1'],
  ['no membership', '1-12', {}, bob, '5.1 4.1 4.1 5.1'],
  ['a membership that is no string', '1-6', { membership: 1 }, bob, '5.6 4.6 - -'],
  ['a membership that is no string', '7-12', { membership: null }, bob, '- 4.7 4.8 5.8'],
])('a member event with %s (version %s)', (_title, versions, content, stateKey, outcomes) => {
  for (const version of versionsIn(versions)) {
    const draft = { type: 'm.room.member', sender: bob, content, ...(stateKey === undefined ? {} : { stateKey }) };
    expect(outcome(roomWith(version, {}), draft)).toBe(expectedIn(version, outcomes));
  }
});

const kick = (by: string, of: string) => ({
  type: 'm.room.member',
  sender: by,
  stateKey: of,
  content: { membership: 'leave' },
});

it('counts creators as equal, whoever sent the create event', () => {
  const room = TestRoom.of('12', { create: { additional_creators: [bob] }, joinRule: 'public' });
  room.member(bob, 'join');
  expect(outcome(room, kick(alice, bob))).toBe('5.5.5');
  expect(outcome(room, kick(bob, alice))).toBe('5.5.5');
});
