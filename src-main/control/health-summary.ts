import type { CheckStanding, HealthSummary, HealthSummaryCode, ServerState } from './contract.js';

/** What the sentence about the server is made from. */
export interface SummaryFacts {
  readonly state: ServerState;
  /** the worst first */
  readonly checks: readonly CheckStanding[];
  readonly people: { readonly all: number; readonly connected: number };
  /** it has just started, or the computer has just woken up */
  readonly isQuiet: boolean;
  readonly isFallingAsleep: boolean;
}

/** One truth for the sentence, the pill and the tray. */
export function summaryOf(facts: SummaryFacts): HealthSummary {
  const { checks, people } = facts;
  const shown = checks.filter(({ isVisible }) => isVisible);
  return {
    code: codeOf(facts, shown),
    fields: {
      people: people.all,
      connected: people.connected,
      problems: shown.length,
      reach: reachOf(checks),
      worst: shown[0]?.code ?? '',
    },
  };
}

function codeOf({ state, isQuiet, isFallingAsleep }: SummaryFacts, shown: readonly CheckStanding[]): HealthSummaryCode {
  if (state !== 'running') return state;
  if (isFallingAsleep) return 'sleeping';
  if (isQuiet) return 'starting';
  if (shown.some(isTrouble)) return 'trouble';
  return shown.some(({ severity }) => severity !== 'low' && severity !== 'info') ? 'attention' : 'running';
}

/** It does not work, rather than that it soon might not. */
const isTrouble = ({ state, severity }: CheckStanding): boolean =>
  state === 'error' && (severity === 'high' || severity === 'critical');

function reachOf(checks: readonly CheckStanding[]): HealthSummary['fields']['reach'] {
  const stateOf = (code: CheckStanding['code']) => checks.find((check) => check.code === code)?.state;
  const state = stateOf('reach');
  if (state === 'not-applicable') return 'unwanted';
  if (state === 'error' || stateOf('offline') === 'error') return 'no';
  return state === 'ok' || state === 'warning' ? 'yes' : 'unknown';
}
