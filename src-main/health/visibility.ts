import type { Milliseconds } from '../base/clock.js';
import type { Check, CheckCode, CheckStanding, CheckState } from './check.js';

/** What somebody does not want to see. */
export interface Ignore {
  /** undefined: until it says something else */
  readonly until: Milliseconds | undefined;
  /** what it said */
  readonly value: string;
}

/** What visibility depends on, of one check. */
export interface Subject {
  readonly check: Pick<Check, 'code' | 'dependsOn' | 'timeToVisible'>;
  readonly state: CheckState;
  /** since when it is a problem, whichever; undefined: it is none */
  readonly problemSince: Milliseconds | undefined;
  /** it was shown before and has been a problem ever since */
  readonly wasShown: boolean;
  readonly value: string;
}

export interface Moment {
  readonly now: Milliseconds;
  /** nothing is shown before: the server has just started, or the computer has just woken up */
  readonly quietUntil: Milliseconds;
  readonly ignores: ReadonlyMap<CheckCode, Ignore>;
}

export type Sight = Pick<CheckStanding, 'isVisible' | 'hidden' | 'parent'> & {
  /** when this may change without anything being found, if ever */
  readonly until: Milliseconds | undefined;
};

export const isProblem = (state: CheckState): boolean => state === 'warning' || state === 'error';

/** Whether a problem is shown, and if not, why. */
export function sightOf(subject: Subject, all: ReadonlyMap<CheckCode, Subject>, moment: Moment): Sight {
  if (!isProblem(subject.state) || subject.problemSince === undefined) return NOTHING;
  const { now, quietUntil } = moment;
  if (now < quietUntil) return { isVisible: false, hidden: 'starting', parent: undefined, until: quietUntil };
  const parent = failingParent(subject.check, all);
  if (parent) return { isVisible: false, hidden: 'parent', parent, until: undefined };
  const patience = subject.problemSince + subject.check.timeToVisible;
  if (!subject.wasShown && now < patience) {
    return { isVisible: false, hidden: 'patience', parent: undefined, until: patience };
  }
  const ignore = moment.ignores.get(subject.check.code);
  if (ignore && isInForce(ignore, subject.value, now)) {
    return { isVisible: false, hidden: 'ignored', parent: undefined, until: ignore.until };
  }
  return { isVisible: true, hidden: undefined, parent: undefined, until: undefined };
}

/** Whether it still says what was ignored, and the time is not over. */
export const isInForce = (ignore: Ignore, value: string, now: Milliseconds): boolean =>
  ignore.until === undefined ? ignore.value === value : ignore.until > now;

const NOTHING: Sight = { isVisible: false, hidden: undefined, parent: undefined, until: undefined };

/** The nearest one that has failed, of all that a check depends on, however far away. */
function failingParent({ dependsOn }: Subject['check'], all: ReadonlyMap<CheckCode, Subject>): CheckCode | undefined {
  const seen = new Set<CheckCode>();
  let level: readonly CheckCode[] = dependsOn;
  while (level.length > 0) {
    const failing = level.find((code) => all.get(code)?.state === 'error');
    if (failing) return failing;
    for (const code of level) seen.add(code);
    level = level.flatMap((code) => all.get(code)?.check.dependsOn ?? []).filter((code) => !seen.has(code));
  }
  return undefined;
}
