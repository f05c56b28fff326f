import { ChoiceLine } from '../components/choice-cards.js';
import { type Language, LANGUAGE_NAMES, useText } from '../text/use-text.js';
import { useAppearanceChoice } from './appearance.js';

const LANGUAGES = Object.keys(LANGUAGE_NAMES) as Language[];

/** Language, colours and text size; each applies at once. */
export function AppearanceChoices() {
  const text = useText();
  const { appearance, change } = useAppearanceChoice();
  return (
    <div className="appearance">
      <ChoiceLine
        legend={text('appearance.language')}
        choices={LANGUAGES.map((value) => ({ value, title: LANGUAGE_NAMES[value], lang: value }))}
        value={appearance.language}
        onChange={(language) => change({ language })}
      />
      <ChoiceLine
        legend={text('appearance.theme')}
        choices={[
          { value: 'system', title: text('appearance.theme-system') },
          { value: 'light', title: text('appearance.theme-light') },
          { value: 'dark', title: text('appearance.theme-dark') },
        ]}
        value={appearance.theme}
        onChange={(theme) => change({ theme })}
      />
      <ChoiceLine
        legend={text('appearance.contrast')}
        choices={[
          { value: 'system', title: text('appearance.contrast-system') },
          { value: 'high', title: text('appearance.contrast-high') },
        ]}
        value={appearance.contrast}
        onChange={(contrast) => change({ contrast })}
      />
      <ChoiceLine
        legend={text('appearance.text-size')}
        choices={(['100', '125', '150', '200'] as const).map((value) => ({ value, title: `${value} %` }))}
        value={appearance.textSize}
        onChange={(textSize) => change({ textSize })}
      />
    </div>
  );
}
