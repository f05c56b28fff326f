import type { Clock } from '../../base/clock.js';
import { type Health, IgnoredTooLongError } from '../../health/index.js';
import type {
  ActivityPage,
  CheckCode,
  CheckSpan,
  DaySpan,
  HealthReport,
  MeasureName,
  MeasureSeries,
  MeasureSpan,
} from '../contract.js';
import { ControlError } from '../procedure.js';
import { summaryOf } from '../health-summary.js';

/** Whether all is well, whatever the server does: while it does not run, as it was last. */
export interface HealthDesk {
  report(): Promise<HealthReport>;
  /** @throws ControlError NOT_RUNNING */
  history(code: CheckCode): Promise<CheckSpan[]>;
  /** @throws ControlError NOT_RUNNING, BAD_INPUT */
  ignore(code: CheckCode, until: number | 'changed' | null): Promise<void>;
  /** @throws ControlError NOT_RUNNING */
  runNow(codes: readonly CheckCode[] | undefined): Promise<void>;
  day(): Promise<DaySpan[]>;
  /** @throws ControlError NOT_RUNNING for weeks and months */
  series(names: readonly MeasureName[], span: MeasureSpan): Promise<MeasureSeries>;
  activity(query: { before?: number; limit?: number }): Promise<ActivityPage>;
}

export interface HealthDeskDeps {
  readonly clock: Clock;
  readonly life: () => HealthReport['server'];
  /** of the server that runs now, or ran last */
  readonly health: () => Health | undefined;
  /** while it runs */
  readonly people: () => Promise<{ readonly all: number; readonly connected: number }>;
}

const NO_BUDGETS: MeasureSeries['budgets'] = { memory: undefined, disk: undefined };
const PAGE = 20;

/** The console's desk for what the health engine, the measurements and the activity log know. */
export function createHealthDesk({ clock, life, health, people }: HealthDeskDeps): HealthDesk {
  const isRunning = () => life().state === 'running';
  const running = (): Health => {
    const found = isRunning() ? health() : undefined;
    if (!found) throw new ControlError('NOT_RUNNING', 'the server is not running');
    return found;
  };
  return {
    async report() {
      const server = life();
      const last = health();
      const checks = last?.engine.list() ?? [];
      const counted = isRunning() ? await people() : { all: 0, connected: 0 };
      const moment = { isQuiet: last?.engine.isQuiet ?? false, isFallingAsleep: last?.awake.isFallingAsleep ?? false };
      const summary = summaryOf({ state: server.state, checks, people: counted, ...moment });
      return { summary, server, checks, asOf: isRunning() ? undefined : server.since };
    },
    history: (code) => running().history.history(code, clock.now()),
    async ignore(code, until) {
      try {
        await running().engine.ignore(code, until ?? undefined);
      } catch (error) {
        if (error instanceof IgnoredTooLongError) throw new ControlError('BAD_INPUT', error.message);
        throw error;
      }
    },
    runNow: async (codes) => running().engine.runNow(codes),
    day: async () => health()?.day() ?? [],
    async series(names, span) {
      if (span === 'week' || span === 'month') return running().measurements.series(names, span);
      const known = health();
      if (known) return known.measurements.series(names, span);
      return { from: clock.now(), step: 1, points: {}, latest: undefined, budgets: NO_BUDGETS };
    },
    async activity({ before, limit = PAGE }) {
      const known = health();
      if (!known) return { entries: [], before: undefined };
      if (!isRunning()) return known.activity.remembered(limit);
      return known.activity.list({ limit, ...(before === undefined ? {} : { before }) });
    },
  };
}
