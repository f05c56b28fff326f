import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import { runJobs } from '../../src-main/base/supervisor.js';
import type { Check, CheckCode, Finding, FindingState } from '../../src-main/health/check.js';
import { HealthEngine, type HealthKeeper, IgnoredTooLongError } from '../../src-main/health/engine.js';
import type { Ignore } from '../../src-main/health/visibility.js';
import { FakeClock } from '../support/fake-clock.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What outlives an engine, in memory. */
class Memory implements HealthKeeper {
  readonly ignores = new Map<CheckCode, Ignore>();
  readonly states = new Map<CheckCode, { state: FindingState; since: number }>();
  readonly noted: string[] = [];

  async load() {
    return { ignores: new Map(this.ignores), states: new Map(this.states) };
  }

  async noteState(code: CheckCode, state: FindingState, since: number) {
    this.noted.push(`${code} ${state}`);
    this.states.set(code, { state, since });
  }

  async setIgnore(code: CheckCode, ignore: Ignore | undefined) {
    if (ignore) this.ignores.set(code, ignore);
    else this.ignores.delete(code);
  }
}

let clock: FakeClock;
let memory: Memory;
let finds: Partial<Record<CheckCode, Finding | Error>>;
let looks: CheckCode[];
let running: { stop(): Promise<void> }[];

beforeEach(() => {
  clock = new FakeClock();
  memory = new Memory();
  finds = {};
  looks = [];
  running = [];
});
afterEach(async () => {
  for (const each of running) await each.stop();
});

const check = (code: CheckCode, given: Partial<Check> = {}): Check => ({
  code,
  category: 'network',
  severity: 'medium',
  dependsOn: [],
  timeToVisible: 0,
  every: MINUTE,
  actions: ['check-again'],
  async probe() {
    looks.push(code);
    const found = finds[code] ?? { state: 'ok' };
    if (found instanceof Error) throw found;
    return found;
  },
  ...given,
});

