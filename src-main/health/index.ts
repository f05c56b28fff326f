import type { Clock, Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Job } from '../base/supervisor.js';
import type { Config } from '../config/config.js';
import { hostOfReach, reachOf } from '../config/reach.js';
import type { AnsweredRequest } from '../http/app.js';
import type { Accounts } from '../matrix/accounts/index.js';
import type { Admin } from '../matrix/admin/index.js';
import type { Reach } from '../matrix/diagnostics/index.js';
import type { Events } from '../matrix/events/index.js';
import type { Queues, WakeUpCalls } from '../matrix/federation/index.js';
import type { Media } from '../matrix/media/index.js';
import type { Push } from '../matrix/push/index.js';
import type { Servers } from '../matrix/servers/index.js';
import type { Dns } from '../net/dns.js';
import { type OwnAddress, ownAddresses } from '../net/interfaces.js';
import type { Database } from '../storage/database.js';
import type { DiskSpaceOf } from '../storage/disk-room.js';
import type { Certificates } from '../tls/certificates.js';
import { Activity } from './activity.js';
import { Awake } from './awake.js';
import type { Check } from './check.js';
import { CheckRecords } from './check-records.js';
import { certificateChecks } from './checks/certificate.js';
import { federationChecks, type QueueSummary } from './checks/federation.js';
import { networkChecks } from './checks/network.js';
import { performanceChecks } from './checks/performance.js';
import { type PowerState, powerChecks } from './checks/power.js';
import { pushChecks } from './checks/push.js';
import { backupChecks, safetyChecks } from './checks/safety.js';
import { storageChecks } from './checks/storage.js';
import { DatabaseLook } from './database-look.js';
import { DiskUse } from './disk-use.js';
import { HealthEngine } from './engine.js';
import { EventCounts } from './event-counts.js';
import { Life } from './life.js';
import { Measurements } from './measurements.js';
import { ReplyCounts } from './reply-counts.js';
import { Stalls } from './stalls.js';
import { Waking } from './waking.js';

export type { Activity } from './activity.js';
export type { Awake } from './awake.js';
export type { PowerState } from './checks/power.js';
export { type HealthEngine, IgnoredTooLongError } from './engine.js';
export type { Measurements } from './measurements.js';
export { MEASURE_NAMES } from './measures.js';

export interface HealthDeps {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly dns: Dns;
  readonly accounts: Accounts;
  readonly admin: Pick<Admin, 'ended' | 'cleared'>;
  readonly spaceOf: DiskSpaceOf;
  readonly events: Events;
  readonly servers: Pick<Servers, 'serverName' | 'destinations'>;
  readonly queues: Queues;
  readonly wakeUps: Pick<WakeUpCalls, 'tell'>;
  readonly media: Pick<Media, 'budget'>;
  readonly push: Pick<Push, 'gateways'>;
  readonly reach: Pick<Reach, 'last' | 'onReport'>;
  readonly certificates: Certificates | undefined;
  /** what the shell knows of the computer */
  readonly power: () => PowerState | undefined;
  /** when the recovery kit was saved; undefined where nobody keeps count of that */
  readonly kitSavedAt?: (() => Milliseconds | undefined) | undefined;
  /** instead of this computer's: tests have their own */
  readonly addresses?: (() => readonly OwnAddress[]) | undefined;
  /** checks of what only those above know */
  readonly more?: readonly Check[] | undefined;
}

const MINUTE: Milliseconds = 60_000;
/** Who made a request this lately counts as connected. */
const LATELY = 5 * MINUTE;
const DISK_AGE = 15 * MINUTE;
const WEEK = 7 * 24 * 60 * MINUTE;
/** What the program itself takes, beside its caches. */
const PROGRAM_BYTES = 400_000_000;
const MOST_FORKED = 50;

/** How the server fares: checks, measurements, and what happened. */
export function createHealth(given: HealthDeps) {
  const deps = { ...given, log: given.log.child({ part: 'health' }), addresses: given.addresses ?? ownAddresses };
  const { db, clock } = deps;
  const activity = new Activity(deps);
  const awake = new Awake(clock);
  const records = new CheckRecords(db);
  const replies = new ReplyCounts(clock);
  const disk = new DiskUse(clock, DISK_AGE, deps.spaceOf);
  const diskState = () => disk.of(deps.config.dataDir);
  const { measurements, counting } = createMeasurements(deps, diskState);
  const look = new DatabaseLook({ ...deps, marks: records, onChange: () => void engine.runNow(['database']) });
  const parts = { ...deps, activity, awake, records, replies, measurements, diskState, look };
  const checks = [...checksOf(parts), ...(deps.more ?? [])];
  const engine = new HealthEngine({ ...deps, checks, keeper: records });
  const isReached = reachOf(deps.config) !== 'loopback';
  const isOnline = () => deps.addresses().length > 0;
  const waking = new Waking({ ...parts, engine, isReached, isOnline });
  const life = new Life({ ...parts, engine, waking });
  return {
    engine,
    measurements,
    activity,
    awake,
    /** thirty days of a check */
    history: records,
    day: () => measurements.day(life.sleeps),
    /** The recovery kit was saved somewhere safe. */
    async kitSaved(): Promise<void> {
      await activity.note('key-saved');
      await engine.runNow(['key-not-saved']);
    },
    onAnswer: (answer: AnsweredRequest) => replies.note(answer),
    endpoints: [],
    jobs: [
      ...life.jobs,
      counting,
      measurements.job,
      engine.job,
      awake.job,
      look.job,
      lookAfterReach(engine, deps.reach),
    ] satisfies Job[],
  };
}

