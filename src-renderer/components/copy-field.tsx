import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useText } from '../text/use-text.js';
import { Button } from './button.js';

const THANKS = 2500;

/** Something to hand on: shown whole, selectable, with a button that copies it. */
export function CopyField({ label, value }: { label: string; value: string }) {
  return (
    <div className="copy-field">
      <span className="small soft">{label}</span>
      <div className="copy-line">
        <code className="breakable" dir="ltr">
          {value}
        </code>
        <CopyButton value={value} what={label} />
      </div>
    </div>
  );
}

/** Copies `value`; says so beside itself and to screen readers. Not there where pages may not copy: without TLS at home. */
export function CopyButton(props: { value: string; what: string; label?: string }) {
  return window.isSecureContext ? <WorkingCopyButton {...props} /> : null;
}

function WorkingCopyButton({ value, what, label }: { value: string; what: string; label?: string }) {
  const text = useText();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), THANKS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () =>
    navigator.clipboard.writeText(value).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <>
      <Button
        icon={isCopied ? Check : Copy}
        onClick={() => void copy()}
        aria-label={label === undefined ? text('action.copy-what', { what }) : undefined}
      >
        {isCopied ? text('state.copied') : (label ?? text('action.copy'))}
      </Button>
      <span className="hidden-visually" aria-live="polite">
        {isCopied ? text('state.copied') : ''}
      </span>
    </>
  );
}