/** An engine that runs, with all that happens at once done. */
async function start(...checks: Check[]): Promise<HealthEngine> {
  const engine = new HealthEngine({ checks, keeper: memory, clock, log: silentLogger });
  running.push(runJobs([engine.job], { clock, log: silentLogger }));
  await settled();
  return engine;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function pass(time: number): Promise<void> {
  for (let left = time; left > 0; left -= 5 * SECOND) {
    clock.advance(Math.min(left, 5 * SECOND));
    await settled();
  }
}

const shown = (engine: HealthEngine) =>
  engine
    .list()
    .filter(({ isVisible }) => isVisible)
    .map(({ code }) => code);
const stateOf = (engine: HealthEngine, code: CheckCode) => engine.list().find((each) => each.code === code);
const error = (fields: Record<string, number> = {}): Finding => ({ state: 'error', reason: 'broken', fields });

it('shows nothing for ten seconds after the start, whatever is wrong', async () => {
  finds.offline = error();
  const engine = await start(check('offline'));
  expect(stateOf(engine, 'offline')).toMatchObject({ state: 'waiting', isVisible: false });
  await pass(5 * SECOND);
  expect(stateOf(engine, 'offline')).toMatchObject({ state: 'error', isVisible: false, hidden: 'starting' });
  expect(engine.isQuiet).toBe(true);
  await pass(5 * SECOND);
  expect(shown(engine)).toEqual(['offline']);
  expect(engine.isQuiet).toBe(false);
});

it('shows a problem only once it has lasted, and forgets one that was over before', async () => {
  const engine = await start(check('offline', { timeToVisible: 2 * MINUTE, every: 30 * SECOND }));
  await pass(MINUTE);
  finds.offline = error();
  await pass(MINUTE);
  expect(stateOf(engine, 'offline')).toMatchObject({ state: 'error', hidden: 'patience' });
  finds.offline = { state: 'ok' };
  await pass(MINUTE);
  finds.offline = error();
  await pass(2 * MINUTE);
  expect(shown(engine)).toEqual([]);
  await pass(MINUTE);
  expect(shown(engine)).toEqual(['offline']);
});

it.each<[string, Finding, CheckCode[]]>([
  ['an error hides what follows from it, and what follows from that', error(), ['offline']],
  ['a warning hides nothing', { state: 'warning' }, ['clock', 'offline', 'reach']],
  ['what could not be checked hides nothing', { state: 'could-not-check' }, ['clock', 'reach']],
])('%s', async (_case, found, expected) => {
  finds = { offline: found, reach: error(), clock: error() };
  const engine = await start(
    check('offline'),
    check('reach', { dependsOn: ['offline'] }),
    check('clock', { dependsOn: ['reach'] }),
  );
  if (found.state !== 'error') finds.reach = { state: 'warning' };
  await pass(MINUTE);
  expect(shown(engine).toSorted()).toEqual(expected);
  if (found.state === 'error') expect(stateOf(engine, 'clock')).toMatchObject({ hidden: 'parent', parent: 'reach' });
});

it('never takes a probe that fails, or does not come back, for a failure of what it looks at', async () => {
  finds.offline = new Error('no such file');
  const engine = await start(check('offline'), check('clock', { probe: () => new Promise(() => undefined) }));
  await pass(MINUTE);
  expect(stateOf(engine, 'offline')).toMatchObject({ state: 'could-not-check', evidence: 'no such file' });
  expect(stateOf(engine, 'clock')).toMatchObject({ state: 'running' });
  expect(shown(engine)).toEqual([]);
});

it('puts the worst first', async () => {
  finds = { offline: { state: 'warning' }, reach: error(), clock: { state: 'warning' }, memory: { state: 'ok' } };
  const engine = await start(
    check('memory', { severity: 'critical' }),
    check('offline', { severity: 'low' }),
    check('clock', { severity: 'high' }),
    check('reach', { severity: 'high' }),
  );
  await pass(MINUTE);
  expect(engine.list().map(({ code }) => code)).toEqual(['reach', 'clock', 'offline', 'memory']);
});

it('ignores until a time', async () => {
  finds.offline = error();
  const engine = await start(check('offline'));
  await pass(MINUTE);
  await engine.ignore('offline', clock.now() + HOUR);
  expect(stateOf(engine, 'offline')).toMatchObject({ isVisible: false, hidden: 'ignored' });
  finds.offline = error({ more: 2 });
  await pass(59 * MINUTE);
  expect(shown(engine)).toEqual([]);
  await pass(2 * MINUTE);
  expect(shown(engine)).toEqual(['offline']);
});

it('ignores until it says something else, over a restart too', async () => {
  finds.offline = error({ servers: 2 });
  const engine = await start(check('offline'));
  await pass(MINUTE);
  await engine.ignore('offline', 'changed');
  await running.pop()?.stop();

  const again = await start(check('offline'));
  await pass(MINUTE);
  expect(stateOf(again, 'offline')).toMatchObject({ hidden: 'ignored', ignoredUntil: 'changed' });
  finds.offline = error({ servers: 3 });
  await pass(MINUTE);
  expect(shown(again)).toEqual(['offline']);
});

it('shows again what was ignored when somebody says so', async () => {
  finds.offline = error();
  const engine = await start(check('offline'));
  await pass(MINUTE);
  await engine.ignore('offline', 'changed');
  await engine.ignore('offline', undefined);
  expect(shown(engine)).toEqual(['offline']);
  expect(memory.ignores.size).toBe(0);
});

it.each<[string, () => number | 'changed']>([
  ['until it changes', () => 'changed'],
  ['for longer than a day', () => clock.now() + 2 * DAY],
])('does not let what is critical be ignored %s', async (_case, until) => {
  finds['disk-space'] = error();
  const engine = await start(check('disk-space', { severity: 'critical' }));
  await pass(MINUTE);
  await expect(engine.ignore('disk-space', until())).rejects.toThrow(IgnoredTooLongError);
  await engine.ignore('disk-space', clock.now() + DAY);
  expect(shown(engine)).toEqual([]);
});

it('looks at everything anew after sleep, says nothing meanwhile, and does not count sleep as patience', async () => {
  const engine = await start(
    check('offline', { every: HOUR }),
    check('clock', { every: MINUTE, timeToVisible: 10 * MINUTE }),
  );
  await pass(MINUTE);
  finds = { offline: error(), clock: error() };
  await pass(2 * MINUTE);
  clock.jump(8 * HOUR);
  looks = [];
  engine.resumed();
  await pass(5 * SECOND);
  expect(looks.toSorted()).toEqual(['clock', 'offline']);
  expect(stateOf(engine, 'offline')).toMatchObject({ state: 'error', hidden: 'starting' });
  await pass(10 * SECOND);
  expect(shown(engine)).toEqual(['offline']);
  expect(stateOf(engine, 'clock')).toMatchObject({ hidden: 'patience' });
});

it('does not wait longer than it may when the clock was set back', async () => {
  await start(check('offline'));
  await pass(MINUTE);
  clock.jump(-DAY);
  looks = [];
  await pass(2 * MINUTE);
  expect(looks.length).toBeGreaterThan(0);
});

it('notes each change of state once, and goes on counting after a restart', async () => {
  finds.offline = error();
  const engine = await start(check('offline'));
  await pass(3 * MINUTE);
  expect(memory.noted).toEqual(['offline error']);
  const since = stateOf(engine, 'offline')?.since;
  await running.pop()?.stop();

  const again = await start(check('offline', { timeToVisible: 2 * MINUTE }));
  await pass(15 * SECOND);
  expect(stateOf(again, 'offline')).toMatchObject({ since, isVisible: true });
  expect(memory.noted).toEqual(['offline error']);
  finds.offline = { state: 'ok' };
  await pass(MINUTE);
  expect(memory.noted).toEqual(['offline error', 'offline ok']);
});

it('tells those who listen once for each change, and when the quiet is over', async () => {
  let told = 0;
  const engine = await start(check('offline'));
  const leave = engine.subscribe(() => (told += 1));
  await pass(15 * SECOND);
  expect(told).toBeGreaterThan(0);
  told = 0;
  await pass(10 * MINUTE);
  expect(told).toBe(0);
  finds.offline = error();
  await pass(MINUTE);
  expect(told).toBe(1);
  leave();
});

it('looks at once when asked to, one look at a time', async () => {
  const engine = await start(check('offline', { every: DAY }));
  await pass(MINUTE);
  looks = [];
  finds.offline = error();
  await Promise.all([engine.runNow(), engine.runNow(['offline'])]);
  expect(looks).toEqual(['offline']);
  expect(shown(engine)).toEqual(['offline']);
});
