import type { CheckCode, CheckSpan, CheckStanding } from '../../health/check.js';
import type { ActivityPage, DaySpan, MeasureName, MeasureSeries, MeasureSpan } from '../../health/records.js';
import type { ServerProblem, ServerState } from './server.js';

export type {
  CheckAction,
  CheckCategory,
  CheckCode,
  CheckSpan,
  CheckStanding,
  CheckState,
  FindingFields,
  FindingState,
  Severity,
} from '../../health/check.js';
export type {
  ActivityEntry,
  ActivityKind,
  ActivityPage,
  DaySpan,
  MeasureName,
  MeasureSeries,
  MeasureSpan,
} from '../../health/records.js';

/** Is everything all right, how has it been, and what happened. All answer while the server is stopped or failed too. */
export interface HealthProcedures {
  /** Announced by `health.changed`. */
  'health.list': { input: undefined; output: HealthReport };
  /** Thirty days of one check, oldest first. */
  'health.history': { input: { code: CheckCode }; output: CheckSpan[] };
  /**
   * Stops showing a problem: until a time, or until it says something else. `null`: shows it again.
   *
   * @throws BAD_INPUT for longer than a day where the check is `critical`; NOT_RUNNING
   */
  'health.ignore': { input: { code: CheckCode; until: number | 'changed' | null }; output: undefined };
  /** Looks now: at these, or at all. Resolves when it has looked. @throws NOT_RUNNING */
  'health.runNow': { input: { codes?: CheckCode[] }; output: undefined };
  /** How the last 24 hours went, oldest first and without gaps. */
  'health.day': { input: undefined; output: DaySpan[] };
  /** Announced by `measurements.changed`, once a minute. */
  'measurements.series': { input: { names: MeasureName[]; span: MeasureSpan }; output: MeasureSeries };
  /** Newest first. Announced by `activity.changed`. */
  'activity.list': { input: { before?: number; limit?: number }; output: ActivityPage };
}

/**
 * How the server is, in one word: the sentence on Home, the pill and the tray all say this. `attention`: it runs and
 * something should be done; `trouble`: it runs and something does not work; `sleeping`: the computer is about to sleep.
 */
export type HealthSummaryCode =
  | 'not-set-up'
  | 'starting'
  | 'running'
  | 'attention'
  | 'trouble'
  | 'sleeping'
  | 'stopping'
  | 'stopped'
  | 'failed';

export interface HealthSummary {
  readonly code: HealthSummaryCode;
  /** what the sentences are filled in with */
  readonly fields: {
    readonly people: number;
    readonly connected: number;
    /** problems that are shown */
    readonly problems: number;
    /** whether other servers can reach this one: `unknown` until somebody looked, `unwanted` where federation is off */
    readonly reach: 'yes' | 'no' | 'unknown' | 'unwanted';
    /** the worst of the problems shown, or '' */
    readonly worst: CheckCode | '';
  };
}

export interface HealthReport {
  readonly summary: HealthSummary;
  readonly server: {
    readonly state: ServerState;
    readonly since: number;
    readonly problem: ServerProblem | undefined;
  };
  /** all checks; those that are shown first, the worst first */
  readonly checks: readonly CheckStanding[];
  /** when this was so; undefined: now. Set while the server does not run */
  readonly asOf: number | undefined;
}
