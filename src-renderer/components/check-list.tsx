import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleMinus,
  Hourglass,
  type LucideIcon,
  TriangleAlert,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../text/use-text.js';
import type { Tone } from './notice.js';
import { Pill } from './pill.js';

/**
 * `waiting`: a check that this one rests on failed; `could-not-check` is never shown as a failure; `pending`: not looked
 * at yet.
 */
export type CheckState =
  | 'ok'
  | 'warning'
  | 'error'
  | 'not-applicable'
  | 'could-not-check'
  | 'waiting'
  | 'running'
  | 'pending';

/** One check, in the person's words. */
export interface CheckLine {
  readonly id: string;
  readonly title: string;
  readonly state: CheckState;
  /** what is the matter, and what it means */
  readonly what?: string | undefined;
  /** what to do about it; shown only where something is wrong */
  readonly fix?: string | undefined;
  /** facts: names, addresses, times */
  readonly found?: string | undefined;
  readonly expected?: string | undefined;
  /** as it came: records, statuses, pieces of answers */
  readonly evidence?: readonly string[] | undefined;
  /** buttons of this line */
  readonly actions?: ReactNode;
}

export const LOOKS: Readonly<Record<CheckState, { tone: Tone | 'plain'; icon: LucideIcon }>> = {
  ok: { tone: 'good', icon: CircleCheck },
  warning: { tone: 'warn', icon: TriangleAlert },
  error: { tone: 'bad', icon: CircleAlert },
  'not-applicable': { tone: 'plain', icon: CircleMinus },
  'could-not-check': { tone: 'plain', icon: CircleHelp },
  waiting: { tone: 'plain', icon: Hourglass },
  running: { tone: 'info', icon: CircleDashed },
  pending: { tone: 'plain', icon: CircleDashed },
};

/** Checks one below the other: how each is, what was found, what to do about it, and what that rests on. */
export function CheckList({ label, lines }: { label?: string; lines: readonly CheckLine[] }) {
  return (
    <ol className="diagnosis" aria-label={label}>
      {lines.map((line) => (
        <CheckItem key={line.id} line={line} />
      ))}
    </ol>
  );
}

function CheckItem({ line }: { line: CheckLine }) {
  const text = useText();
  const { title, state, what, fix, actions } = line;
  const { tone, icon } = LOOKS[state];
  const isTrouble = state === 'error' || state === 'warning';
  return (
    <li className="diagnosis-step" data-state={state}>
      <div className="row spread">
        <h3>{title}</h3>
        <Pill tone={tone} icon={icon}>
          {text(`check.state-${state}`)}
        </Pill>
      </div>
      {what && <p className="breakable">{what}</p>}
      {fix && isTrouble && (
        <p className="breakable">
          <strong>{text('check.fix')}:</strong> {fix}
        </p>
      )}
      <Facts line={line} />
      {actions && <div className="row">{actions}</div>}
    </li>
  );
}

/** What should be there, what is, and what that rests on. */
function Facts({ line: { title, found = '', expected, evidence = [], state } }: { line: CheckLine }) {
  const text = useText();
  const hasMore = state !== 'pending' && state !== 'waiting' && (expected !== undefined || evidence.length > 0);
  return (
    <>
      {found !== '' && (
        <p className="small soft breakable">
          {text('check.found')}: <bdi dir="ltr">{found}</bdi>
        </p>
      )}
      {hasMore && (
        <details className="details">
          <summary>
            {text('state.details')}
            <span className="hidden-visually"> {title}</span>
          </summary>
          {expected !== undefined && (
            <p>
              {text('check.expected')}: {expected}
            </p>
          )}
          {evidence.length > 0 && (
            <ul className="mono small" dir="ltr">
              {[...new Set(evidence)].map((line) => (
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
