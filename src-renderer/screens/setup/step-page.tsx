import { ArrowLeft, ArrowRight } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { Button } from '../../components/button.js';
import { useFocusOnArrival } from '../../components/page.js';
import { useText } from '../../text/use-text.js';

/** One question of the wizard: a heading, what belongs to it, why we ask, back and on. */
export function StepPage({
  title,
  lead,
  why,
  next,
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
  isBusy?: boolean;
  onNext(): void;
  onBack: (() => void) | undefined;
  children: ReactNode;
}) {
  const text = useText();
  const heading = useFocusOnArrival();
  useEffect(() => {
    document.title = text('app.title', { page: title });
  }, [text, title]);
  return (
    <form
      className="step"
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
        <Button kind="primary" icon={ArrowRight} iconAfter type="submit" isBusy={isBusy}>
          {next ?? text('action.continue')}
        </Button>
      </div>
    </form>
  );
}
