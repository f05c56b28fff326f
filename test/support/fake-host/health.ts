import type {
  ActivityEntry,
  ActivityKind,
  ActivityPage,
  CheckCode,
  CheckSpan,
  CheckStanding,
  DaySpan,
  HealthReport,
  MeasureName,
  MeasureSeries,
  MeasureSpan,
  ServerProblem,
  ServerState,
} from '../../../src-main/control/contract.js';
import type { HealthDesk } from '../../../src-main/control/desks/health.js';
import { summaryOf } from '../../../src-main/control/health-summary.js';
import { ControlError } from '../../../src-main/control/procedure.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEPS: Readonly<Record<MeasureSpan, readonly [step: number, count: number]>> = {
  hour: [MINUTE, 60],
  day: [15 * MINUTE, 96],
  week: [HOUR, 168],
  month: [6 * HOUR, 120],
};

/** Between two values, so many times up and down. */
const wave = (low: number, high: number, times: number) => (part: number) =>
  low + ((high - low) * (1 + Math.sin(part * times * 2 * Math.PI))) / 2;

/** What a test says of a server's health. */
export class FakeHealth implements HealthDesk {
  checks: CheckStanding[] = [];
  isQuiet = false;
  entries: ActivityEntry[] = [];
  spans: DaySpan[] | undefined;
  /** how a measure goes: from 0, the oldest point, to 1, now; null where nothing is known */
  curves: Partial<Record<MeasureName, (part: number) => number | null>> = {};
  budgets: MeasureSeries['budgets'] = { memory: 664_000_000, disk: undefined };
  spansOfChecks: CheckSpan[] = [];
  /** what was asked for, in order */
  readonly ignored: { code: CheckCode; until: number | 'changed' | null }[] = [];
  readonly looked: (readonly CheckCode[] | undefined)[] = [];
  /** what a look changes */
  onLook: () => void = () => undefined;

  constructor(
    private readonly host: {
      readonly state: ServerState;
      readonly problem: ServerProblem | undefined;
      readonly people: () => { all: number; connected: number };
    },
    private readonly announce: (event: 'health.changed' | 'measurements.changed' | 'activity.changed') => void,
    private readonly now: () => number,
  ) {}

  addCheck(code: CheckCode, given: Partial<CheckStanding> = {}): CheckStanding {
    const state = given.state ?? 'ok';
    const isProblem = state === 'warning' || state === 'error';
    const check: CheckStanding = {
      code,
      category: 'federation',
      severity: 'medium',
      state,
      since: this.now() - 2 * HOUR,
      lastChecked: this.now() - MINUTE,
      nextCheck: this.now() + MINUTE,
      reason: undefined,
      fields: {},
      evidence: '',
      actions: ['check-again'],
      isVisible: isProblem,
      hidden: undefined,
      parent: undefined,
      ignoredUntil: undefined,
      ...given,
    };
    this.checks.push(check);
    this.announce('health.changed');
    return check;
  }

  note(kind: ActivityKind, fields: ActivityEntry['fields'] = {}, ago = 0): void {
    this.entries.unshift({ id: this.entries.length + 1, at: this.now() - ago, kind, fields });
    this.announce('activity.changed');
  }

