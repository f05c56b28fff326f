import type { ReachState, Step } from '../../../src-main/control/contract.js';
import type { Text } from '../../text/use-text.js';
import { sentence } from './diagnosis-words.js';
import { outcomeWords } from './reach-summary.js';

const IPV4 = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;
/** Two colons at least; whether it is an address and no time of day is seen by its parts. */
const IPV6 = /(?<![\w:.])[0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*(?!\w)/gi;
const PARTS = 8;

const isWhole = (found: string): boolean => found.includes('::') || found.split(':').length === PARTS;

/** To be shown to somebody who helps: every address is another word for itself, the same one everywhere. */
export function redacted(words: string): string {
  const names = new Map<string, string>();
  const named = (address: string) => {
    const name = names.get(address) ?? `ip-${names.size + 1}`;
    names.set(address, name);
    return name;
  };
  return words.replaceAll(IPV4, named).replaceAll(IPV6, (found) => (isWhole(found) ? named(found) : found));
}

/** All that was found, in words. */
export function reportText(text: Text, state: ReachState): string {
  const at = state.last ? new Date(state.last.at).toISOString() : '';
  return stepsText(text, [`${state.serverName} ${at}`, outcomeWords(text, state).title], state.steps);
}

/** Steps in words, below a head. */
export function stepsText(text: Text, head: readonly string[], steps: readonly Step[]): string {
  const lines = steps.flatMap((step, index) => [
    `${index + 1}. [${text(`check.state-${step.state}`)}] ${text(`diagnosis.step-${step.name}`)}`,
    ...facts(text, step).map((line) => `   ${line}`),
  ]);
  return redacted([...head, '', ...lines].join('\n'));
}

function facts(text: Text, step: Step): string[] {
  const isWrong = step.state === 'error' || step.state === 'warning';
  const fix = isWrong ? sentence(text, 'fix', step) : undefined;
  return [
    sentence(text, 'cause', step) ?? '',
    isWrong ? `${text('check.expected')}: ${text(`diagnosis.expected-${step.name}`)}` : '',
    step.found === '' ? '' : `${text('check.found')}: ${step.found}`,
    fix === undefined ? '' : `${text('check.fix')}: ${fix}`,
    ...step.evidence.map((line) => `- ${line}`),
  ].filter((line) => line !== '');
}

/** The same for programs. */
export const reportJson = ({ serverName, last, steps }: ReachState): string =>
  redacted(JSON.stringify({ serverName, ...last, steps }, undefined, 2));
