import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import { alice, bob, carol, dave, type Draft, TestRoom } from '../../support/rooms.js';
import { outcome, versionsIn } from './outcome.js';

interface Given {
  readonly levels?: JsonObject;
  readonly create?: JsonObject;
}

/** Alice made the room; Bob, of her server, and Carol, of another, are in it. */
function roomWith(version: string, given: Given): TestRoom {
  const room = TestRoom.of(version, { joinRule: 'public', ...given });
  room.member(bob, 'join');
  room.member(carol, 'join');
  return room;
}

const closed = { create: { 'm.federate': false } };
const topic = { type: 'm.room.topic', stateKey: '', content: { topic: 'x' } };
const message = { type: 'm.room.message', content: { body: 'x' } };
const member = (sender: string, stateKey: string, membership: string) => ({
  type: 'm.room.member',
  sender,
  stateKey,
  content: { membership },
});
const aliases = (sender: string, stateKey?: string) => ({
  type: 'm.room.aliases',
  sender,
  ...(stateKey === undefined ? {} : { stateKey }),
  content: { aliases: [] },
});
const thirdParty = (sender: string) => ({ type: 'm.room.third_party_invite', sender, stateKey: 'token', content: {} });

it.each<[title: string, versions: string, given: Given, draft: Draft, outcome: string]>([
  // m.federate
  ['a message from another server', '1-12', {}, { ...message, sender: carol }, 'allowed'],
  ['a message from another server to a closed room', '1-5', closed, { ...message, sender: carol }, '3'],
  ['a message from another server to a closed room', '6-11', closed, { ...message, sender: carol }, '3'],
  ['a message from another server to a closed room', '12', closed, { ...message, sender: carol }, '4'],
  ['a message from the own server to a closed room', '1-12', closed, { ...message, sender: bob }, 'allowed'],
  ['a join from another server of a closed room', '1-11', closed, member(dave, dave, 'join'), '3'],
  ['a join from another server of a closed room', '12', closed, member(dave, dave, 'join'), '4'],
  ['an invite to another server from a closed room', '1-11', closed, member(bob, dave, 'invite'), '3'],
  ['an invite to another server from a closed room', '12', closed, member(bob, dave, 'invite'), '4'],
  ['an invite within the server of a closed room', '1-12', closed, member(bob, '@erin:one.test', 'invite'), 'allowed'],
  [
    'a message from another server where m.federate is true',
    '1-12',
    { create: { 'm.federate': true } },
    { ...message, sender: carol },
    'allowed',
  ],

  // m.room.aliases
  ['aliases of the own server', '1-12', { levels: { state_default: 0 } }, aliases(carol, 'two.test'), 'allowed'],
  ['aliases of the own server without the level for state', '1-5', {}, aliases(carol, 'two.test'), 'allowed'],
  ['aliases of the own server without the level for state', '6-11', {}, aliases(carol, 'two.test'), '7'],
  ['aliases of the own server without the level for state', '12', {}, aliases(carol, 'two.test'), '8'],
  ['aliases by a stranger', '1-5', {}, aliases(dave, 'two.test'), 'allowed'],
  ['aliases by a stranger', '6-11', {}, aliases(dave, 'two.test'), '5'],
  ['aliases by a stranger', '12', {}, aliases(dave, 'two.test'), '6'],
  ['aliases of another server', '1-5', {}, aliases(carol, 'one.test'), '4.2'],
  ['aliases of another server', '6-12', { levels: { state_default: 0 } }, aliases(carol, 'one.test'), 'allowed'],
  ['aliases that are no state', '1-5', {}, aliases(carol), '4.1'],
  ['aliases that are no state', '6-12', {}, aliases(carol), 'allowed'],

  // the sender
  ['a message of a member', '1-12', {}, { ...message, sender: bob }, 'allowed'],
  ['a message of a stranger', '1-5', {}, { ...message, sender: dave }, '6'],
  ['a message of a stranger', '6-11', {}, { ...message, sender: dave }, '5'],
  ['a message of a stranger', '12', {}, { ...message, sender: dave }, '6'],
  ['state of a stranger with power', '12', { levels: { users: { [dave]: 100 } } }, { ...topic, sender: dave }, '6'],

  // m.room.third_party_invite
  ['a third party invite', '1-12', {}, thirdParty(bob), 'allowed'],
  [
    'a third party invite, though state needs more power',
    '1-12',
    { levels: { state_default: 100, events: { 'm.room.third_party_invite': 100 } } },
    thirdParty(bob),
    'allowed',
  ],
  ['a third party invite without the level to invite', '1-5', { levels: { invite: 1 } }, thirdParty(bob), '7.1'],
  ['a third party invite without the level to invite', '6-11', { levels: { invite: 1 } }, thirdParty(bob), '6.1'],
  ['a third party invite without the level to invite', '12', { levels: { invite: 1 } }, thirdParty(bob), '7.1'],
  ['a third party invite by a stranger', '12', {}, thirdParty(dave), '6'],

  // the required level
  ['a topic without the level for state', '1-5', { levels: {} }, { ...topic, sender: bob }, '8'],
  ['a topic without the level for state', '6-11', { levels: {} }, { ...topic, sender: bob }, '7'],
  ['a topic without the level for state', '12', { levels: {} }, { ...topic, sender: bob }, '8'],
  [
    'a topic with the level for state',
    '1-12',
    { levels: { users: { [bob]: 50 } } },
    { ...topic, sender: bob },
    'allowed',
  ],
  [
    'a topic with the level that topics have',
    '1-12',
    { levels: { events: { 'm.room.topic': 0 } } },
    { ...topic, sender: bob },
    'allowed',
  ],
  ['a topic in a room without levels', '1-12', {}, { ...topic, sender: alice }, 'allowed'],
  ['a topic of another in a room without levels', '6-11', {}, { ...topic, sender: bob }, '7'],
  ['a message where members may not speak', '1-5', { levels: { events_default: 1 } }, { ...message, sender: bob }, '8'],
  [
    'a message where members may not speak',
    '6-11',
    { levels: { events_default: 1 } },
    { ...message, sender: bob },
    '7',
  ],
  [
    'a message where messages have a level',
    '12',
    { levels: { events: { 'm.room.message': 1 } } },
    { ...message, sender: bob },
    '8',
  ],
  ['a message of somebody below zero', '12', { levels: { users: { [bob]: -1 } } }, { ...message, sender: bob }, '8'],
  [
    'a topic of a creator above all levels',
    '12',
    { levels: { state_default: 2 ** 53 - 1 } },
    { ...topic, sender: alice },
    'allowed',
  ],
  [
    'a topic of a creator below the level',
    '11',
    { levels: { state_default: 2 ** 53 - 1 } },
    { ...topic, sender: alice },
    '7',
  ],
  [
    'a topic of an additional creator',
    '12',
    { create: { additional_creators: [bob] }, levels: { state_default: 100 } },
    { ...topic, sender: bob },
    'allowed',
  ],
  [
    'a topic of an additional creator, before there were any',
    '11',
    { create: { additional_creators: [bob] }, levels: {} },
    { ...topic, sender: bob },
    '7',
  ],
  ['a topic of whom content.creator names', '10', { create: { creator: bob } }, { ...topic, sender: bob }, 'allowed'],
  [
    'a topic of whom content.creator names, since it counts no more',
    '11',
    { create: { creator: bob } },
    { ...topic, sender: bob },
    '7',
  ],

  // the state key
  ['state of oneself', '1-12', { levels: { state_default: 0 } }, { type: 'x', sender: bob, stateKey: bob }, 'allowed'],
  ['state of somebody else', '1-5', { levels: { state_default: 0 } }, { type: 'x', sender: bob, stateKey: carol }, '9'],
  [
    'state of somebody else',
    '6-11',
    { levels: { state_default: 0 } },
    { type: 'x', sender: bob, stateKey: carol },
    '8',
  ],
  ['state of somebody else', '12', { levels: { state_default: 0 } }, { type: 'x', sender: bob, stateKey: carol }, '9'],
  ['state of what only looks like a user', '12', {}, { type: 'x', sender: alice, stateKey: '@' }, '9'],
  ['state of no user', '1-12', {}, { type: 'x', sender: alice, stateKey: 'widget' }, 'allowed'],

  // m.room.redaction
  [
    'a redaction by a moderator',
    '1-12',
    { levels: { users: { [bob]: 50 } } },
    { type: 'm.room.redaction', sender: bob, redacts: '$x:three.test' },
    'allowed',
  ],
  [
    'a redaction of what the own server sent',
    '1-2',
    { levels: {} },
    { type: 'm.room.redaction', sender: bob, redacts: '$x:one.test' },
    'allowed',
  ],
  [
    'a redaction of what another server sent',
    '1-2',
    { levels: {} },
    { type: 'm.room.redaction', sender: bob, redacts: '$x:two.test' },
    '11.3',
  ],
  ['a redaction of nothing', '1-2', { levels: {} }, { type: 'm.room.redaction', sender: bob }, '11.3'],
  [
    'a redaction of what another server sent, to be checked later',
    '3-12',
    { levels: {} },
    { type: 'm.room.redaction', sender: bob, redacts: '$x' },
    'allowed',
  ],
  [
    'a redaction where redactions have a level',
    '3-5',
    { levels: { events: { 'm.room.redaction': 1 } } },
    { type: 'm.room.redaction', sender: bob, redacts: '$x' },
    '8',
  ],
])('%s (version %s)', (_title, versions, given, draft, expected) => {
  for (const version of versionsIn(versions)) {
    expect([version, outcome(roomWith(version, given), draft)]).toEqual([version, expected]);
  }
});

it.each([
  ['1-11', '2.4'],
  ['12', '2'],
])('refuses all in a room without create event (version %s)', (versions, expected) => {
  for (const version of versionsIn(versions)) {
    const room = new TestRoom(version);
    room.member(bob, 'join');
    expect(outcome(room, { ...message, sender: bob })).toBe(expected);
  }
});

it('refuses an event of a room that another create event made (version 12)', () => {
  const room = roomWith('12', {});
  expect(outcome(room, { ...message, sender: bob, roomId: '!elsewhere' })).toBe('2');
});