  /** A server that ran for long, with a few things to see to. */
  furnish(): void {
    const now = this.now();
    this.curves = {
      connected: (part) => Math.round(wave(1, 3, 2)(part)),
      activeRooms: (part) => Math.round(wave(6, 12, 0.5)(part)),
      messagesLocal: (part) => (part > 0.42 && part < 0.7 ? null : wave(0, 4, 5)(part)),
      messagesRemote: wave(0, 9, 3),
      delay: wave(280, 900, 4),
      memory: wave(150_000_000, 190_000_000, 1),
      diskUsed: (part) => 100_000_000 + 48_000_000 * part,
      diskFree: () => 212_000_000_000,
      waitingServers: (part) => (part > 0.8 ? 1 : 0),
      waitingAge: (part) => (part > 0.8 ? 90 * MINUTE : 0),
      stall: wave(5, 60, 7),
    };
    const fields = { days: 9, at: now + 9 * 24 * HOUR };
    this.addCheck('certificate', { state: 'warning', severity: 'high', reason: 'DATES_SOON', fields });
    const slept = { from: now - 14 * HOUR, to: now - 6 * HOUR, length: 8 * HOUR };
    this.addCheck('slept', { state: 'warning', severity: 'low', reason: 'slept', fields: slept });
    this.addCheck('queue-age', {
      state: 'warning',
      reason: 'stuck',
      fields: { servers: 2, since: Date.now() - HOUR },
      isVisible: false,
      hidden: 'ignored',
    });
    for (const code of ['reach', 'clock', 'disk-space', 'memory', 'stall'] as const) this.addCheck(code);
    this.addCheck('disk-growth', { fields: { weeks: 31, perWeek: 2_000_000_000 } });
    this.addCheck('push-gateways', { state: 'could-not-check', evidence: 'push.test did not answer' });
    this.note('server-started', { version: '0.1.0' }, 30 * HOUR);
    this.note('person-added', { person: '@kim:family.test' }, 20 * HOUR);
    this.note('asleep', { ...slept, told: 38, answered: 35 }, 6 * HOUR);
    this.note('problem-began', { check: 'certificate' }, 2 * HOUR);
  }

  changed(): void {
    this.announce('health.changed');
    this.announce('measurements.changed');
  }

  async report(): Promise<HealthReport> {
    const { state, problem } = this.host;
    const isRunning = state === 'running';
    const people = isRunning ? this.host.people() : { all: 0, connected: 0 };
    const summary = summaryOf({ state, checks: this.checks, people, isQuiet: this.isQuiet, isFallingAsleep: false });
    const since = this.now() - 3 * HOUR;
    return { summary, server: { state, since, problem }, checks: this.checks, asOf: isRunning ? undefined : since };
  }

  history = async (): Promise<CheckSpan[]> => this.spansOfChecks;

  async ignore(code: CheckCode, until: number | 'changed' | null): Promise<void> {
    this.#mustRun();
    this.ignored.push({ code, until });
    this.checks = this.checks.map((check) =>
      check.code === code
        ? {
            ...check,
            isVisible: until === null,
            hidden: until === null ? undefined : ('ignored' as const),
            ignoredUntil: until ?? undefined,
          }
        : check,
    );
    this.announce('health.changed');
  }

  async runNow(codes: readonly CheckCode[] | undefined): Promise<void> {
    this.#mustRun();
    this.looked.push(codes);
    this.onLook();
    this.announce('health.changed');
  }

  async day(): Promise<DaySpan[]> {
    const now = this.now();
    return (
      this.spans ?? [
        { state: 'up', from: now - 24 * HOUR, to: now - 14 * HOUR },
        { state: 'asleep', from: now - 14 * HOUR, to: now - 6 * HOUR },
        { state: 'up', from: now - 6 * HOUR, to: now },
      ]
    );
  }

  async series(names: readonly MeasureName[], span: MeasureSpan): Promise<MeasureSeries> {
    const [step, count] = STEPS[span];
    const from = Math.floor(this.now() / step) * step - (count - 1) * step;
    const pointsOf = (name: MeasureName) =>
      Array.from({ length: count }, (_, index) => this.curves[name]?.(index / (count - 1)) ?? null);
    const points = Object.fromEntries(names.map((name) => [name, pointsOf(name)]));
    const values = Object.fromEntries(
      names.flatMap((name) => {
        const last = points[name]?.at(-1) ?? null;
        return last === null ? [] : [[name, last]];
      }),
    );
    const isKnown = Object.keys(values).length > 0;
    const latest = isKnown ? { at: this.now() - MINUTE / 2, values } : undefined;
    return { from, step, points, latest, budgets: this.budgets };
  }

  async activity({ limit = 20 }: { before?: number; limit?: number }): Promise<ActivityPage> {
    const more = this.entries.length > limit;
    return { entries: this.entries.slice(0, limit), before: more ? this.entries[limit - 1]?.id : undefined };
  }

  #mustRun(): void {
    if (this.host.state !== 'running') throw new ControlError('NOT_RUNNING', 'the server is not running');
  }
}
