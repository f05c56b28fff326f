import type { Milliseconds } from '../base/clock.js';

/** What a check is about: the pages group by it. */
export type CheckCategory =
  | 'power'
  | 'network'
  | 'name'
  | 'certificate'
  | 'clock'
  | 'federation'
  | 'storage'
  | 'backup'
  | 'safety'
  | 'push'
  | 'performance';

/**
 * The name of a check, the same for ever: its history and what a person ignores are kept under it, and the pages have
 * sentences for it (`health.<code>.…`).
 */
export type CheckCode =
  | 'on-battery'
  | 'slept'
  | 'sleep-not-prevented'
  | 'autostart-off'
  | 'offline'
  | 'address-changed'
  | 'dns-record'
  | 'certificate'
  | 'certificate-chain'
  | 'clock'
  | 'reach'
  | 'servers-failing'
  | 'queue-age'
  | 'disk-space'
  | 'disk-growth'
  | 'disk-budget'
  | 'data-folder'
  | 'database'
  | 'key-not-saved'
  | 'registration-open'
  | 'failed-logins'
  | 'invite-flood'
  | 'push-gateways'
  | 'memory'
  | 'stall'
  | 'slow-room';

/** How much it matters while it lasts. What is `critical` cannot be ignored for longer than a day. */
export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';

/** What a probe may find. `could-not-check` is never shown as a failure. */
export type FindingState = 'ok' | 'warning' | 'error' | 'not-applicable' | 'could-not-check';

/** `waiting`: not looked at yet; `running`: looked at for the first time. */
export type CheckState = 'waiting' | 'running' | FindingState;

/** What is filled into the sentences about a finding. */
export type FindingFields = Readonly<Record<string, string | number>>;

/** What came of looking. */
export interface Finding {
  readonly state: FindingState;
  /** which sentence says it, where a check has several: `health.<code>.<reason>.…` */
  readonly reason?: string;
  readonly fields?: FindingFields;
  /** raw facts, in English, for Details: at most 4,000 characters are kept */
  readonly evidence?: string;
  /** what "until it changes" compares when somebody ignores it; the reason and the fields unless given */
  readonly value?: string;
}

/** What a person can do about it: the pages have a label and a place for each. */
export type CheckAction =
  | 'show-address'
  | 'show-certificate'
  | 'show-dns'
  | 'show-logs'
  | 'show-invitations'
  | 'show-people'
  | 'show-reach'
  | 'show-room'
  | 'show-rooms'
  | 'show-servers'
  | 'show-settings'
  | 'show-start-and-sleep'
  | 'show-storage'
  | 'save-key'
  | 'restart-server'
  | 'check-again';

/** One thing to look at, as data, with the probe that looks. */
export interface Check {
  readonly code: CheckCode;
  readonly category: CheckCategory;
  readonly severity: Severity;
  /** while one of them, or one that it depends on, is an `error`, this one is not shown: it follows from that */
  readonly dependsOn: readonly CheckCode[];
  /** a problem shows once it has lasted so long */
  readonly timeToVisible: Milliseconds;
  /** between two looks */
  readonly every: Milliseconds;
  /** the first is the main one */
  readonly actions: readonly CheckAction[];
  /** @throws anything: then it is `could-not-check`, with the error as evidence */
  probe(signal: AbortSignal): Promise<Finding>;
}

/** How a check stands. */
export interface CheckStanding {
  readonly code: CheckCode;
  readonly category: CheckCategory;
  readonly severity: Severity;
  readonly state: CheckState;
  /** since when it is in this state; undefined while it was never looked at */
  readonly since: Milliseconds | undefined;
  readonly lastChecked: Milliseconds | undefined;
  readonly nextCheck: Milliseconds | undefined;
  readonly reason: string | undefined;
  readonly fields: FindingFields;
  readonly evidence: string;
  readonly actions: readonly CheckAction[];
  /** it is a problem, and a person is to see it */
  readonly isVisible: boolean;
  /** why a problem is not shown */
  readonly hidden: 'starting' | 'patience' | 'parent' | 'ignored' | undefined;
  /** the error that this one follows from */
  readonly parent: CheckCode | undefined;
  /** until when a person does not want to see it; `changed`: until it says something else */
  readonly ignoredUntil: Milliseconds | 'changed' | undefined;
}

/** A time in one state. */
export interface CheckSpan {
  readonly from: Milliseconds;
  /** undefined: it lasts */
  readonly to: Milliseconds | undefined;
  readonly state: FindingState;
}
