import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import { alice, bob, carol, dave, TestRoom } from '../../support/rooms.js';
import { authorisedBy, expectOutcome, type MemberRow } from './member-rows.js';
import { expectedIn, outcome, versionsIn } from './outcome.js';

it.each<MemberRow>([
  ['a join of a public room', '1-12', {}, { to: 'join', by: bob }, 'allowed'],
  [
    'a join again, with a new name',
    '1-12',
    { joinRule: 'invite', [bob]: 'join' },
    { to: 'join', by: bob, content: { displayname: 'B' } },
    'allowed',
  ],
  [
    'a join for somebody else',
    '1-12',
    { [bob]: 'join' },
    { to: 'join', by: bob, of: carol },
    '5.2.2 4.2.2 4.3.2 5.3.2',
  ],
  ['a join of the banned', '1-12', { [bob]: 'ban' }, { to: 'join', by: bob }, '5.2.3 4.2.3 4.3.3 5.3.3'],
  ['a join of the kicked', '1-12', { [bob]: 'leave' }, { to: 'join', by: bob }, 'allowed'],
  ['a join of the invited', '1-12', { joinRule: 'invite', [bob]: 'invite' }, { to: 'join', by: bob }, 'allowed'],
  ['a join of the uninvited', '1-7', { joinRule: 'invite' }, { to: 'join', by: bob }, '5.2.6 4.2.6 - -'],
  ['a join of the uninvited', '8-12', { joinRule: 'invite' }, { to: 'join', by: bob }, '- - 4.3.7 5.3.7'],
  [
    'a join by an unknown join rule',
    '1-7',
    { joinRule: 'private', [bob]: 'invite' },
    { to: 'join', by: bob },
    '5.2.6 4.2.6 - -',
  ],
  [
    'a join by an unknown join rule',
    '8-12',
    { joinRule: 'private', [bob]: 'invite' },
    { to: 'join', by: bob },
    '- - 4.3.7 5.3.7',
  ],
  [
    'a join by the join rule knock, before it was one',
    '1-6',
    { joinRule: 'knock', [bob]: 'invite' },
    { to: 'join', by: bob },
    '5.2.6 4.2.6 - -',
  ],
  [
    'a join of the invited where people knock',
    '7-12',
    { joinRule: 'knock', [bob]: 'invite' },
    { to: 'join', by: bob },
    'allowed',
  ],
  ['a join of one who knocked', '7', { joinRule: 'knock', [bob]: 'knock' }, { to: 'join', by: bob }, '- 4.2.6 - -'],
  [
    'a join of one who knocked',
    '8-12',
    { joinRule: 'knock', [bob]: 'knock' },
    { to: 'join', by: bob },
    '- - 4.3.7 5.3.7',
  ],
  [
    'a join by the join rule restricted, before it was one',
    '1-7',
    { joinRule: 'restricted', [bob]: 'invite' },
    { to: 'join', by: bob },
    '5.2.6 4.2.6 - -',
  ],
  [
    'a restricted join of the invited',
    '8-12',
    { joinRule: 'restricted', [bob]: 'invite' },
    { to: 'join', by: bob },
    'allowed',
  ],
  [
    'a restricted join of a member',
    '8-12',
    { joinRule: 'restricted', [bob]: 'join' },
    { to: 'join', by: bob },
    'allowed',
  ],
  [
    'a restricted join that nobody authorised',
    '8-12',
    { joinRule: 'restricted' },
    { to: 'join', by: bob },
    '- - 4.3.5.2 5.3.5.2',
  ],
  [
    'a restricted join that a member authorised',
    '8-12',
    { joinRule: 'restricted' },
    { to: 'join', by: carol, content: authorisedBy(alice), signedBy: ['one.test', 'two.test'] },
    'allowed',
  ],
  [
    'a restricted join that a stranger authorised',
    '8-12',
    { joinRule: 'restricted' },
    { to: 'join', by: carol, content: authorisedBy(dave) },
    '- - 4.3.5.2 5.3.5.2',
  ],
  [
    'a restricted join that an invited user authorised',
    '8-12',
    { joinRule: 'restricted', [dave]: 'invite' },
    { to: 'join', by: carol, content: authorisedBy(dave) },
    '- - 4.3.5.2 5.3.5.2',
  ],
  [
    'a restricted join that somebody without the power to invite authorised',
    '8-12',
    { joinRule: 'restricted', levels: { invite: 50 }, [dave]: 'join' },
    { to: 'join', by: carol, content: authorisedBy(dave) },
    '- - 4.3.5.2 5.3.5.2',
  ],
  [
    'a restricted join that a moderator authorised',
    '8-12',
    { joinRule: 'restricted', levels: { invite: 50, users: { [dave]: 50 } }, [dave]: 'join' },
    { to: 'join', by: carol, content: authorisedBy(dave) },
    'allowed',
  ],
  [
    'a restricted join of the banned',
    '8-12',
    { joinRule: 'restricted', [carol]: 'ban' },
    { to: 'join', by: carol, content: authorisedBy(alice), signedBy: ['one.test', 'two.test'] },
    '- - 4.3.3 5.3.3',
  ],
  [
    'a join without the signature of the authorising server',
    '8-12',
    { joinRule: 'restricted' },
    { to: 'join', by: carol, content: authorisedBy(alice) },
    '- - 4.2.1 5.2.1',
  ],
  [
    'a join without that signature, of a public room',
    '8-12',
    {},
    { to: 'join', by: carol, content: authorisedBy(alice) },
    '- - 4.2.1 5.2.1',
  ],
  [
    'a join that names an authoriser, before that meant anything',
    '1-7',
    {},
    { to: 'join', by: carol, content: authorisedBy(alice) },
    'allowed',
  ],
  [
    'a join by the join rule knock_restricted, before it was one',
    '8-9',
    { joinRule: 'knock_restricted', [bob]: 'invite' },
    { to: 'join', by: bob },
    '- - 4.3.7 -',
  ],
  [
    'a knock-restricted join of the invited',
    '10-12',
    { joinRule: 'knock_restricted', [bob]: 'invite' },
    { to: 'join', by: bob },
    'allowed',
  ],
  [
    'a knock-restricted join that a member authorised',
    '10-12',
    { joinRule: 'knock_restricted' },
    { to: 'join', by: bob, content: authorisedBy(alice) },
    'allowed',
  ],
  [
    'a knock-restricted join that nobody authorised',
    '10-12',
    { joinRule: 'knock_restricted', [bob]: 'knock' },
    { to: 'join', by: bob },
    '- - 4.3.5.2 5.3.5.2',
  ],
])('%s (version %s)', (_title, versions, given, change, outcomes) => {
  expectOutcome(versions, given, change, outcomes);
});

