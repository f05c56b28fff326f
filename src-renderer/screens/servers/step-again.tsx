import { RotateCw } from 'lucide-react';
import type { ReachState, StepName, StepState } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import type { CheckLine } from '../../components/check-list.js';
import type { Action } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { stepLine } from './diagnosis-words.js';

/** What waits for another step is looked at with that one. */
const WORTH_ANOTHER_LOOK: ReadonlySet<StepState> = new Set<StepState>(['error', 'warning', 'could-not-check']);

/** A step of the way here as a line, with a button that looks at it again where that may help. */
export function reachLine(
  text: Text,
  name: StepName,
  { steps, running }: ReachState,
  check: Action<'reach.check'>,
): CheckLine {
  if (running.includes(name)) return { id: name, title: text(`diagnosis.step-${name}`), state: 'running' };
  const step = steps.find((each) => each.name === name);
  const line = stepLine(text, name, step);
  const mayHelp = step !== undefined && WORTH_ANOTHER_LOOK.has(step.state);
  if (!mayHelp || running.length > 0) return line;
  return { ...line, actions: <StepAgain title={line.title} onAgain={() => void check.run({ steps: [name] })} /> };
}

function StepAgain({ title, onAgain }: { title: string; onAgain(): void }) {
  const text = useText();
  return (
    <Button kind="quiet" icon={RotateCw} aria-label={text('reach.again-step', { step: title })} onClick={onAgain}>
      {text('reach.again-this')}
    </Button>
  );
}
