import { expect, it } from 'vitest';
import { systemClock } from '../../src-main/base/clock.js';
import { defaultConfig } from '../../src-main/config/defaults.js';
import { Awake } from '../../src-main/health/awake.js';
import type { Check, CheckCode, Finding } from '../../src-main/health/check.js';
import { type FederationDeps, federationChecks } from '../../src-main/health/checks/federation.js';
import { type NetworkDeps, networkChecks } from '../../src-main/health/checks/network.js';
import { type PerformanceDeps, performanceChecks } from '../../src-main/health/checks/performance.js';
import { type PowerState, powerChecks } from '../../src-main/health/checks/power.js';
import { type GatewayState, pushChecks } from '../../src-main/health/checks/push.js';
import { backupChecks, type SafetyDeps, safetyChecks } from '../../src-main/health/checks/safety.js';
import { growthOf, type StorageDeps, storageChecks } from '../../src-main/health/checks/storage.js';
import type { BudgetState } from '../../src-main/matrix/media/index.js';
import type { ReachReport, Step } from '../../src-main/matrix/diagnostics/index.js';
import { DiskUse } from '../../src-main/health/disk-use.js';
import type { DatabaseState } from '../../src-main/health/database-look.js';
import { FakeClock } from '../support/fake-clock.js';
import { TestDns } from '../support/test-dns.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GB = 1_000_000_000;
const clock = new FakeClock();
const now = clock.now();

async function found(checks: readonly Check[], code: CheckCode): Promise<Finding> {
  const check = checks.find((each) => each.code === code);
  if (!check) throw new Error(`there is no check ${code}`);
  return check.probe(new AbortController().signal);
}

it.each<[string, PowerState | undefined, CheckCode, Finding['state']]>([
  ['nothing is known of power', undefined, 'on-battery', 'not-applicable'],
  ['the shell does not know', {}, 'autostart-off', 'not-applicable'],
  ['it is plugged in', { onBattery: false }, 'on-battery', 'ok'],
  ['it runs on its battery', { onBattery: true }, 'on-battery', 'warning'],
  ['it may fall asleep', { keepsAwake: false }, 'sleep-not-prevented', 'warning'],
  ['it starts by itself', { startsAtLogin: true }, 'autostart-off', 'ok'],
  ['it does not start by itself', { startsAtLogin: false }, 'autostart-off', 'warning'],
])('looks at power when %s', async (_case, power, code, state) => {
  const checks = powerChecks({ power: () => power, awake: new Awake(clock), clock });
  expect(await found(checks, code)).toMatchObject({ state });
});

it.each<[string, number, number, Finding['state']]>([
  ['a minute', MINUTE, HOUR, 'ok'],
  ['eight hours', 8 * HOUR, HOUR, 'warning'],
  ['eight hours, two days ago', 8 * HOUR, 2 * DAY, 'ok'],
])('tells of a sleep of %s', async (_case, length, ago, state) => {
  const moved = new FakeClock();
  const awake = new Awake(moved);
  awake.suspending();
  moved.jump(length);
  awake.resumed();
  moved.jump(ago);
  const checks = powerChecks({ power: () => undefined, awake, clock: moved });
  expect(await found(checks, 'slept')).toMatchObject({ state });
});

const home = (address: string) => [{ address, family: 4, kind: 'private', link: 'eth0' } as const];

function network(given: Partial<NetworkDeps> & { marks?: NetworkDeps['marks'] } = {}) {
  const kept = new Map<string, { value: string; at: number }>();
  const changes: string[] = [];
  const marks = {
    mark: async (name: string) => kept.get(name),
    setMark: async (name: string, value: string, at: number) => void kept.set(name, { value, at }),
  };
  const moved = new FakeClock();
  const deps: NetworkDeps = {
    reach: 'home',
    addresses: () => home('192.168.1.5'),
    marks,
    clock: moved,
    onAddressChange: (before, to) => changes.push(`${before} ${to}`),
    ...given,
  };
  return { deps, changes, moved };
}

it.each<[string, Partial<NetworkDeps>, Finding['state']]>([
  ['a server for this computer only', { reach: 'loopback', addresses: () => [] }, 'not-applicable'],
  ['a computer in a network', {}, 'ok'],
  ['a computer in no network', { addresses: () => [] }, 'error'],
])('knows whether there is a network: %s', async (_case, given, state) => {
  expect(await found(networkChecks(network(given).deps), 'offline')).toMatchObject({ state });
});

