import { expect, it } from 'vitest';
import type { JsonValue } from '../../src-main/base/json.js';
import { RawNumber } from '../../src-main/spec/json-text.js';
import { parseLevel, powerLevelsOf } from '../../src-main/spec/power-levels.js';
import { viewOfEvents } from '../../src-main/spec/state-view.js';
import { alice, bob, carol, rulesOf, TestRoom } from '../support/rooms.js';
import { versionsIn } from './auth-rules/outcome.js';

const raw = (text: string) => new RawNumber(text) as unknown as JsonValue;

it.each<[value: JsonValue | undefined, versions: string, level: number | undefined]>([
  [50, '1-12', 50],
  [-50, '1-12', -50],
  [0, '1-12', 0],
  ['50', '1-9', 50],
  ['50', '10-12', undefined],
  [' +0050\n', '1-9', 50],
  ['-1', '1-9', -1],
  ['50.5', '1-9', undefined],
  ['5e1', '1-9', undefined],
  ['0x10', '1-9', undefined],
  ['', '1-9', undefined],
  [' ', '1-9', undefined],
  ['- 1', '1-9', undefined],
  ['1'.repeat(400), '1-9', undefined],
  [50.99, '1-5', 50],
  [-50.99, '1-5', -50],
  [50.99, '6-12', undefined],
  [raw('51146.98'), '1-5', 51_146],
  [raw('5.114698E4'), '1-5', 51_146],
  [raw('1e400'), '1-5', undefined],
  [raw('9223372036854775807'), '1-5', 2 ** 63],
  [2 ** 60, '6-12', undefined],
  [true, '1-12', undefined],
  [null, '1-12', undefined],
  [[50], '1-12', undefined],
  [{}, '1-12', undefined],
  [undefined, '1-12', undefined],
])('reads %j as a level (version %s)', (value, versions, level) => {
  for (const version of versionsIn(versions)) expect(parseLevel(value, rulesOf(version))).toBe(level);
});

it('gives every name its default in a room without levels', () => {
  for (const version of versionsIn('1-12')) {
    const levels = powerLevelsOf(TestRoom.of(version).view);
    expect(levels.levelFor('ban')).toBe(50);
    expect(levels.levelFor('kick')).toBe(50);
    expect(levels.levelFor('redact')).toBe(50);
    expect(levels.levelFor('invite')).toBe(0);
    expect(levels.levelForEvent('m.room.topic', true)).toBe(50);
    expect(levels.levelForEvent('m.room.message', false)).toBe(0);
    expect(levels.notificationLevel('room')).toBe(50);
    expect(levels.powerOf(bob)).toBe(0);
    expect(levels.powerOf(alice)).toBe(version === '12' ? Infinity : 100);
  }
});

it('has defaults even where there is no room', () => {
  const levels = powerLevelsOf(viewOfEvents([]));
  expect([levels.powerOf(alice), levels.levelFor('state_default'), levels.levelForEvent('x', true)]).toEqual([
    0, 50, 50,
  ]);
});

it('reads what the room says, and takes defaults for what makes no sense', () => {
  const room = TestRoom.of('9', {
    levels: {
      ban: '60',
      kick: 'x',
      users_default: 5,
      events_default: 7,
      state_default: null,
      users: { [bob]: 20, [carol]: {} },
      events: { 'm.room.topic': 30, 'm.room.name': [] },
      notifications: { room: 80 },
    },
  });
  const levels = powerLevelsOf(room.view);
  expect(levels.levelFor('ban')).toBe(60);
  expect(levels.levelFor('kick')).toBe(50);
  expect([levels.powerOf(bob), levels.powerOf(carol), levels.powerOf(alice)]).toEqual([20, 5, 5]);
  expect(levels.levelForEvent('m.room.topic', true)).toBe(30);
  expect(levels.levelForEvent('m.room.name', true)).toBe(50);
  expect(levels.levelForEvent('m.room.message', false)).toBe(7);
  expect(levels.notificationLevel('room')).toBe(80);
  expect(levels.notificationLevel('other')).toBe(50);
});

it('does not take what every object inherits for a level', () => {
  const levels = powerLevelsOf(TestRoom.of('5', { levels: { users: {}, events: {} } }).view);
  expect(levels.powerOf('constructor')).toBe(0);
  expect(levels.levelForEvent('toString', false)).toBe(0);
});

it('puts creators of version 12 above all, whatever the levels say', () => {
  const room = TestRoom.of('12', {
    create: { additional_creators: [carol] },
    levels: { users: { [alice]: 1, [bob]: 100 } },
  });
  const levels = powerLevelsOf(room.view);
  expect([alice, bob, carol].map((user) => levels.powerOf(user))).toEqual([Infinity, 100, Infinity]);
});

it('does not mix up rooms that share their levels', () => {
  const room = TestRoom.of('12', { levels: { users: {} } });
  const levels = room.view.get('m.room.power_levels', '')!;
  expect(powerLevelsOf(room.view).powerOf(alice)).toBe(Infinity);
  expect(powerLevelsOf(viewOfEvents([levels])).powerOf(alice)).toBe(0);
  expect(powerLevelsOf(room.view).powerOf(alice)).toBe(Infinity);
});
