import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import { alice, bob, type Draft, TestRoom } from '../../support/rooms.js';
import { outcome, versionsIn } from './outcome.js';

it.each<[title: string, versions: string, content: JsonObject, more: Partial<Draft>, outcome: string]>([
  ['a create event', '1-10', { creator: alice }, {}, 'allowed'],
  ['a create event', '11-12', {}, {}, 'allowed'],
  ['one with previous events', '1-12', { creator: alice }, { prevEvents: ['$before:one.test'] }, '1.1'],
  ['one for a room of another server', '1-11', { creator: alice }, { roomId: '!room:two.test' }, '1.2'],
  ['one that names a room', '12', {}, { roomId: '!room:one.test' }, '1.2'],
  ['one of a known version', '1-12', { creator: alice, room_version: '4' }, {}, 'allowed'],
  ['one of an unknown version', '1-12', { creator: alice, room_version: '99' }, {}, '1.3'],
  ['one with a version that is no string', '1-12', { creator: alice, room_version: 6 }, {}, '1.3'],
  ['one without creator', '1-10', {}, {}, '1.4'],
  ['one with another creator than its sender', '1-12', { creator: bob }, {}, 'allowed'],
  ['one with additional creators', '12', { additional_creators: [bob, '@c:two.test'] }, {}, 'allowed'],
  ['one with no additional creators', '12', { additional_creators: [] }, {}, 'allowed'],
  ['one with additional creators that are no list', '12', { additional_creators: bob }, {}, '1.4'],
  ['one with an additional creator that is no string', '12', { additional_creators: [bob, 1] }, {}, '1.4'],
  ['one with an additional creator that is no user id', '12', { additional_creators: ['bob'] }, {}, '1.4'],
  ['one with an additional creator on no server', '12', { additional_creators: ['@bob:'] }, {}, '1.4'],
  ['one with odd additional creators, before they meant anything', '11', { additional_creators: 1 }, {}, 'allowed'],
])('creates a room by %s (version %s)', (_title, versions, content, more, expected) => {
  for (const version of versionsIn(versions)) {
    const draft = { type: 'm.room.create', sender: alice, stateKey: '', content, ...more };
    expect([version, outcome(new TestRoom(version), draft)]).toEqual([version, expected]);
  }
});
