import { Smartphone } from 'lucide-react';
import { CopyField } from '../../components/copy-field.js';
import { useFocusOnArrival } from '../../components/page.js';
import { QrCode } from '../../components/qr-code.js';
import { useText } from '../../text/use-text.js';

/** The account is there: how to go on in an app, here or on the phone. */
export function JoinedCard({ userId }: { userId: string }) {
  const text = useText();
  const heading = useFocusOnArrival();
  const link = appLink(location.origin, userId);
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
      <CopyField label={text('join.sign-in-name')} value={userId} />
      <div className="row">
        <a className="button button-primary" href={link} rel="noreferrer">
          <Smartphone size={18} aria-hidden="true" />
          {text('join.open-app')}
        </a>
      </div>
      <section className="card join-phone" aria-labelledby="join-phone">
        <QrCode value={link} label={text('join.phone-qr')} />
        <div className="stack-tight">
          <h2 id="join-phone">{text('join.phone-title')}</h2>
          <p className="soft">{text('join.phone-text')}</p>
        </div>
      </section>
    </div>
  );
}

/** What Element X understands: which server, and who signs in. Without the app, it is a page that says where to get it. */
function appLink(server: string, userId: string): string {
  const asked = new URLSearchParams({ account_provider: server, login_hint: `mxid:${userId}` });
  return `https://mobile.element.io/element/?${asked}`;
}
