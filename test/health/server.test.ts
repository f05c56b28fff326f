import { expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import type { Health } from '../../src-main/health/index.js';
import { createHomeserver } from '../../src-main/homeserver.js';
import { FakeClock } from '../support/fake-clock.js';
import { startHomeserver, type TestHomeserver } from '../support/homeserver.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const healthOf = (one: TestHomeserver): Health => one.homeserver.health;
const kindsOf = async (health: Health) => (await health.activity.list()).entries.map(({ kind }) => kind);

/** Lets the first seconds pass, and waits for the first figures. */
async function begin(clock: FakeClock, health: Health): Promise<void> {
  await figures(health, clock, 5 * SECOND);
}

/** Lets a minute pass, and waits for what was measured of it. */
async function minute(clock: FakeClock, health: Health): Promise<void> {
  await figures(health, clock, MINUTE - (clock.now() % MINUTE) + 1);
}

async function figures(health: Health, clock: FakeClock, after: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const leave = health.measurements.subscribe(() => resolve());
  await expect.poll(() => health.measurements.isWaiting).toBe(true);
  // no longer at once than ten seconds: that would be sleep
  for (let left = after; left > 0; left -= 10 * SECOND) {
    clock.advance(Math.min(left, 10 * SECOND));
    await new Promise((done) => setImmediate(done));
  }
  await promise;
  leave();
}

it('counts messages and rooms of a minute, and keeps them over a restart', async () => {
  const clock = new FakeClock();
  await using one = await startHomeserver({ clock });
  await begin(clock, healthOf(one));
  const alice = await one.register('alice');
  const roomId = await alice.createRoom();
  await minute(clock, healthOf(one));
  await alice.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'hello' });
  await alice.send(roomId, 'm.room.message', { msgtype: 'm.text', body: 'again' });
  await alice.setState(roomId, 'm.room.topic', { topic: 'no message' });
  await minute(clock, healthOf(one));
  const values = { messagesLocal: 2, messagesRemote: 0, activeRooms: 1, connected: 1, waitingServers: 0 };
  const series = await healthOf(one).measurements.series(
    ['messagesLocal', 'messagesRemote', 'activeRooms', 'connected', 'waitingServers', 'memory', 'diskFree'],
    'hour',
  );
  expect(series.latest?.values).toMatchObject(values);
  expect(series.latest?.values.memory).toBeGreaterThan(10_000_000);
  expect(series.latest?.values.diskFree).toBeGreaterThan(0);
  await one.restart();
  await begin(clock, healthOf(one));
  await minute(clock, healthOf(one));
  const after = await healthOf(one).measurements.series(['messagesLocal', 'activeRooms'], 'hour');
  expect(after.points.messagesLocal).toContain(2);
  expect(after.latest?.values.activeRooms).toBe(1);
});

it('keeps minutes for two days, and one row for each hour before', async () => {
  const clock = new FakeClock(Date.UTC(2026, 6, 1, 12, 57, 30));
  await using one = await startHomeserver({ clock });
  await begin(clock, healthOf(one));
  for (let count = 0; count < 4; count += 1) await minute(clock, healthOf(one));
  const week = await healthOf(one).measurements.series(['memory'], 'week');
  expect(week.points.memory?.slice(-2).every((value) => (value ?? 0) > 0)).toBe(true);
  clock.advance(3 * DAY);
  await minute(clock, healthOf(one));
  const day = await healthOf(one).measurements.series(['memory'], 'day');
  expect(day.points.memory?.filter((value) => value !== null).length).toBeLessThanOrEqual(2);
  const later = await healthOf(one).measurements.series(['memory'], 'week');
  expect(later.points.memory?.filter((value) => value !== null).length).toBeGreaterThanOrEqual(3);
});

it('tells of the day when it ran, slept and was stopped, and notes it', async () => {
  const clock = new FakeClock(Date.UTC(2026, 6, 1, 12));
  await using one = await startHomeserver({ clock });
  await begin(clock, healthOf(one));
  await minute(clock, healthOf(one));
  const health = healthOf(one);
  health.awake.suspending();
  clock.jump(2 * HOUR);
  health.awake.resumed();
  await expect.poll(() => kindsOf(health)).toContain('asleep');
  await minute(clock, health);
  await one.stop();
  clock.jump(HOUR);
  await one.start();
  await begin(clock, healthOf(one));
  await minute(clock, healthOf(one));
  await expect
    .poll(() => kindsOf(healthOf(one)))
    .toEqual(['server-started', 'server-stopped', 'asleep', 'server-started']);
  const states = healthOf(one)
    .day()
    .map(({ state }) => state);
  expect(states).toEqual(['unknown', 'up', 'asleep', 'up', 'stopped', 'up']);
});

it('notes who came, and who left', async () => {
  const clock = new FakeClock();
  await using one = await startHomeserver({ clock });
  await begin(clock, healthOf(one));
  await one.register('alice');
  await expect
    .poll(() => healthOf(one).activity.list())
    .toMatchObject({
      entries: expect.arrayContaining([
        expect.objectContaining({ kind: 'person-added', fields: { person: '@alice:hearth.test' } }),
      ]),
    });
});

