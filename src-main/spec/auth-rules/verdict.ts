import type { RoomVersionRules } from '../room-version.js';
import { type RuleName, ruleNumber } from './rule-numbers.js';

/** Whether the auth rules allow an event; a refusal names the rule by its number in the room version's page. */
export type Verdict = Allowed | Refused;

export interface Allowed {
  readonly allowed: true;
}

export interface Refused {
  readonly allowed: false;
  /** such as `5.3.2` */
  readonly rule: string;
  /** a clause for logs and for the person who sent the event */
  readonly why: string;
}

export const allow: Verdict = { allowed: true };

export const reject = (rules: RoomVersionRules, rule: RuleName, why: string): Refused => ({
  allowed: false,
  rule: ruleNumber(rules, rule),
  why,
});
