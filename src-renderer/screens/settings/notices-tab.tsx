import { useText } from '../../text/use-text.js';
import { OnlyInApp } from './app-settings.js';
import { NoticeChoices } from './desktop-settings.js';

/** What may interrupt whoever sits at the computer. */
export function NoticesTab() {
  const text = useText();
  return (
    <section className="card">
      <h2>{text('desktop.notices-title')}</h2>
      <OnlyInApp elsewhere="settings.notices-elsewhere">
        <NoticeChoices />
      </OnlyInApp>
    </section>
  );
}