it('notes for how long there was no network', async () => {
  const clock = new FakeClock();
  const home = [{ address: '192.168.1.5', family: 4, kind: 'private', link: 'eth0' }] as const;
  let links: readonly (typeof home)[number][] = home;
  await using one = await startHomeserver({
    clock,
    links: () => links,
    config: {
      listeners: [{ port: 0, bindAddresses: ['0.0.0.0'], tls: false, trustedProxies: [], resources: ['client'] }],
    },
  });
  const { engine, activity } = healthOf(one);
  const notes = async (kind: string) => (await activity.list()).entries.filter((entry) => entry.kind === kind);
  await minute(clock, healthOf(one));
  await engine.runNow(['offline']);
  links = [];
  await engine.runNow(['offline']);
  const from = clock.now();
  await minute(clock, healthOf(one));
  await engine.runNow(['offline']);
  await expect.poll(() => notes('problem-began')).toMatchObject([{ fields: { check: 'offline' } }]);
  links = home;
  await engine.runNow(['offline']);
  const length = clock.now() - from;
  await expect.poll(() => notes('offline')).toMatchObject([{ fields: { from, to: clock.now(), length } }]);
  expect(await notes('problem-ended')).toEqual([]);
});

it('pages what happened, and keeps it bounded', async () => {
  await using one = await startHomeserver({ clock: new FakeClock() });
  const { activity } = healthOf(one);
  for (let count = 0; count < 30; count += 1) await activity.note('settings-changed', { count, text: 'x'.repeat(999) });
  const first = await activity.list({ limit: 10 });
  expect(first.entries.map(({ fields }) => fields['count'])).toEqual([29, 28, 27, 26, 25, 24, 23, 22, 21, 20]);
  expect(String(first.entries[0]?.fields['text']).length).toBe(300);
  const second = await activity.list({ limit: 10, ...(first.before === undefined ? {} : { before: first.before }) });
  expect(second.entries[0]?.fields['count']).toBe(19);
});

it('finds real things wrong: an open door, and sign-ins that fail', async () => {
  const clock = new FakeClock();
  await using one = await startHomeserver({
    clock,
    config: {
      listeners: [{ port: 0, bindAddresses: ['0.0.0.0'], tls: false, trustedProxies: [], resources: ['client'] }],
    },
  });
  await one.register('alice');
  for (let count = 0; count < 35; count += 1) {
    const identifier = { type: 'm.id.user', user: 'alice' };
    const body = { type: 'm.login.password', identifier, password: 'wrong' };
    expect((await one.stranger.request('POST', '/login', { body })).status).toBe(403);
  }
  const { engine } = healthOf(one);
  await engine.runNow();
  const found = Object.fromEntries(engine.list().map(({ code, state, fields }) => [code, { state, fields }]));
  expect(found).toMatchObject({
    'registration-open': { state: 'error' },
    'failed-logins': { state: 'warning', fields: { count: 35, addresses: 1 } },
    'key-not-saved': { state: 'not-applicable' },
    'disk-space': { fields: expect.objectContaining({ free: expect.any(Number) }) },
    'slow-room': { state: 'ok' },
    'push-gateways': { state: 'not-applicable' },
    'on-battery': { state: 'not-applicable' },
    reach: { state: 'not-applicable' },
  });
});

it('keeps thirty days of a check', async () => {
  const clock = new FakeClock();
  await using one = await startHomeserver({ clock });
  await begin(clock, healthOf(one));
  const { history } = healthOf(one);
  const began = clock.now();
  await history.noteState('offline', 'ok', began);
  await history.noteState('offline', 'error', began + DAY);
  await history.noteState('offline', 'ok', began + 2 * DAY);
  expect(await history.history('offline', began + 3 * DAY)).toEqual([
    { from: began, to: began + DAY, state: 'ok' },
    { from: began + DAY, to: began + 2 * DAY, state: 'error' },
    { from: began + 2 * DAY, to: undefined, state: 'ok' },
  ]);
  await history.noteState('offline', 'error', began + 40 * DAY);
  expect(await history.history('offline', began + 40 * DAY)).toEqual([
    { from: began + 10 * DAY, to: began + 40 * DAY, state: 'ok' },
    { from: began + 40 * DAY, to: undefined, state: 'error' },
  ]);
});

it('notes that the last run was cut off, and when it was heard of last', async () => {
  const clock = new FakeClock();
  await using one = await startHomeserver({ clock });
  await begin(clock, healthOf(one));
  const heard = clock.now();
  await one.stop();
  const cut = await createHomeserver(one.config, { clock, log: silentLogger });
  await cut.health.history.setMark('running', '0.0.0', heard);
  await cut.stop();
  clock.jump(HOUR);
  await one.start();
  await expect.poll(() => kindsOf(healthOf(one))).toContain('server-stopped-unexpectedly');
  const { entries } = await healthOf(one).activity.list();
  expect(entries.find(({ kind }) => kind === 'server-stopped-unexpectedly')?.at).toBe(heard);
});
