import { enDiagnosis } from '../../../src-renderer/text/en-diagnosis.js';
import type { Diagnosis, Step, StepName } from '../../matrix/diagnostics/index.js';

const STATES = {
  ok: 'ok',
  warning: 'warning',
  error: 'ERROR',
  'not-applicable': 'not needed',
  'could-not-check': 'unknown',
  waiting: 'waiting',
} as const;

const WIDTH = Math.max(...Object.values(STATES).map(({ length }) => length));

/** One step for a terminal: a line when all is well, else what was expected and found, the fix, and the evidence. */
export function stepLines(step: Step): string {
  const [what, fix] = [wordsOf(`diagnosis.cause-${step.code}`), wordsOf(`diagnosis.fix-${step.code}`)];
  const sentence = what === undefined ? step.found : filled(what, step.fields);
  const head = `${STATES[step.state].padEnd(WIDTH)}  ${titleOf(step.name)}${sentence === '' ? '' : `: ${sentence}`}`;
  if (step.state !== 'error' && step.state !== 'warning') return head;
  const facts = [
    ['Expected', enDiagnosis[`diagnosis.expected-${step.name}`]],
    ['Found', step.found],
    ['Fix', fix === undefined ? '' : filled(fix, step.fields)],
    ...step.evidence.map((line) => ['Evidence', line]),
  ];
  const lines = facts.flatMap(([name = '', text = '']) =>
    text === '' ? [] : [`${' '.repeat(WIDTH + 4)}${name}: ${text}`],
  );
  return [head, ...lines].join('\n');
}

/** The whole in one sentence: the first step that fails is the one that matters. */
export function outcomeSentence({ serverName, isOwn, steps, outcome }: Diagnosis): string {
  const failed = steps.find(({ state }) => state === 'error');
  if (failed) return `${serverName} cannot be reached from this computer: see “${titleOf(failed.name)}” above.`;
  const own = isOwn ? ' Others come another way than this computer does: somebody outside knows more.' : '';
  if (outcome === 'ok') return `${serverName} can be reached from this computer.${own}`;
  return `${serverName} can be reached as far as can be told, with something to mend or unknown above.${own}`;
}

const titleOf = (name: StepName): string => enDiagnosis[`diagnosis.step-${name}`];

const wordsOf = (key: string): string | undefined => (enDiagnosis as Readonly<Record<string, string>>)[key];

const filled = (sentence: string, fields: Step['fields']): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => String(fields[name] ?? '?'));
