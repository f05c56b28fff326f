import { describe, expect, it } from 'vitest';
import type { RoomEvent } from '../../../src-main/spec/event.js';
import { applyAllowed } from '../../../src-main/spec/state-resolution/iterative-auth.js';
import { sortByMainline } from '../../../src-main/spec/state-resolution/mainline-sort.js';
import { isPowerEvent, sortPowerEvents } from '../../../src-main/spec/state-resolution/power-sort.js';
import { resolveState } from '../../../src-main/spec/state-resolution/resolve.js';
import { stateMapKey } from '../../../src-main/spec/state-view.js';
import { alice, bob, carol, type Draft, dave, TestRoom } from '../../support/rooms.js';

const topic = (sender: string, ts?: number) => ({
  type: 'm.room.topic',
  sender,
  stateKey: '',
  ...(ts === undefined ? {} : { ts }),
});
const member = (sender: string, stateKey: string, membership: string) => ({
  type: 'm.room.member',
  sender,
  stateKey,
  content: { membership },
});
const ids = (events: readonly RoomEvent[]) => events.map(({ eventId }) => eventId);
const byId = (events: readonly RoomEvent[]) => new Map(events.map((event) => [event.eventId, event]));

const resolved = (sides: TestRoom[], type: string, stateKey = '') =>
  resolveState(
    sides[0]!.rules,
    sides.map((side) => side.stateMap),
    sides[0]!,
  ).get(stateMapKey(type, stateKey));

