import type { Step, StepName } from '../../../src-main/control/contract.js';
import type { CheckLine } from '../../components/check-list.js';
import { isTextKey, type Text } from '../../text/use-text.js';

/** A step of a diagnosis in words; one that is not there yet is to come. */
export function stepLine(text: Text, name: StepName, step: Step | undefined): CheckLine {
  const title = text(`diagnosis.step-${name}`);
  if (!step) return { id: name, title, state: 'pending' };
  const { state, found, evidence } = step;
  return {
    id: name,
    title,
    state,
    what: sentence(text, 'cause', step),
    fix: sentence(text, 'fix', step),
    found,
    expected: text(`diagnosis.expected-${name}`),
    evidence,
  };
}

/** A newer server may have causes that these pages do not know: then what it found must do. */
export function sentence(text: Text, kind: 'cause' | 'fix', { code, fields }: Step): string | undefined {
  const key = `diagnosis.${kind}-${code}`;
  return isTextKey(key) ? text(key, fields) : undefined;
}
