import { AppearanceChoices } from '../../appearance/appearance-choices.js';
import { useText } from '../../text/use-text.js';

/** How the console looks and which language it speaks: kept in this browser or app. */
export function AppearanceTab() {
  const text = useText();
  return (
    <section className="card">
      <h2>{text('settings.appearance')}</h2>
      <AppearanceChoices />
      <p className="soft">{text('settings.keyboard')}</p>
    </section>
  );
}
