import { expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src-main/base/json.js';
import { RawNumber } from '../../../src-main/spec/json-text.js';
import { alice, bob, carol, TestRoom } from '../../support/rooms.js';
import { outcome, versionsIn } from './outcome.js';

/** Levels before and after; Bob, who has 50, sends the new ones, and 50 is enough to send them. */
function change(version: string, before: JsonObject | undefined, after: JsonObject, sender: string = bob): string {
  const room = TestRoom.of(version);
  room.member(bob, 'join');
  if (before) room.levels({ ...before, users: { [bob]: 50, ...(before['users'] as JsonObject | undefined) } });
  return outcome(room, { type: 'm.room.power_levels', sender, stateKey: '', content: after });
}

const users = (more: JsonObject = {}) => ({ users: { [bob]: 50, ...more } });

it.each<[title: string, versions: string, before: JsonObject, after: JsonObject, outcome: string]>([
  ['nothing', '1-12', {}, users(), 'allowed'],
  [
    'all to what they are by default',
    '1-12',
    {},
    { ...users(), ban: 50, kick: 50, redact: 50, invite: 0, state_default: 50, events_default: 0, users_default: 0 },
    'allowed',
  ],

  // named levels
  ['a name below the own power', '1-12', { ban: 40 }, { ...users(), ban: 50 }, 'allowed'],
  ['a name above the own power', '1-5', { ban: 51 }, { ...users(), ban: 50 }, '10.3.1'],
  ['a name above the own power', '6-9', { ban: 51 }, { ...users(), ban: 50 }, '9.3.1'],
  ['a name above the own power', '10-11', { ban: 51 }, { ...users(), ban: 50 }, '9.5.1'],
  ['a name above the own power', '12', { ban: 51 }, { ...users(), ban: 50 }, '10.6.1'],
  ['a name above the own power, by removing it', '12', { kick: 51 }, users(), '10.6.1'],
  ['a name to above the own power', '1-5', { kick: 50 }, { ...users(), kick: 51 }, '10.3.2'],
  ['a name to above the own power', '6-9', { invite: 50 }, { ...users(), invite: 51 }, '9.3.2'],
  ['a name to above the own power', '10-11', { redact: 50 }, { ...users(), redact: 51 }, '9.5.2'],
  ['a name to above the own power', '12', { state_default: 50 }, { ...users(), state_default: 51 }, '10.6.2'],
  ['a name to above the own power, by adding it', '12', {}, { ...users(), events_default: 51 }, '10.6.2'],
  ['users_default to above the own power', '12', {}, { ...users(), users_default: 51 }, '10.6.2'],
  ['nothing of a level above the own power', '1-12', { ban: 100 }, { ...users(), ban: 100 }, 'allowed'],

  // events
  ['an event level', '1-12', { events: { a: 50 } }, { ...users(), events: { a: 0, b: 50 } }, 'allowed'],
  ['an event level above the own power', '1-5', { events: { a: 51 } }, { ...users(), events: { a: 50 } }, '10.4.1'],
  ['an event level above the own power', '6-9', { events: { a: 51 } }, { ...users(), events: { a: 50 } }, '9.4.1'],
  ['an event level above the own power', '10-11', { events: { a: 51 } }, { ...users(), events: { a: 50 } }, '9.6.1'],
  ['an event level above the own power', '12', { events: { a: 51 } }, { ...users(), events: { a: 50 } }, '10.7.1'],
  ['an event level above the own power, by removing it', '12', { events: { a: 51 } }, users(), '10.7.1'],
  ['an event level to above the own power', '1-5', { events: { a: 0 } }, { ...users(), events: { a: 51 } }, '10.5.1'],
  ['an event level to above the own power', '6-9', {}, { ...users(), events: { a: 51 } }, '9.5.1'],
  ['an event level to above the own power', '10-11', {}, { ...users(), events: { a: 51 } }, '9.7.1'],
  ['an event level to above the own power', '12', {}, { ...users(), events: { a: 51 } }, '10.8.1'],
  [
    'nothing of an event level above the own power',
    '1-12',
    { events: { a: 100 } },
    { ...users(), events: { a: 100 } },
    'allowed',
  ],

  // notifications
  [
    'a notification level above the own power, when nobody looked',
    '1-5',
    { notifications: { room: 51 } },
    users(),
    'allowed',
  ],
  ['a notification level above the own power', '6-9', { notifications: { room: 51 } }, users(), '9.4.1'],
  ['a notification level above the own power', '10-11', { notifications: { room: 51 } }, users(), '9.6.1'],
  ['a notification level above the own power', '12', { notifications: { room: 51 } }, users(), '10.7.1'],
  [
    'a notification level to above the own power, when nobody looked',
    '1-5',
    {},
    { ...users(), notifications: { room: 51 } },
    'allowed',
  ],
  ['a notification level to above the own power', '6-9', {}, { ...users(), notifications: { room: 51 } }, '9.5.1'],
  ['a notification level to above the own power', '10-11', {}, { ...users(), notifications: { room: 51 } }, '9.7.1'],
  ['a notification level to above the own power', '12', {}, { ...users(), notifications: { room: 51 } }, '10.8.1'],
  [
    'a notification level',
    '1-12',
    { notifications: { room: 20 } },
    { ...users(), notifications: { room: 50 } },
    'allowed',
  ],

  // users
  ['the level of a lesser user', '1-12', { users: { [carol]: 49 } }, users({ [carol]: 50 }), 'allowed'],
  ['the level of a lesser user, by removing it', '1-12', { users: { [carol]: 49 } }, users(), 'allowed'],
  ['the level of an equal', '1-5', { users: { [carol]: 50 } }, users({ [carol]: 49 }), '10.6.1'],
  ['the level of an equal', '6-9', { users: { [carol]: 50 } }, users({ [carol]: 49 }), '9.6.1'],
  ['the level of an equal', '10-11', { users: { [carol]: 50 } }, users({ [carol]: 49 }), '9.8.1'],
  ['the level of an equal', '12', { users: { [carol]: 50 } }, users({ [carol]: 49 }), '10.9.1'],
  ['the level of an equal, by removing it', '12', { users: { [carol]: 50 } }, users(), '10.9.1'],
  ['the level of a superior', '12', { users: { [carol]: 51 } }, users({ [carol]: 50 }), '10.9.1'],
  ['the level of a user to above the own', '1-5', {}, users({ [carol]: 51 }), '10.7.1'],
  ['the level of a user to above the own', '6-9', {}, users({ [carol]: 51 }), '9.7.1'],
  ['the level of a user to above the own', '10-11', {}, users({ [carol]: 51 }), '9.9.1'],
  ['the level of a user to above the own', '12', {}, users({ [carol]: 51 }), '10.10.1'],
  ['the own level to a lower one', '1-12', {}, { users: { [bob]: 10 } }, 'allowed'],
  ['the own level, by removing it', '1-12', {}, { users: {} }, 'allowed'],
  ['the own level to a higher one', '12', {}, { users: { [bob]: 51 } }, '10.10.1'],
  ['nothing of equals and superiors', '1-12', { users: { [carol]: 100 } }, users({ [carol]: 100 }), 'allowed'],
])('changes %s (version %s)', (_title, versions, before, after, expected) => {
  for (const version of versionsIn(versions)) {
    expect([version, change(version, before, after)]).toEqual([version, expected]);
  }
});

it.each<[title: string, versions: string, content: JsonObject, outcome: string]>([
  ['nothing at all', '1-12', {}, 'allowed'],
  ['a string of digits for a name', '1-9', { ban: '40' }, 'allowed'],
  ['a string of digits for a name', '10-11', { ban: '40' }, '9.1'],
  ['a string of digits for a name', '12', { ban: '40' }, '10.1'],
  ['null for a name', '10-11', { users_default: null }, '9.1'],
  ['a truth value for a name', '12', { kick: true }, '10.1'],
  ['a string for an event', '10-11', { events: { a: '1' } }, '9.2'],
  ['a string for an event', '12', { events: { a: '1' } }, '10.2'],
  ['a string for a notification', '12', { notifications: { room: '1' } }, '10.2'],
  ['events that are no object', '10-11', { events: [] }, '9.2'],
  ['notifications that are no object', '12', { notifications: 50 }, '10.2'],
  ['a string of digits for a user', '1-9', { users: { [bob]: ' +050 ' } }, 'allowed'],
  ['a string of digits for a user', '10-11', { users: { [bob]: '50' } }, '9.3'],
  ['a string of digits for a user', '12', { users: { [bob]: '50' } }, '10.3'],
  ['a word for a user', '1-5', { users: { [bob]: 'fifty' } }, '10.1'],
  ['a word for a user', '6-9', { users: { [bob]: 'fifty' } }, '9.1'],
  ['a fraction for a user', '1-5', { users: { [bob]: 50.9 } }, 'allowed'],
  ['users that are no object', '1-5', { users: [] }, '10.1'],
  ['users that are no object', '10-11', { users: 'bob' }, '9.3'],
  ['a user that is no user id', '1-5', { users: { bob: 1 } }, '10.1'],
  ['a user that is no user id', '6-9', { users: { '@bob': 1 } }, '9.1'],
  ['a user that is no user id', '10-11', { users: { '': 1 } }, '9.3'],
  ['a user that is no user id', '12', { users: { bob: 1 } }, '10.3'],
  ['a user on an odd server', '1-12', { users: { '@bob:under_score': 1 } }, 'allowed'],
  ['the creator among the users', '1-11', { users: { [alice]: 100 } }, 'allowed'],
  ['the creator among the users', '12', { users: { [alice]: 100 } }, '10.4'],
])('sets first levels with %s (version %s)', (_title, versions, content, expected) => {
  for (const version of versionsIn(versions)) {
    expect([version, change(version, undefined, content, alice)]).toEqual([version, expected]);
  }
});

const raw = (text: string) => new RawNumber(text) as unknown as JsonValue;

it.each<[title: string, versions: string, before: JsonObject, after: JsonObject, outcome: string]>([
  ['the string "50" and 50', '1-9', { ban: '60' }, { ...users(), ban: 60 }, 'allowed'],
  ['60.9 and 60', '1-5', { ban: 60.9 }, { ...users(), ban: 60 }, 'allowed'],
  ['60.0 and 6e1', '1-5', { ban: raw('60.0') }, { ...users(), ban: raw('6e1') }, 'allowed'],
  ['5e1 and "51"', '1-5', { ban: raw('5e1') }, { ...users(), ban: '51' }, '10.3.2'],
  ['"51" and nothing', '6-9', { ban: '51' }, users(), '9.3.1'],
])('compares %s (version %s)', (_title, versions, before, after, expected) => {
  for (const version of versionsIn(versions)) {
    expect([version, change(version, before, after)]).toEqual([version, expected]);
  }
});

it.each<[title: string, versions: string, after: JsonObject, outcome: string]>([
  ['a name', '1-5', { ...users(), ban: 'x' }, '10.3.2'],
  ['a name', '6-9', { ...users(), ban: [] }, '9.3.2'],
  ['an event', '1-5', { ...users(), events: { a: {} } }, '10.5.1'],
  ['all events', '6-9', { ...users(), events: [] }, '9.5.1'],
])('refuses what is no level for %s (version %s)', (_title, versions, after, expected) => {
  for (const version of versionsIn(versions)) {
    expect([version, change(version, {}, after)]).toEqual([version, expected]);
  }
});

it('keeps additional creators out of the users', () => {
  const room = TestRoom.of('12', { create: { additional_creators: [carol] } });
  const draft = { type: 'm.room.power_levels', sender: alice, stateKey: '', content: { users: { [carol]: 1 } } };
  expect(outcome(room, draft)).toBe('10.4');
});

it('lets creators set any level', () => {
  const room = TestRoom.of('12', { levels: { ban: 2 ** 53 - 1, users: { [bob]: 2 ** 53 - 1 } } });
  const draft = { type: 'm.room.power_levels', sender: alice, stateKey: '', content: {} };
  expect(outcome(room, draft)).toBe('allowed');
});
