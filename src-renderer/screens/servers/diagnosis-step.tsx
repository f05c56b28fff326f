import { CircleAlert, CircleCheck, CircleDashed, CircleHelp, CircleMinus, TriangleAlert } from 'lucide-react';
import type { Step, StepName } from '../../../src-main/control/contract.js';
import { Pill } from '../../components/pill.js';
import { isTextKey, type Text, useText } from '../../text/use-text.js';

const LOOKS = {
  ok: { tone: 'good', icon: CircleCheck },
  warning: { tone: 'warn', icon: TriangleAlert },
  error: { tone: 'bad', icon: CircleAlert },
  'not-applicable': { tone: 'plain', icon: CircleMinus },
  'could-not-check': { tone: 'plain', icon: CircleHelp },
  pending: { tone: 'plain', icon: CircleDashed },
} as const;

/** One line of the pipeline: how it is, what was found, and what to do about it. */
export function DiagnosisStep({ name, step }: { name: StepName; step: Step | undefined }) {
  const text = useText();
  const state = step?.state ?? 'pending';
  const { tone, icon } = LOOKS[state];
  const what = step && sentence(text, 'cause', step);
  const fix = step && sentence(text, 'fix', step);
  const isTrouble = state === 'error' || state === 'warning';
  return (
    <li className="diagnosis-step">
      <div className="row spread">
        <h3>{text(`diagnosis.step-${name}`)}</h3>
        <Pill tone={tone} icon={icon}>
          {text(`diagnosis.state-${state}`)}
        </Pill>
      </div>
      {what !== undefined && <p className="breakable">{what}</p>}
      {fix !== undefined && isTrouble && (
        <p className="breakable">
          <strong>{text('diagnosis.fix')}:</strong> {fix}
        </p>
      )}
      {step && <Facts step={step} />}
    </li>
  );
}

/** What should be there, what is, and what that rests on. */
function Facts({ step: { name, found, evidence, code } }: { step: Step }) {
  const text = useText();
  return (
    <>
      {found !== '' && (
        <p className="small soft breakable">
          {text('diagnosis.found')}: <bdi dir="ltr">{found}</bdi>
        </p>
      )}
      {code !== 'EARLIER_STEP' && (
        <details className="details">
          <summary>
            {text('state.details')}
            <span className="hidden-visually"> {text(`diagnosis.step-${name}`)}</span>
          </summary>
          <p>
            {text('diagnosis.expected')}: {text(`diagnosis.expected-${name}`)}
          </p>
          {evidence.length > 0 && (
            <ul className="mono small" dir="ltr">
              {evidence.map((line) => (
                <li key={line} className="breakable">
                  {line}
                </li>
              ))}
            </ul>
          )}
        </details>
      )}
    </>
  );
}

/** A newer server may have causes that these pages do not know: then what it found must do. */
function sentence(text: Text, kind: 'cause' | 'fix', { code, fields }: Step): string | undefined {
  const key = `diagnosis.${kind}-${code}`;
  return isTextKey(key) ? text(key, fields) : undefined;
}