describe.each(['2', '11', '12'])('of room version %s', (version) => {
  const usersOf = (users: Record<string, number>) => ({
    users: { ...(version === '12' ? {} : { [alice]: 100 }), ...users },
  });

  function room(): TestRoom {
    const made = TestRoom.of(version, { joinRule: 'public', levels: usersOf({ [bob]: 50 }) });
    for (const user of [bob, carol, dave]) made.member(user, 'join');
    return made;
  }

  function split() {
    const left = room();
    const right = left.fork();
    right.skipTo(1000);
    return { left, right };
  }

  it('a power event is what can take away rights', () => {
    const made = room();
    const make = (draft: Draft) => made.make(draft);
    expect(isPowerEvent(make(member(alice, carol, 'ban')))).toBe(true);
    expect(isPowerEvent(make(member(alice, carol, 'leave')))).toBe(true);
    expect(isPowerEvent(make(member(carol, carol, 'leave')))).toBe(false);
    expect(isPowerEvent(make(member(alice, carol, 'invite')))).toBe(false);
    expect(isPowerEvent(make({ type: 'm.room.join_rules', sender: alice, stateKey: '' }))).toBe(true);
    expect(isPowerEvent(make({ type: 'm.room.join_rules', sender: alice, stateKey: 'x' }))).toBe(false);
    expect(isPowerEvent(make({ type: 'm.room.power_levels', sender: alice }))).toBe(false);
    expect(isPowerEvent(make(topic(alice)))).toBe(false);
  });

  it('power events come by the power of their senders, then by age, then by id', () => {
    const made = room();
    const kick = (by: string, of: string, ts: number) => made.make({ ...member(by, of, 'leave'), ts });
    const events = [kick(bob, carol, 1), kick(alice, carol, 9), kick(alice, dave, 8), kick(dave, carol, 1)];
    const [bobs, alicesLater, alices, daves] = ids(events);
    expect(ids(sortPowerEvents(byId(events), made))).toEqual([alices, alicesLater, bobs, daves]);
    const twins = [kick(bob, carol, 5), kick(bob, dave, 5), kick(bob, '@erin:x', 5)];
    expect(ids(sortPowerEvents(byId(twins), made))).toEqual(ids(twins).sort());
  });

  it('a power event comes after its auth events, however powerful its sender', () => {
    const made = room();
    const demotion = made.levels(usersOf({ [bob]: 0 }), bob);
    const ban = made.add({ ...member(alice, carol, 'ban'), ts: 0 });
    expect(ban.authEvents).toContain(demotion.eventId);
    expect(ids(sortPowerEvents(byId([ban, demotion]), made))).toEqual([demotion.eventId, ban.eventId]);
  });

  it('other events come by the power levels that they rest on, then by age, then by id', () => {
    const made = room();
    const late = made.make(topic(alice, 100));
    const early = made.make(topic(bob, 99));
    const before = made.make(topic(bob, 99));
    const levels = made.levels(usersOf({ [bob]: 51 }));
    const after = made.make(topic(alice, 1));
    const newest = made.levels(usersOf({ [bob]: 52 }));
    const events = [after, late, early, before];
    const twins = ids([early, before]).sort();
    expect(ids(sortByMainline(events, newest, made))).toEqual([...twins, late.eventId, after.eventId]);
    expect(ids(sortByMainline(events, levels, made))).toEqual([...twins, late.eventId, after.eventId]);
  });

  it('other events come by age alone where no power levels hold', () => {
    const made = room();
    const older = made.make(topic(alice, 5));
    made.levels(usersOf({}));
    const newer = made.make(topic(alice, 6));
    expect(ids(sortByMainline([newer, older], undefined, made))).toEqual(ids([older, newer]));
  });

  it('an event outside the mainline comes first', () => {
    const made = room();
    const aside = made.fork();
    aside.skipTo(1000);
    const inside = made.make(topic(alice, 1));
    const levels = made.view.get('m.room.power_levels', '');
    const outside = made.make({ ...topic(alice, 99), authEvents: [] });
    expect(ids(sortByMainline([inside, outside], levels, made))).toEqual(ids([outside, inside]));
  });

  it('an event that the state so far forbids is passed over', () => {
    const made = room();
    const topics = [made.make(topic(carol)), made.make(topic(bob))];
    const state = applyAllowed(topics, made.stateMap, made);
    expect(state.get(stateMapKey('m.room.topic', ''))).toBe(topics[1]?.eventId);
  });

  it('auth events stand in for state that is missing, unless they were rejected', () => {
    const made = room();
    const event = made.make(topic(bob));
    const key = stateMapKey('m.room.topic', '');
    expect(applyAllowed([event], new Map(), made).get(key)).toBe(event.eventId);
    made.rejected.add(made.view.get('m.room.member', bob)!.eventId);
    expect(applyAllowed([event], new Map(), made).get(key)).toBeUndefined();
    expect(applyAllowed([event], made.stateMap, made).get(key)).toBe(event.eventId);
  });

  it('auth events that nobody knows count as absent', () => {
    const made = room();
    const event = made.make(topic(bob));
    made.events.delete(made.view.get('m.room.member', bob)!.eventId);
    expect(applyAllowed([event], new Map(), made).size).toBe(0);
  });

  it('a ban wins over what the banned does on the other side', () => {
    const { left, right } = split();
    const ban = left.add(member(alice, bob, 'ban'));
    right.add({ ...topic(bob), ts: 1 });
    expect(resolved([left, right], 'm.room.member', bob)).toBe(ban.eventId);
    expect(resolved([left, right], 'm.room.topic')).toBeUndefined();
  });

  it('of two topics the later one holds, and of the same age the one with the greater id', () => {
    const { left, right } = split();
    left.add(topic(alice, 50));
    const later = right.add(topic(bob, 51));
    expect(resolved([left, right], 'm.room.topic')).toBe(later.eventId);
    const twins = [left.add(topic(alice, 60)), right.add(topic(bob, 60))];
    expect(resolved([left, right], 'm.room.topic')).toBe(ids(twins).sort()[1]);
  });

  it('a conflicted event that nobody knows is left out', () => {
    const { left, right } = split();
    const known = left.add(topic(alice));
    left.events.delete(right.add(topic(alice)).eventId);
    expect(resolved([left, right], 'm.room.topic')).toBe(known.eventId);
  });

  it('a rejected event may still enter the state, if the resolved state allows it', () => {
    const { left, right } = split();
    const rejected = left.add(topic(alice));
    left.rejected.add(rejected.eventId);
    expect(resolved([left, right], 'm.room.topic')).toBe(rejected.eventId);
  });
});
