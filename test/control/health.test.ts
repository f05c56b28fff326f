import { join } from 'node:path';
import { expect, it } from 'vitest';
import type {
  ActivityPage,
  CheckStanding,
  DaySpan,
  HealthReport,
  MeasureSeries,
} from '../../src-main/control/contract.js';
import { TestHeadless } from '../support/headless.js';

async function value<T>(hearth: TestHeadless, name: string, input?: unknown): Promise<T> {
  const result = await hearth.call(name, input);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value as T;
}
const report = (hearth: TestHeadless) => value<HealthReport>(hearth, 'health.list');
const check = async (hearth: TestHeadless, code: string): Promise<CheckStanding | undefined> =>
  (await report(hearth)).checks.find((each) => each.code === code);

async function setUp(): Promise<TestHeadless> {
  const hearth = await TestHeadless.start();
  const admin = { localpart: 'alex', password: 'correct horse battery' };
  const answers = {
    mode: 'home',
    folder: join(hearth.home, 'data'),
    serverName: 'family.test',
    acceptsPrivateName: true,
  };
  expect(await hearth.call('setup.finish', { ...answers, admin })).toMatchObject({ ok: true });
  return hearth;
}

it('answers before there is a server', async () => {
  await using hearth = await TestHeadless.start();
  const fields = { people: 0, connected: 0, problems: 0, reach: 'unknown', worst: '' };
  expect(await report(hearth)).toMatchObject({ summary: { code: 'not-set-up', fields }, checks: [] });
  expect(await value<DaySpan[]>(hearth, 'health.day')).toEqual([]);
  expect(await value<ActivityPage>(hearth, 'activity.list', {})).toMatchObject({ entries: [] });
  expect(await value<MeasureSeries>(hearth, 'measurements.series', { names: ['memory'], span: 'day' })).toMatchObject({
    points: {},
  });
  expect(await hearth.call('health.runNow', {})).toMatchObject({ ok: false, error: { code: 'NOT_RUNNING' } });
});

it.each<[string, unknown]>([
  ['health.history', { code: 'no-such-check' }],
  ['health.ignore', { code: 'offline', until: 'for ever' }],
  ['health.runNow', { codes: ['offline'], more: 1 }],
  ['measurements.series', { names: ['secrets'], span: 'day' }],
  ['activity.list', { limit: 1000 }],
])('refuses what makes no sense: %s', async (name, input) => {
  await using hearth = await TestHeadless.start();
  expect(await hearth.call(name, input)).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
});

it('looks at a real server, and remembers what was found while it is stopped', async () => {
  await using hearth = await setUp();
  expect(await report(hearth)).toMatchObject({ summary: { code: 'starting', fields: { people: 1 } }, asOf: undefined });
  await value(hearth, 'health.runNow', {});
  expect(await check(hearth, 'key-not-saved')).toMatchObject({ state: 'warning', hidden: 'starting' });
  expect(await check(hearth, 'disk-space')).toMatchObject({ lastChecked: expect.any(Number) });
  expect(await check(hearth, 'reach')).toMatchObject({ state: 'not-applicable' });
  expect(await value(hearth, 'health.history', { code: 'key-not-saved' })).toMatchObject([{ state: 'warning' }]);
  const { entries } = await value<ActivityPage>(hearth, 'activity.list', {});
  expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['server-started', 'person-added']));

  await value(hearth, 'server.stop');
  const stopped = await report(hearth);
  expect(stopped).toMatchObject({ summary: { code: 'stopped' }, asOf: expect.any(Number) });
  expect(stopped.checks.length).toBeGreaterThan(15);
  expect((await value<ActivityPage>(hearth, 'activity.list', {})).entries[0]?.kind).toBe('server-stopped');
  expect(await hearth.call('health.ignore', { code: 'offline', until: null })).toMatchObject({
    ok: false,
    error: { code: 'NOT_RUNNING' },
  });
  expect(await hearth.call('measurements.series', { names: ['memory'], span: 'month' })).toMatchObject({
    ok: false,
    error: { code: 'NOT_RUNNING' },
  });
});

it('knows that the recovery kit was saved, and says when', async () => {
  await using hearth = await setUp();
  await value(hearth, 'health.runNow', { codes: ['key-not-saved'] });
  expect(await check(hearth, 'key-not-saved')).toMatchObject({ state: 'warning', reason: 'never' });
  const kit = await value<{ passphrase: string }>(hearth, 'kit.make');
  await value(hearth, 'kit.confirm', { ending: kit.passphrase.slice(-4) });
  await expect.poll(() => check(hearth, 'key-not-saved')).toMatchObject({ state: 'ok' });
  const { entries } = await value<ActivityPage>(hearth, 'activity.list', { limit: 1 });
  expect(entries).toMatchObject([{ kind: 'key-saved' }]);
});

it('says how the battery is as soon as the shell does', async () => {
  await using hearth = await setUp();
  await value(hearth, 'health.runNow', { codes: ['on-battery'] });
  expect(await check(hearth, 'on-battery')).toMatchObject({ state: 'not-applicable' });
  hearth.running.host.setPower({ onBattery: true, keepsAwake: true, startsAtLogin: false });
  await expect.poll(() => check(hearth, 'on-battery')).toMatchObject({ state: 'warning' });
  await expect.poll(() => check(hearth, 'autostart-off')).toMatchObject({ state: 'warning' });
  expect(await check(hearth, 'sleep-not-prevented')).toMatchObject({ state: 'ok' });
});

it('says that it is going to sleep, and looks anew when it is back', async () => {
  await using hearth = await setUp();
  hearth.running.host.suspending();
  expect((await report(hearth)).summary.code).toBe('sleeping');
  hearth.running.host.resumed();
  expect((await report(hearth)).summary.code).toBe('starting');
});
