import { ArrowLeft, ArrowRight } from 'lucide-react';
import { type ReactNode, use, useEffect } from 'react';
import { Button } from '../../components/button.js';
import { useFocusOnArrival } from '../../components/page.js';
import { useText } from '../../text/use-text.js';
import { LaterContext } from './answers.js';

/** One question of the wizard: a heading, what belongs to it, why we ask, back and on. */
export function StepPage({
  title,
  lead,
  why,
  next,
  wide = false,
  isBusy = false,
  onNext,
  onBack,
  children,
}: {
  title: string;
  lead?: ReactNode;
  why?: string;
  /** words of the button that goes on */
  next?: string;
  /** for tables and lines of other programs */
  wide?: boolean;
  isBusy?: boolean;
  onNext(): void;
  onBack: (() => void) | undefined;
  children: ReactNode;
}) {
  const text = useText();
  const heading = useFocusOnArrival();
  const onLater = use(LaterContext);
  useEffect(() => {
    document.title = text('app.title', { page: title });
  }, [text, title]);
  return (
    <form
      className={wide ? 'step step-wide' : 'step'}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onNext();
      }}
    >
      <div className="stack-tight">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead && <div className="soft">{lead}</div>}
      </div>
      {children}
      {why && (
        <details className="details">
          <summary>{text('setup.why')}</summary>
          <p>{why}</p>
        </details>
      )}
      <div className="row spread step-buttons">
        {onBack ? (
          <Button kind="quiet" icon={ArrowLeft} onClick={onBack}>
            {text('action.back')}
          </Button>
        ) : (
          <span />
        )}
        <div className="row">
          {onLater && (
            <Button kind="quiet" onClick={onLater}>
              {text('setup.later')}
            </Button>
          )}
          <Button kind="primary" icon={ArrowRight} iconAfter type="submit" isBusy={isBusy}>
            {next ?? text('action.continue')}
          </Button>
        </div>
      </div>
    </form>
  );
}
