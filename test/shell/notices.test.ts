import { expect, it } from 'vitest';
import type { CheckStanding, ControlEvent, HealthReport } from '../../src-main/control/contract.js';
import type { KeptSettings } from '../../src-main/shell/electron/app-settings.js';
import { appText } from '../../src-main/shell/electron/app-text.js';
import { type Notice, Notices } from '../../src-main/shell/electron/notices.js';

const NOON = new Date(2026, 5, 1, 12).getTime();
const NIGHT = new Date(2026, 5, 1, 23).getTime();
const MINUTE = 60_000;

const problem = (given: Partial<CheckStanding>): CheckStanding => ({
  code: 'reach',
  category: 'federation',
  severity: 'high',
  state: 'error',
  since: NOON,
  lastChecked: NOON,
  nextCheck: undefined,
  reason: undefined,
  fields: {},
  evidence: '',
  actions: [],
  isVisible: true,
  hidden: undefined,
  parent: undefined,
  ignoredUntil: undefined,
  ...given,
});

/** A tray's notices over a server whose health the test sets. */
function scene(settings: Partial<KeptSettings> = {}) {
  const checks: CheckStanding[] = [];
  const shown: Notice[] = [];
  const gone: Notice[] = [];
  const clock = { at: NOON, now: () => clock.at, sleep: async () => undefined, alarm: () => () => undefined };
  const all = { reach: true, storage: true, backup: true, security: true };
  const wanted: KeptSettings = { keepAwake: true, quietHours: true, pausedUntil: undefined, notices: all, ...settings };
  const notices = new Notices({
    control: {
      call: async () => ({ ok: true, value: { checks, asOf: undefined } as Partial<HealthReport> }),
      subscribe: (_listener: (event: ControlEvent) => void) => () => undefined,
    },
    clock,
    text: appText('en'),
    settings: () => wanted,
    show(notice) {
      shown.push(notice);
      return () => gone.push(notice);
    },
  });
  const titles = async (...now: CheckStanding[]) => {
    checks.splice(0, checks.length, ...now);
    await notices.look();
    return shown.splice(0).map(({ title }) => title);
  };
  return { titles, gone, clock };
}

it('tells once of what cannot wait, and takes it back with a word when it is over', async () => {
  const { titles, gone, clock } = scene();
  expect(await titles(problem({}))).toEqual(['Your server cannot be reached as it should']);
  expect(await titles(problem({}))).toEqual([]);
  clock.at += 42 * MINUTE;
  expect(await titles()).toEqual(['Your server can be reached again']);
  expect(gone).toHaveLength(1);
  expect(await titles(problem({}))).toHaveLength(1);
});

it.each<[string, Partial<CheckStanding>, string[]]>([
  ['of space', { code: 'disk-space', category: 'storage', severity: 'critical' }, ['Space is running out']],
  ['of the key', { code: 'key-not-saved', category: 'backup', severity: 'medium' }, ['Your recovery kit is not saved']],
  ['of an attack', { code: 'failed-logins', category: 'safety' }, ['Something about your server is not safe']],
  ['of nothing small', { code: 'disk-growth', category: 'storage', severity: 'low' }, []],
  ['of nothing hidden', { isVisible: false }, []],
  ['of nothing that only slows it down', { code: 'stall', category: 'performance' }, []],
])('tells %s', async (_what, given, expected) => {
  expect(await scene().titles(problem(given))).toEqual(expected);
});

it('lets people sleep, but for what cannot wait, and tells in the morning', async () => {
  const { titles, clock } = scene();
  clock.at = NIGHT;
  const full = problem({ code: 'disk-space', category: 'storage', severity: 'critical' });
  expect(await titles(problem({}), full)).toEqual(['Space is running out']);
  clock.at = NIGHT + 9 * 60 * MINUTE;
  expect(await titles(problem({}), full)).toEqual(['Your server cannot be reached as it should']);
});

it('tells at night too where somebody wants that, and never of a kind that nobody wants', async () => {
  const kinds = { reach: true, storage: false, backup: true, security: true };
  const { titles, clock } = scene({ quietHours: false, notices: kinds });
  clock.at = NIGHT;
  expect(await titles(problem({ code: 'disk-space', category: 'storage' }))).toEqual([]);
  expect(await titles(problem({}))).toHaveLength(1);
});
