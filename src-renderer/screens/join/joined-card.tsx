import { CopyField } from '../../components/copy-field.js';
import { useFocusOnArrival } from '../../components/page.js';
import { useText } from '../../text/use-text.js';

/** The account is there: how to go on in an app. */
export function JoinedCard({ userId }: { userId: string }) {
  const text = useText();
  const heading = useFocusOnArrival();
  return (
    <div className="stack">
      <div className="stack-tight">
        <h1 ref={heading} tabIndex={-1}>
          {text('join.done-title')}
        </h1>
        <p className="soft">{text('join.done-lead')}</p>
      </div>
      <ol className="numbered">
        <li>{text('join.done-app')}</li>
        <li>{text('join.done-server')}</li>
        <li>{text('join.done-key')}</li>
      </ol>
      <CopyField label={text('home.connect-label')} value={location.origin} />
      <CopyField label={text('people.sign-in-name')} value={userId} />
    </div>
  );
}
