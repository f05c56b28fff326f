import { KeyRound } from 'lucide-react';
import { Logo } from '../../components/logo.js';
import { useFocusOnArrival } from '../../components/page.js';
import { useText } from '../../text/use-text.js';

/** Shown in a browser that has no session: how to get one. */
export function LockedScreen() {
  const text = useText();
  const heading = useFocusOnArrival();
  return (
    <main className="locked">
      <Logo size={64} />
      <h1 ref={heading} tabIndex={-1}>
        {text('locked.title')}
      </h1>
      <p>{text('locked.text')}</p>
      <p className="row small soft">
        <KeyRound size={16} aria-hidden="true" />
        {text('locked.hint')}
      </p>
    </main>
  );
}