it('tells for a week that the address at home changed, and once more when it changes again', async () => {
  let address = '192.168.1.5';
  const { deps, changes, moved } = network({ addresses: () => home(address) });
  const look = () => found(networkChecks(deps), 'address-changed');
  expect(await look()).toMatchObject({ state: 'ok' });
  address = '192.168.1.9';
  const fields = { before: '192.168.1.5', now: '192.168.1.9' };
  expect(await look()).toMatchObject({ state: 'warning', fields });
  expect(await look()).toMatchObject({ state: 'warning', fields });
  moved.jump(8 * DAY);
  expect(await look()).toMatchObject({ state: 'ok' });
  address = '192.168.1.12';
  expect(await look()).toMatchObject({ state: 'warning', fields: { before: '192.168.1.9', now: '192.168.1.12' } });
  expect(changes).toEqual(['192.168.1.5 192.168.1.9', '192.168.1.9 192.168.1.12']);
});

it('does not mind the address of a server that is reached by a name', async () => {
  expect(await found(networkChecks(network({ reach: 'direct' }).deps), 'address-changed')).toMatchObject({
    state: 'not-applicable',
  });
});

const step = (name: Step['name'], given: Partial<Step> = {}): Step => ({
  name,
  state: 'ok',
  code: undefined,
  fields: {},
  found: '',
  evidence: [],
  took: 1,
  ...given,
});
const report = (...steps: Step[]): ReachReport => ({
  serverName: 'one.test',
  isOwn: true,
  steps,
  outcome: 'ok',
  at: now,
});

const federation = (given: Partial<FederationDeps> = {}): FederationDeps => ({
  reach: 'direct',
  serverName: 'one.test',
  host: 'one.test',
  dns: new TestDns(),
  lastReach: () => undefined,
  servers: () => ({ known: 0, failing: 0 }),
  queue: () => ({ servers: 0, since: undefined, stuck: 0, stuckSince: undefined }),
  clock,
  ...given,
});

it.each<[string, Partial<FederationDeps>, Partial<Finding>]>([
  ['nobody looked yet', {}, { state: 'could-not-check' }],
  ['nobody needs to', { reach: 'home' }, { state: 'not-applicable' }],
  ['all is well', { lastReach: () => report(step('keys')) }, { state: 'ok' }],
  [
    'a step keeps others out',
    { lastReach: () => report(step('port', { state: 'error' }), step('keys', { state: 'waiting' })) },
    { state: 'error', fields: { step: 'port', code: '', waiting: 1 } },
  ],
  [
    'what is wrong keeps nobody out',
    { lastReach: () => report(step('keys'), step('calls', { state: 'error' })) },
    { state: 'ok' },
  ],
])('says whether others reach us when %s', async (_case, given, expected) => {
  expect(await found(federationChecks(federation(given)), 'reach')).toMatchObject(expected);
});

it.each<[string, Step | undefined, Partial<Finding>]>([
  ['not looked at', undefined, { state: 'could-not-check' }],
  ['right', step('clock'), { state: 'ok' }],
  [
    'slow',
    step('clock', { state: 'error', code: 'CLOCK_OURS_BEHIND', fields: { seconds: 420 } }),
    { state: 'error', reason: 'behind', fields: { seconds: 420 } },
  ],
  [
    'fast',
    step('clock', { state: 'warning', code: 'CLOCK_OURS_AHEAD', fields: { seconds: 12 } }),
    { state: 'warning', reason: 'ahead', fields: { seconds: 12 } },
  ],
])('says of a clock that it is %s', async (_case, given, expected) => {
  const lastReach = () => (given ? report(given) : undefined);
  expect(await found(federationChecks(federation({ lastReach })), 'clock')).toMatchObject(expected);
});

it.each<[number, number, Finding['state']]>([
  [0, 0, 'ok'],
  [3, 3, 'ok'],
  [4, 9, 'ok'],
  [5, 9, 'warning'],
])('minds %i of %i servers that fail', async (failing, known, state) => {
  const checks = federationChecks(federation({ servers: () => ({ failing, known }) }));
  expect(await found(checks, 'servers-failing')).toMatchObject({ state });
});

it.each<[string, number | undefined, Finding['state']]>([
  ['nothing', undefined, 'ok'],
  ['a minute', now - MINUTE, 'ok'],
  ['an hour', now - HOUR, 'warning'],
])('minds what waits for servers that answer: %s', async (_case, stuckSince, state) => {
  const queue = () => ({ servers: 2, since: now - 9 * DAY, stuck: stuckSince === undefined ? 0 : 1, stuckSince });
  expect(await found(federationChecks(federation({ queue })), 'queue-age')).toMatchObject({ state });
});

