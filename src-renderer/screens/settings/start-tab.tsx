import { useText } from '../../text/use-text.js';
import { OnlyInApp } from './app-settings.js';
import { StartAndSleep } from './desktop-settings.js';

/** When the server starts by itself, and what keeps its computer awake. */
export function StartTab() {
  const text = useText();
  return (
    <section className="card">
      <h2>{text('desktop.start-title')}</h2>
      <OnlyInApp elsewhere="settings.start-elsewhere">
        <StartAndSleep />
      </OnlyInApp>
    </section>
  );
}
