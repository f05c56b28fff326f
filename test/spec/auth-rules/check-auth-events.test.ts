import { expect, it } from 'vitest';
import { checkAuthEvents } from '../../../src-main/spec/auth-rules/check-auth-events.js';
import type { RoomEvent } from '../../../src-main/spec/event.js';
import { alice, bob, carol, TestRoom } from '../../support/rooms.js';
import { outcomeOf, versionsIn } from './outcome.js';

interface Scene {
  readonly room: TestRoom;
  readonly create: RoomEvent;
  readonly levels: RoomEvent;
  /** Bob's member event, who sends the message */
  readonly sender: RoomEvent;
}

function scene(version: string): Scene {
  const room = new TestRoom(version);
  const create = room.create();
  room.member(alice, 'join');
  const levels = room.levels({ users: {} });
  return { room, create, levels, sender: room.member(bob, 'join') };
}

/** What authorizes a message, with the create event where the version wants it. */
const usual = ({ room, create, levels, sender }: Scene) =>
  room.rules.roomIdIsCreateHash ? [levels, sender] : [create, levels, sender];

it.each<[title: string, versions: string, authEvents: (scene: Scene) => RoomEvent[], outcome: string]>([
  ['those selected', '1-12', usual, 'allowed'],
  ['fewer than those selected', '1-11', ({ create }) => [create], 'allowed'],
  ['none', '12', () => [], 'allowed'],
  ['none', '1-11', () => [], '2.4'],
  ['two of a kind', '1-11', (scene) => [...usual(scene), scene.room.levels({})], '2.1'],
  ['two of a kind', '12', (scene) => [...usual(scene), scene.room.levels({})], '3.1'],
  ['the same twice', '12', (scene) => [...usual(scene), scene.sender], '3.1'],
  ['the member event of somebody else', '1-11', (scene) => [...usual(scene), scene.room.member(carol, 'join')], '2.2'],
  ['the member event of somebody else', '12', (scene) => [...usual(scene), scene.room.member(carol, 'join')], '3.2'],
  [
    'the join rules',
    '1-11',
    (scene) => [...usual(scene), scene.room.add({ type: 'm.room.join_rules', sender: alice, stateKey: '' })],
    '2.2',
  ],
  [
    'an event that is no state',
    '1-11',
    (scene) => [...usual(scene), scene.room.make({ type: 'm.room.power_levels', sender: alice })],
    '2.2',
  ],
  [
    'two events that are no state',
    '12',
    ({ room }) => [room.make({ type: 'a', sender: alice }), room.make({ type: 'b', sender: alice })],
    '3.1',
  ],
  ['the create event', '12', (scene) => [scene.create, ...usual(scene)], '3.2'],
])('finds among the auth events %s (version %s)', (_title, versions, authEvents, expected) => {
  for (const version of versionsIn(versions)) {
    const given = scene(version);
    const message = given.room.make({ type: 'm.room.message', sender: bob });
    expect([version, outcomeOf(checkAuthEvents(message, authEvents(given)))]).toEqual([version, expected]);
  }
});

it.each([
  ['1-11', '2.3'],
  ['12', '3.3'],
])('refuses an event with a rejected auth event (version %s)', (versions, expected) => {
  for (const version of versionsIn(versions)) {
    const given = scene(version);
    const message = given.room.make({ type: 'm.room.message', sender: bob });
    const isRejected = (id: string) => id === given.sender.eventId;
    expect(outcomeOf(checkAuthEvents(message, usual(given), isRejected))).toBe(expected);
  }
});

it.each([
  ['1-11', '2.5'],
  ['12', '3.4'],
])('refuses an event with an auth event of another room (version %s)', (versions, expected) => {
  for (const version of versionsIn(versions)) {
    const given = scene(version);
    const message = given.room.make({ type: 'm.room.message', sender: bob });
    const content = { membership: 'join' };
    const abroad = given.room.make({
      type: 'm.room.member',
      sender: bob,
      stateKey: bob,
      content,
      roomId: '!other:one.test',
    });
    const authEvents = [...usual(given).filter((event) => event !== given.sender), abroad];
    expect(outcomeOf(checkAuthEvents(message, authEvents))).toBe(expected);
  }
});

it('asks nothing of a create event', () => {
  const room = new TestRoom('11');
  expect(outcomeOf(checkAuthEvents(room.create(), []))).toBe('allowed');
});
