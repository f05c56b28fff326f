import type { Milliseconds } from '../../base/clock.js';
import type { ServerName } from '../../spec/ids.js';

/** What is looked at, in this order, to find out how another server is reached. */
export const WAY_STEPS = [
  'name',
  'well-known',
  'srv',
  'addresses',
  'connection',
  'certificate',
  'version',
  'keys',
  'clock',
] as const satisfies readonly StepName[];

/** What is looked at to find out whether others can reach this server, and what else has to be well for people. */
export const REACH_STEPS = [
  'online',
  'clock',
  'public-address',
  'port',
  'name',
  'dns',
  'domain',
  'well-known',
  'srv',
  'addresses',
  'connection',
  'certificate',
  'version',
  'keys',
  'signed-request',
  'outgoing',
  'resolver',
  'client-address',
  'sign-in',
  'calls',
  'push',
  'hairpin',
  'round-trip',
] as const;

export type StepName = (typeof REACH_STEPS)[number];

/**
 * `waiting`: a step that this one rests on failed; `could-not-check`: it cannot be told from here, which is no failure.
 */
export type StepState = 'ok' | 'warning' | 'error' | 'not-applicable' | 'could-not-check' | 'waiting';

/** Why a step is not simply ok. Whoever shows it has a sentence and a way out for each. */
export type CauseCode =
  | 'EARLIER_STEP'
  | 'OUT_OF_TIME'
  | 'NAME_GRAMMAR'
  | 'NAME_NOT_ALLOWED'
  | 'NAME_PRIVATE'
  | 'NOT_NEEDED'
  | 'WELL_KNOWN_NONE'
  | 'WELL_KNOWN_NO_SITE'
  | 'WELL_KNOWN_TLS'
  | 'WELL_KNOWN_TIMEOUT'
  | 'WELL_KNOWN_FAILED'
  | 'WELL_KNOWN_STATUS'
  | 'WELL_KNOWN_INVALID'
  | 'SRV_NONE'
  | 'SRV_OLD'
  | 'SRV_FAILED'
  | 'ADDRESSES_NONE'
  | 'ADDRESSES_FAILED'
  | 'ADDRESSES_DENIED'
  | 'ADDRESSES_LOCAL'
  | 'CONNECT_REFUSED'
  | 'CONNECT_TIMEOUT'
  | 'CONNECT_FAILED'
  | 'CONNECT_SOME'
  | 'TLS_NAME'
  | 'TLS_EXPIRED'
  | 'TLS_EARLY'
  | 'TLS_SELF_SIGNED'
  | 'TLS_CHAIN'
  | 'TLS_HANDSHAKE'
  | 'TLS_UNVERIFIED'
  | 'TLS_ENDS_SOON'
  | 'VERSION_STATUS'
  | 'VERSION_INVALID'
  | 'VERSION_FAILED'
  | 'KEYS_STATUS'
  | 'KEYS_INVALID'
  | 'KEYS_OTHER_NAME'
  | 'KEYS_NOT_OURS'
  | 'KEYS_EXPIRED'
  | 'KEYS_FAILED'
  | 'CLOCK_UNKNOWN'
  | 'CLOCK_AHEAD'
  | 'CLOCK_BEHIND'
  | 'CLOCK_OURS_AHEAD'
  | 'CLOCK_OURS_BEHIND'
  | 'CLOCK_NO_SERVERS'
  | 'ONLINE_NO_NETWORK'
  | 'ONLINE_NO_DNS'
  | 'PUBLIC_CGNAT'
  | 'PUBLIC_HOME'
  | 'PORT_NONE'
  | 'PORT_LOOPBACK'
  | 'PORT_SILENT'
  | 'DNS_NONE'
  | 'DNS_NONE_SRV'
  | 'DNS_FAILED'
  | 'DOMAIN_BROKEN'
  | 'DOMAIN_EXPIRY'
  | 'WELL_KNOWN_DIFFERS'
  | 'WELL_KNOWN_308'
  | 'SRV_DIFFER'
  | 'ADDRESSES_ELSEWHERE'
  | 'CONNECT_ONLY_OUTSIDE'
  | 'SIGNED_CHANGED'
  | 'SIGNED_LOST'
  | 'SIGNED_TOO_LARGE'
  | 'SIGNED_STATUS'
  | 'SIGNED_ELSEWHERE'
  | 'SIGNED_FAILED'
  | 'OUTGOING_NOBODY'
  | 'OUTGOING_NONE'
  | 'OUTGOING_SOME'
  | 'RESOLVER_DOWN'
  | 'RESOLVER_DROPS'
  | 'RESOLVER_SLOW'
  | 'CLIENT_NOT_SET'
  | 'CLIENT_NONE'
  | 'CLIENT_INVALID'
  | 'CLIENT_OTHER'
  | 'CLIENT_CORS'
  | 'CLIENT_UNREACHABLE'
  | 'CLIENT_VERSIONS_CORS'
  | 'SIGN_IN_FAILED'
  | 'SIGN_IN_NO_WAY'
  | 'SIGN_IN_OLD'
  | 'CALLS_NONE'
  | 'CALLS_NO_SECRET'
  | 'CALLS_TURN_WRONG'
  | 'CALLS_TURN_SILENT'
  | 'CALLS_SFU_SILENT'
  | 'PUSH_OFF'
  | 'PUSH_NONE'
  | 'PUSH_FAILING'
  | 'HAIRPIN_NOT_NEEDED'
  | 'HAIRPIN_BROKEN'
  | 'HAIRPIN_UNKNOWN'
  | 'ROUND_NO_PARTNER'
  | 'ROUND_REFUSED'
  | 'ROUND_NOT_FETCHED'
  | 'ROUND_OTHER_KEYS'
  | 'ROUND_REMEMBERED';

/** One line of the pipeline. Whatever strangers said in it is without control characters, and short. */
export interface Step {
  readonly name: StepName;
  readonly state: StepState;
  readonly code: CauseCode | undefined;
  /** what the sentences of the step and of its cause fill in */
  readonly fields: Readonly<Record<string, string | number>>;
  /** what is there, in facts: names, addresses, times; '' when there is nothing */
  readonly found: string;
  /** as it came: records, statuses, pieces of answers */
  readonly evidence: readonly string[];
  readonly took: Milliseconds;
}

/** How a server is reached, as far as can be told from this computer. */
export interface Diagnosis {
  readonly serverName: ServerName;
  /** it is this server itself: others come another way than we do */
  readonly isOwn: boolean;
  readonly steps: readonly Step[];
  /** the worst of all steps */
  readonly outcome: 'ok' | 'warning' | 'error';
}

/** A step before it is timed and named. */
export interface Finding {
  readonly state: StepState;
  readonly code?: CauseCode;
  readonly fields?: Step['fields'];
  readonly found?: string;
  readonly evidence?: readonly string[];
}

const LONGEST = 300;
const MOST_EVIDENCE = 24;

/** Without what could play tricks on a terminal or a page, and not long. */
export function printable(text: string): string {
  const clean = text.slice(0, LONGEST * 2).replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ');
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}

export const toStep = (name: StepName, finding: Finding, took: Milliseconds): Step => ({
  name,
  state: finding.state,
  code: finding.code,
  fields: Object.fromEntries(
    Object.entries(finding.fields ?? {}).map(([key, value]) => [
      key,
      typeof value === 'string' ? printable(value) : value,
    ]),
  ),
  found: printable(finding.found ?? ''),
  evidence: (finding.evidence ?? []).slice(0, MOST_EVIDENCE).map(printable),
  took,
});
