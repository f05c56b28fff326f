import type { Milliseconds } from '../base/clock.js';
import type { Check, CheckCode, CheckStanding, CheckState, Finding, FindingFields, FindingState } from './check.js';
import { isProblem, type Sight, type Subject } from './visibility.js';

const LONGEST_EVIDENCE = 4000;

/** One check with what was found last. */
export class Examined implements Subject {
  state: CheckState = 'waiting';
  problemSince: Milliseconds | undefined;
  wasShown = false;
  value = '';
  nextCheck: Milliseconds | undefined;
  #since: Milliseconds | undefined;
  #lastChecked: Milliseconds | undefined;
  #reason: string | undefined;
  #fields: FindingFields = {};
  #evidence = '';
  /** of the run before: `since` goes on when the first look finds the same */
  #remembered: { readonly state: FindingState; readonly since: Milliseconds } | undefined;

  constructor(readonly check: Check) {}

  get code(): CheckCode {
    return this.check.code;
  }

  /** How it was before the last restart. */
  remember(state: FindingState, since: Milliseconds): void {
    this.#remembered = { state, since };
  }

  /** A clock that was set back does not put a check off for longer than it may wait. */
  isDue(now: Milliseconds): boolean {
    if (this.nextCheck === undefined) return false;
    return this.nextCheck <= now || this.nextCheck > now + this.check.every;
  }

  begin(): void {
    this.nextCheck = undefined;
    if (this.state === 'waiting') this.state = 'running';
  }

  /** @returns whether the state is another than before, in the run before too */
  note(finding: Finding, now: Milliseconds): boolean {
    const { state, reason, fields = {}, evidence = '' } = finding;
    const known = this.#since === undefined ? this.#remembered : { state: this.state, since: this.#since };
    const hasChanged = known?.state !== state;
    this.#since = hasChanged ? now : known.since;
    this.state = state;
    this.#lastChecked = now;
    this.#reason = reason;
    this.#fields = fields;
    this.#evidence = evidence.slice(0, LONGEST_EVIDENCE);
    this.value = finding.value ?? JSON.stringify([reason ?? '', fields]);
    const began = known && isProblem(known.state) ? known.since : now;
    this.problemSince = isProblem(state) ? (this.problemSince ?? began) : undefined;
    if (!isProblem(state)) this.wasShown = false;
    this.nextCheck = now + this.check.every;
    return hasChanged;
  }

  show(): void {
    this.wasShown = true;
  }

  /** Sleep is no time in which a problem lasts. */
  restartPatience(now: Milliseconds): void {
    if (this.problemSince !== undefined && !this.wasShown) this.problemSince = now;
  }

  standing(sight: Sight, ignoredUntil: CheckStanding['ignoredUntil']): CheckStanding {
    const { code, category, severity, actions } = this.check;
    return {
      code,
      category,
      severity,
      actions,
      state: this.state,
      since: this.#since,
      lastChecked: this.#lastChecked,
      nextCheck: this.nextCheck,
      reason: this.#reason,
      fields: this.#fields,
      evidence: this.#evidence,
      isVisible: sight.isVisible,
      hidden: sight.hidden,
      parent: sight.parent,
      ignoredUntil,
    };
  }
}
