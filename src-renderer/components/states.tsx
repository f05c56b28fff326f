import { type LucideIcon, RotateCw } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { ControlFailure } from '../../src-main/control/contract.js';
import { isTextKey, type Text, useText } from '../text/use-text.js';
import { Button } from './button.js';
import { Notice } from './notice.js';

const SLOW = 3000;

/** Grey lines where something will be; says so in words when it takes long. */
export function Loading({ lines = 3 }: { lines?: number }) {
  const text = useText();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="loading" role="status">
      {Array.from({ length: lines }, (_, line) => (
        // oxlint-disable-next-line react/no-array-index-key
        <span key={line} className="skeleton" aria-hidden="true" />
      ))}
      <span className={isSlow ? 'small soft' : 'hidden-visually'}>
        {text(isSlow ? 'state.still-loading' : 'state.loading')}
      </span>
    </div>
  );
}

/** The sentence for a failure: ours where there is one, else a general one. */
export function failureText(text: Text, error: ControlFailure): string {
  const key = `error.${error.code}`;
  return isTextKey(key) ? text(key, { least: 8, ...error.fields }) : text('error.FAILED');
}

/** A question that was not answered: why, what the program said, and a way to ask again. Never an empty list. */
export function Failure({ error, onRetry }: { error: ControlFailure; onRetry?(): void }) {
  const text = useText();
  return (
    <Notice
      tone="bad"
      title={failureText(text, error)}
      actions={
        onRetry && (
          <Button icon={RotateCw} onClick={onRetry}>
            {text('action.retry')}
          </Button>
        )
      }
    >
      <Details>{`${error.code}: ${error.message}`}</Details>
    </Notice>
  );
}

/** What only some want to see. */
export function Details({ children }: { children: ReactNode }) {
  const text = useText();
  return (
    <details className="details">
      <summary>{text('state.details')}</summary>
      <p className="mono breakable">{children}</p>
    </details>
  );
}

/** A list with nothing in it: says so, and what to do about it. */
export function Empty({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Icon size={36} aria-hidden="true" />
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}