it('finds that a name has no address, and says so only where a name is needed', async () => {
  const dns = new TestDns();
  expect(await found(federationChecks(federation({ dns, reach: 'home' })), 'dns-record')).toMatchObject({
    state: 'not-applicable',
  });
  expect((await found(federationChecks(federation({ dns })), 'dns-record')).state).not.toBe('ok');
});

it.each<[string, number, number, Finding['state'], string | undefined]>([
  ['plenty', 300 * GB, 500 * GB, 'ok', undefined],
  ['little of a large disk', 60 * GB, 4000 * GB, 'ok', undefined],
  ['little', 18 * GB, 500 * GB, 'warning', 'low'],
  ['very little', 4 * GB, 500 * GB, 'error', 'very-low'],
  ['next to nothing, of a small disk', 0.9 * GB, 4 * GB, 'error', 'no-uploads'],
  ['nothing', 0.2 * GB, 4 * GB, 'error', 'read-only'],
])('says of a disk with %s left', async (_case, free, total, state, reason) => {
  const disk = new DiskUse(systemClock, 0, async () => ({ free, total }));
  const checks = storageChecks(storage({ disk: () => disk.of('/data') }));
  expect(await found(checks, 'disk-space')).toMatchObject({ state, ...(reason ? { reason } : {}) });
});

const storage = (given: Partial<StorageDeps> = {}): StorageDeps => ({
  folder: '/tmp',
  disk: async () => undefined,
  week: async () => ({ points: {}, step: HOUR }),
  budget: async () => ({ limit: undefined, used: 0, state: 'none' }),
  database: () => ({ isOurs: true, last: undefined }),
  ...given,
});

it.each<[string, (number | null)[], number | undefined]>([
  ['nothing is known', [null, null], undefined],
  ['it is known for too short', [0, 5], undefined],
  ['it grows', Array.from({ length: 85 }, (_, hour) => hour * 10), 1680],
  ['it shrinks', Array.from({ length: 85 }, (_, hour) => -hour), -168],
])('tells growth when %s', (_case, points, growth) => {
  expect(growthOf(points, HOUR)).toBe(growth);
});

it.each<[string, number, Finding['state'], number]>([
  ['soon', 3 * 1680, 'warning', 3],
  ['not soon', 300 * 1680, 'ok', 300],
])('says that a disk is full %s', async (_case, free, state, weeks) => {
  const diskUsed = Array.from({ length: 168 }, (_, hour) => hour * 10);
  const week = async () => ({ points: { diskUsed, diskFree: [null, free] }, step: HOUR });
  expect(await found(storageChecks(storage({ week })), 'disk-growth')).toMatchObject({ state, fields: { weeks } });
});

it.each<[BudgetState, Finding['state']]>([
  ['none', 'not-applicable'],
  ['fine', 'ok'],
  ['near', 'warning'],
  ['urgent', 'warning'],
  ['full', 'error'],
])('says of files that may take so much, when that is %s', async (state, expected) => {
  const budget = async () => ({ limit: state === 'none' ? undefined : 100, used: 90, state });
  expect(await found(storageChecks(storage({ budget })), 'disk-budget')).toMatchObject({ state: expected });
});

it.each<[string, boolean, DatabaseState | undefined, Partial<Finding>]>([
  ['a database server has it', false, undefined, { state: 'not-applicable' }],
  ['it was never looked at', true, undefined, { state: 'could-not-check' }],
  ['it is sound', true, { at: now, damage: '' }, { state: 'ok' }],
  ['it is not', true, { at: now, damage: 'row 7 missing' }, { state: 'error', evidence: 'row 7 missing' }],
])('says of the database, when %s', async (_case, isOurs, last, expected) => {
  expect(await found(storageChecks(storage({ database: () => ({ isOurs, last }) })), 'database')).toMatchObject(
    expected,
  );
});

it('refuses a folder that is synced', async () => {
  const checks = storageChecks(storage({ folder: '/home/alex/Dropbox/hearth' }));
  expect(await found(checks, 'data-folder')).toMatchObject({ state: 'error', reason: 'synced' });
  expect(await found(storageChecks(storage()), 'data-folder')).toMatchObject({ state: 'ok' });
});

