import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Job } from '../base/supervisor.js';
import { VERSION } from '../base/version.js';
import type { Accounts } from '../matrix/accounts/index.js';
import type { Admin } from '../matrix/admin/index.js';
import type { Database } from '../storage/database.js';
import { follower } from '../storage/follower.js';
import type { Certificates } from '../tls/certificates.js';
import type { Activity } from './activity.js';
import type { Awake, Sleep } from './awake.js';
import type { CheckCode, CheckStanding } from './check.js';
import type { CheckRecords } from './check-records.js';
import type { HealthEngine } from './engine.js';
import type { Measurements } from './measurements.js';
import type { ActivityEntry, ActivityKind } from './records.js';
import type { Waking } from './waking.js';

export interface LifeDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly activity: Activity;
  readonly awake: Awake;
  readonly records: CheckRecords;
  readonly engine: HealthEngine;
  readonly measurements: Measurements;
  readonly waking: Pick<Waking, 'begin' | 'ended'>;
  readonly accounts: Pick<Accounts, 'streams'>;
  readonly admin: Pick<Admin, 'ended' | 'cleared'>;
  readonly certificates: Pick<Certificates, 'onChange' | 'current'> | undefined;
}

/** Stands while the server runs: when it is there at a start, the last run was cut off. */
const RUNNING = 'running';
const MOST_SLEEPS = 100;
const MOST_TOLD_TWICE = 100;
const MINUTE = 60_000;
/** Off for so long, others have begun to let us rest. */
const LONG_OFF = 10 * MINUTE;

/** Notes what happens to the server by itself: starts and stops, sleep, problems, people, certificates. */
export class Life {
  readonly jobs: readonly Job[];
  #sleeps: readonly Sleep[] = [];

  constructor(private readonly deps: LifeDeps) {
    const { activity, accounts, admin } = deps;
    this.jobs = [
      { name: 'health.life', run: (signal) => this.#run(signal) },
      follower({
        ...deps,
        name: 'health.new-accounts',
        stream: accounts.streams.newAccounts,
        from: 'now',
        handle: async ({ userId, isGuest }) => {
          if (!isGuest) await activity.note('person-added', { person: userId });
        },
      }),
      follower({
        ...deps,
        name: 'health.deactivations',
        stream: accounts.streams.deactivations,
        from: 'now',
        handle: async ({ userId }) => {
          await activity.note('person-deactivated', { person: userId });
        },
      }),
      follower({
        ...deps,
        name: 'health.erasures',
        stream: admin.ended,
        handle: ({ id, userId, state, done, kept, files }) => {
          const fields = { person: userId, messages: done, kept, files };
          return this.#noteOnce(id, state === 'done' ? 'person-erased' : 'person-not-erased', fields);
        },
      }),
      follower({
        ...deps,
        name: 'health.clean-ups',
        stream: admin.cleared,
        handle: async ({ id, kind, gone: { count, bytes } }) => {
          if (bytes > 0 || count > 0) await this.#noteOnce(id, 'media-deleted', { kind, files: count, free: bytes });
        },
      }),
    ];
  }

  /** When the computer slept, as far as it is known. */
  get sleeps(): readonly Sleep[] {
    return this.#sleeps;
  }

  /** Who follows a stream may be told twice of what came last before the server was cut off. */
  async #noteOnce(id: string, kind: ActivityKind, fields: ActivityEntry['fields']): Promise<void> {
    const { activity } = this.deps;
    const newest = await activity.ofKind(kind, MOST_TOLD_TWICE);
    if (newest.some((each) => each.fields['id'] === id)) return;
    await activity.note(kind, { ...fields, id });
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { activity, records, clock } = this.deps;
    await this.#begin(signal);
    const leave = [this.#noteSleeps(signal), this.#noteProblems(), this.#noteCertificates()];
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (const each of leave) each();
    await this.deps.waking.ended();
    await activity.note('server-stopped', {}, clock.now());
    await records.removeMark(RUNNING);
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const { activity, records, measurements, clock, waking } = this.deps;
    await Promise.all([measurements.load(), activity.load()]);
    const slept = await activity.ofKind('asleep', MOST_SLEEPS);
    this.#sleeps = slept.map(({ fields }) => ({ from: Number(fields['from']), to: Number(fields['to']) }));
    const [last] = activity.remembered(1).entries;
    const lastAt = Math.max(last?.at ?? 0, measurements.lastAt ?? 0);
    const before = await records.mark(RUNNING);
    if (before) {
      const at = Math.max(before.at, (measurements.lastAt ?? 0) + MINUTE);
      await activity.note('server-stopped-unexpectedly', {}, Math.min(at, clock.now()));
    }
    const started = await activity.note('server-started', { version: VERSION });
    await records.setMark(RUNNING, VERSION, clock.now());
    if (last && clock.now() - lastAt >= LONG_OFF) waking.begin(Promise.resolve(started), signal);
  }

  #noteSleeps(signal: AbortSignal): () => void {
    const { awake, activity, engine, waking } = this.deps;
    return awake.subscribe((sleep) => {
      this.#sleeps = [sleep, ...this.#sleeps].slice(0, MOST_SLEEPS);
      engine.resumed();
      const length = sleep.to - sleep.from;
      if (length >= MINUTE) waking.begin(activity.note('asleep', { ...sleep, length }), signal);
    });
  }

  /** Those that matter, when they are shown first and when they are over; not what the run before noted. */
  #noteProblems(): () => void {
    const { engine, activity, clock } = this.deps;
    const startedAt = clock.now();
    let shown = new Map<CheckCode, CheckStanding>();
    return engine.subscribe(() => {
      if (engine.isQuiet) return;
      const all = engine.list();
      const now = new Map(all.filter(matters).map((each) => [each.code, each]));
      for (const { code, since = 0 } of now.values()) {
        if (!shown.has(code) && since >= startedAt) void activity.note('problem-began', { check: code });
      }
      for (const { code, state } of all) {
        const before = shown.get(code);
        if (before && !now.has(code) && state === 'ok') this.#noteEnd(before);
      }
      shown = now;
    });
  }

  /** That there was no network is told with how long, as sleep is. */
  #noteEnd({ code, since }: CheckStanding): void {
    const { activity, clock } = this.deps;
    const to = clock.now();
    if (code !== 'offline' || since === undefined) void activity.note('problem-ended', { check: code });
    else void activity.note('offline', { from: since, to, length: to - since });
  }

  #noteCertificates(): () => void {
    const { certificates, activity } = this.deps;
    if (!certificates) return () => undefined;
    return certificates.onChange(() => {
      void activity.note('certificate-renewed', { until: certificates.current().validTo });
    });
  }
}

const matters = ({ isVisible, severity }: CheckStanding): boolean =>
  isVisible && severity !== 'low' && severity !== 'info';
