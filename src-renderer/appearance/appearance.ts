import { createContext, useCallback, useContext, useEffect, useState } from 'react';
import { directionOf, type Language, SHOWN_LANGUAGES, type ShownLanguage } from '../text/use-text.js';

export type Theme = 'system' | 'light' | 'dark';
export type Contrast = 'system' | 'high';
export type TextSize = '100' | '125' | '150' | '200';

/** How the console looks to this person on this device; kept here, no business of the server's. */
export interface Appearance {
  readonly language: ShownLanguage;
  readonly theme: Theme;
  readonly contrast: Contrast;
  readonly textSize: TextSize;
}

export interface AppearanceChoice {
  readonly appearance: Appearance;
  change(wish: Partial<Appearance>): void;
}

export const AppearanceContext = createContext<AppearanceChoice | undefined>(undefined);

/** What this person chose, and how to choose otherwise. */
export function useAppearanceChoice(): AppearanceChoice {
  const choice = useContext(AppearanceContext);
  if (!choice) throw new Error('no appearance around this component');
  return choice;
}

const KEY = 'hearth.appearance';
/** Below so many lines of text (rem) there is no room for a rail: style sheets cannot ask for that by themselves. */
const NARROW = 47.5;
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const SIZES: readonly TextSize[] = ['100', '125', '150', '200'];

/** The appearance, and how to change it: at once, and for the next time. */
export function useAppearance(): [Appearance, (change: Partial<Appearance>) => void] {
  const [appearance, setAppearance] = useState(remembered);
  useEffect(() => apply(appearance), [appearance]);
  const change = useCallback((wish: Partial<Appearance>) => {
    setAppearance((before) => {
      const after = { ...before, ...wish };
      localStorage.setItem(KEY, JSON.stringify(after));
      return after;
    });
  }, []);
  return [appearance, change];
}

function remembered(): Appearance {
  const stored = readStored();
  return {
    language: SHOWN_LANGUAGES.find((language) => language === stored.language) ?? preferredLanguage(),
    theme: THEMES.find((theme) => theme === stored.theme) ?? 'system',
    contrast: stored.contrast === 'high' ? 'high' : 'system',
    textSize: SIZES.find((size) => size === stored.textSize) ?? '100',
  };
}

/** What was stored; nothing when somebody else wrote there. */
function readStored(): Partial<Appearance> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Appearance>;
  } catch {
    return {};
  }
}

const preferredLanguage = (): Language => (navigator.languages[0]?.startsWith('de') ? 'de' : 'en');

function apply({ language, theme, contrast, textSize }: Appearance): () => void {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const more = matchMedia('(prefers-contrast: more)');
  const paint = () => {
    root.dataset['theme'] = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    root.toggleAttribute('data-high-contrast', contrast === 'high' || more.matches);
  };
  const measure = () => {
    root.toggleAttribute('data-narrow', innerWidth < NARROW * Number.parseFloat(getComputedStyle(root).fontSize));
  };
  root.lang = language;
  root.dir = directionOf(language);
  root.style.setProperty('font-size', `${textSize}%`);
  paint();
  measure();
  dark.addEventListener('change', paint);
  more.addEventListener('change', paint);
  addEventListener('resize', measure);
  return () => {
    dark.removeEventListener('change', paint);
    more.removeEventListener('change', paint);
    removeEventListener('resize', measure);
  };
}