export type Health = ReturnType<typeof createHealth>;

type Deps = HealthDeps & { readonly addresses: () => readonly OwnAddress[] };

function createMeasurements(deps: Deps, disk: () => ReturnType<DiskUse['of']>) {
  const { config, db, clock, accounts, servers, events } = deps;
  const counts = new EventCounts({ serverName: servers.serverName, stream: events.stream, db, clock });
  const isPrivate = reachOf(config) === 'loopback';
  const measurements = new Measurements({
    db,
    clock,
    budgets: { memory: config.cacheBytes + PROGRAM_BYTES, disk: undefined },
    sources: {
      connected: () => accounts.devices.countActiveUsers(clock.now() - LATELY),
      waiting: () => queueOf(deps),
      disk,
      memory: () => process.memoryUsage.rss(),
      isOnline: () => isPrivate || deps.addresses().length > 0,
      events: counts,
      stalls: new Stalls(),
    },
  });
  return { measurements, counting: counts.job };
}

interface Parts extends Deps {
  readonly activity: Activity;
  readonly awake: Awake;
  readonly records: CheckRecords;
  readonly replies: ReplyCounts;
  readonly measurements: Measurements;
  readonly diskState: () => ReturnType<DiskUse['of']>;
  readonly look: Pick<DatabaseLook, 'last'>;
}

function checksOf(parts: Parts): Check[] {
  const { config, clock, db, events, servers, push, measurements, records, activity, replies, diskState } = parts;
  const reach = reachOf(config);
  const isPrivate = reach === 'loopback';
  const host = hostOfReach(config);
  return [
    ...networkChecks({
      ...parts,
      reach,
      marks: records,
      onAddressChange: (before, now) => void activity.note('address-changed', { before, now }),
    }),
    ...powerChecks(parts),
    ...certificateChecks({
      reach,
      isServed: config.listeners.some(({ tls }) => tls),
      // another one may be put in while the server runs
      get paths() {
        return parts.certificates?.paths ?? config.tls;
      },
      host,
      clock,
    }),
    ...federationChecks({
      reach,
      serverName: servers.serverName,
      host,
      dns: parts.dns,
      lastReach: () => parts.reach.last,
      servers: () => servers.destinations.summary(clock.now() - WEEK),
      queue: () => queueOf(parts),
      clock,
    }),
    ...storageChecks({
      folder: config.dataDir,
      disk: diskState,
      week: () => measurements.series(['diskUsed', 'diskFree'], 'week'),
      budget: () => parts.media.budget.now(),
      database: () => ({ isOurs: db.upkeep !== undefined, last: parts.look.last }),
    }),
    ...backupChecks({ kitSavedAt: parts.kitSavedAt, isPrivate }),
    ...safetyChecks({
      registration: config.registration,
      provesAddress: config.thirdParty.required.length > 0,
      failedLogins: () => replies.failedLogins(),
      invites: () => replies.invites(),
      isPrivate,
    }),
    ...pushChecks({ isEnabled: config.push.enabled, gateways: () => push.gateways.list(), clock }),
    ...performanceChecks({
      memoryBudget: config.cacheBytes + PROGRAM_BYTES,
      memory: () => process.memoryUsage.rss(),
      lastHour: () => measurements.series(['stall'], 'hour'),
      forkedRooms: (more) => events.forks.forked(db.aside, more, MOST_FORKED),
    }),
  ];
}

/** What waits, told apart by whether the other server is to blame. */
function queueOf({ queues, servers }: Pick<HealthDeps, 'queues' | 'servers'>): QueueSummary {
  let [waiting, stuck] = [0, 0];
  let [since, stuckSince] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const each of queues.servers()) {
    const failing = servers.destinations.failingSince(each.server);
    const began = each.since ?? failing ?? Number.POSITIVE_INFINITY;
    waiting += 1;
    since = Math.min(since, began);
    if (failing !== undefined) continue;
    stuck += 1;
    stuckSince = Math.min(stuckSince, began);
  }
  return { servers: waiting, since: finite(since), stuck, stuckSince: finite(stuckSince) };
}

const finite = (time: Milliseconds): Milliseconds | undefined => (Number.isFinite(time) ? time : undefined);

/** What the look at the way in has found is shown at once. */
const lookAfterReach = (engine: HealthEngine, reach: HealthDeps['reach']): Job => ({
  name: 'health.reach',
  async run(signal) {
    const leave = reach.onReport(() => void engine.runNow(['reach', 'clock'], signal));
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    leave();
  },
});