const firstJoin = (user: string) => ({
  type: 'm.room.member',
  sender: user,
  stateKey: user,
  content: { membership: 'join' },
});

it('lets the creator join right after the create event', () => {
  for (const version of versionsIn('1-12')) {
    const room = new TestRoom(version);
    room.create();
    expect(outcome(room, firstJoin(alice))).toBe('allowed');
  }
});

it.each<[title: string, versions: string, user: string, create: JsonObject, outcome: string]>([
  ['somebody else', '1-12', bob, {}, '5.2.6 4.2.6 4.3.7 5.3.7'],
  ['whom content.creator names', '1-10', bob, { creator: bob }, 'allowed'],
  ['whom content.creator names, since it counts no more', '11-12', bob, { creator: bob }, '- - 4.3.7 5.3.7'],
  ['an additional creator', '12', bob, { additional_creators: [bob] }, '- - - 5.3.7'],
])('first joins %s (version %s)', (_title, versions, user, create, outcomes) => {
  for (const version of versionsIn(versions)) {
    const room = new TestRoom(version);
    room.create(create);
    expect(outcome(room, firstJoin(user))).toBe(expectedIn(version, outcomes));
  }
});

it('lets the creator join without invitation only as the second event of the room', () => {
  const room = TestRoom.of('11', { joinRule: 'invite' });
  room.member(alice, 'leave');
  expect(outcome(room, firstJoin(alice))).toBe('4.3.7');
  const [create, leave] = [room.view.get('m.room.create', ''), room.view.get('m.room.member', alice)];
  expect(outcome(room, { ...firstJoin(alice), prevEvents: [create!.eventId, leave!.eventId] })).toBe('4.3.7');
});