const { registration } = defaultConfig({ serverName: 'one.test', dataDir: '/tmp' });
const hour = (count: number, name = '10.0.0.1') => ({ count, by: 1, most: { name, count } });
const safety = (given: Partial<SafetyDeps> = {}): SafetyDeps => ({
  registration,
  provesAddress: false,
  failedLogins: () => hour(0),
  invites: () => hour(0),
  isPrivate: false,
  ...given,
});

it.each<[string, Partial<SafetyDeps>, Finding['state']]>([
  ['closed', {}, 'ok'],
  ['open to everybody', { registration: { ...registration, enabled: true, withoutVerification: true } }, 'error'],
  ['open by invitation', { registration: { ...registration, enabled: true, requiresToken: true } }, 'ok'],
  ['open to those with an address', { registration: { ...registration, enabled: true }, provesAddress: true }, 'ok'],
  ['open on this computer', { registration: { ...registration, enabled: true }, isPrivate: true }, 'not-applicable'],
])('says of registration that is %s', async (_case, given, state) => {
  expect(await found(safetyChecks(safety(given)), 'registration-open')).toMatchObject({ state });
});

it.each<[number, Finding['state']]>([
  [5, 'ok'],
  [40, 'warning'],
  [500, 'error'],
])('minds %i sign-ins that failed', async (count, state) => {
  const checks = safetyChecks(safety({ failedLogins: () => hour(count) }));
  expect(await found(checks, 'failed-logins')).toMatchObject({ state });
});

it('minds many invitations from one server', async () => {
  const checks = safetyChecks(safety({ invites: () => hour(90, 'spam.test') }));
  expect(await found(checks, 'invite-flood')).toMatchObject({ state: 'warning', fields: { server: 'spam.test' } });
});

it.each<[string, (() => number | undefined) | undefined, Finding['state']]>([
  ['never', () => undefined, 'warning'],
  ['once', () => now, 'ok'],
  ['nobody knows when', undefined, 'not-applicable'],
])('knows that the key was saved %s', async (_case, kitSavedAt, state) => {
  const checks = backupChecks({ kitSavedAt, isPrivate: false });
  expect(await found(checks, 'key-not-saved')).toMatchObject({ state });
});

it.each<[string, GatewayState[], Finding['state']]>([
  ['there are none', [], 'not-applicable'],
  ['all take notifications', [{ name: 'push.test', apps: 2, failingSince: undefined }], 'ok'],
  ['one failed a moment ago', [{ name: 'push.test', apps: 2, failingSince: now - MINUTE }], 'ok'],
  ['one fails', [{ name: 'push.test', apps: 2, failingSince: now - HOUR }], 'warning'],
])('says of gateways when %s', async (_case, gateways, state) => {
  const checks = pushChecks({ isEnabled: true, gateways: async () => gateways, clock });
  expect(await found(checks, 'push-gateways')).toMatchObject({ state });
});

const performance = (given: Partial<PerformanceDeps> = {}): PerformanceDeps => ({
  memoryBudget: 500,
  memory: () => 100,
  system: () => ({ free: 5 * GB, total: 8 * GB }),
  lastHour: async () => ({ points: {} }),
  forkedRooms: async () => [],
  ...given,
});

it.each<[string, Partial<PerformanceDeps>, CheckCode, Partial<Finding>]>([
  ['little is used', {}, 'memory', { state: 'ok' }],
  ['more is used than meant', { memory: () => 600 }, 'memory', { state: 'warning', reason: 'server' }],
  [
    'the computer has none left',
    { system: () => ({ free: 0.1 * GB, total: 8 * GB }) },
    'memory',
    { state: 'error', reason: 'computer' },
  ],
  ['it runs smoothly', { lastHour: async () => ({ points: { stall: [null, 40] } }) }, 'stall', { state: 'ok' }],
  [
    'it stood still',
    { lastHour: async () => ({ points: { stall: [9000, ...Array<number>(14).fill(1), 4000] } }) },
    'stall',
    { state: 'warning', fields: { longest: 4000, times: 1 } },
  ],
  ['no room is forked', {}, 'slow-room', { state: 'ok' }],
  [
    'a room is forked',
    { forkedRooms: async () => [{ roomId: '!a:b', ends: 30 }] },
    'slow-room',
    { state: 'warning', fields: { roomId: '!a:b', ends: 30, others: 0 } },
  ],
])('looks at performance when %s', async (_case, given, code, expected) => {
  expect(await found(performanceChecks(performance(given)), code)).toMatchObject(expected);
});
