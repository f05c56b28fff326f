import { IntlMessageFormat } from 'intl-messageformat';
import { createContext, useContext, useMemo } from 'react';
import { de } from './de.js';
import { en } from './en.js';
import { fillGaps, isDelivered } from './gaps.js';
import { marked, PSEUDO_LANGUAGES, type PseudoLanguage, pseudoMessage } from './pseudo.js';
import { createQuantities } from './quantities.js';

export type TextKey = keyof typeof en;
/** A language that people speak. */
export type Language = 'en' | 'de';
/** What the console can be shown in. */
export type ShownLanguage = Language | PseudoLanguage;
export type TextValues = Readonly<Record<string, string | number | Date>>;

/** A catalogue has every text; the compiler sees to it. */
export const CATALOGUES: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { en, de };
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

/** The languages that a person may choose, and those that testers may. */
export const SHOWN_LANGUAGES: readonly ShownLanguage[] = [
  ...(Object.keys(CATALOGUES) as Language[]),
  ...PSEUDO_LANGUAGES,
];

export const directionOf = (language: ShownLanguage): 'ltr' | 'rtl' => (language.startsWith('ar') ? 'rtl' : 'ltr');

export const LanguageContext = createContext<ShownLanguage>('en');

/** Words and numbers in the person's language. */
export interface Text {
  /** The text of `key`, an ICU message, with `values` filled in. */
  (key: TextKey, values?: TextValues): string;
  readonly language: ShownLanguage;
  number(value: number): string;
  bytes(value: number): string;
  time(at: number): string;
  dateTime(at: number): string;
  date(at: number): string;
  /** `Alex, Kim, and Sam` */
  list(parts: readonly string[]): string;
  /** `12 %` of 0.12 */
  percent(share: number): string;
  /** `3 minutes ago`, `in 2 days` */
  relative(at: number, now: number): string;
  /** `2 days, 3 hours` */
  duration(length: number): string;
}

export function useText(): Text {
  const language = useContext(LanguageContext);
  return useMemo(() => createText(language), [language]);
}

/** True when a catalogue has such a text: for keys made of codes that a newer server may send. */
export const isTextKey = (key: string): key is TextKey => Object.hasOwn(en, key);

const isPseudo = (language: ShownLanguage): language is PseudoLanguage =>
  (PSEUDO_LANGUAGES as readonly string[]).includes(language);

const messageOf = (key: TextKey, language: ShownLanguage): IntlMessageFormat =>
  isPseudo(language) ? pseudoMessage(en[key], language) : new IntlMessageFormat(CATALOGUES[language][key], language);

/**
 * @param isForgiving a value that is missing leaves its place to be seen, `{name}`, and is complained of once, for one
 *   slip must not take a page away from somebody; else it throws, so that whoever builds the page finds it
 */
export function createText(language: ShownLanguage, isForgiving = isDelivered()): Text {
  const cache = new Map<TextKey, IntlMessageFormat>();
  const format = (key: TextKey, values?: TextValues): string => {
    let message = cache.get(key);
    if (!message) cache.set(key, (message = messageOf(key, language)));
    return isForgiving ? fillGaps(message, key, values) : String(message.format(values));
  };
  /** What `Intl` writes is no stray word either. */
  const shown = language === 'en-XA' ? marked : (words: string) => words;
  const quantities = createQuantities(language);
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'medium' });
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
  const number = new Intl.NumberFormat(language);
  const list = new Intl.ListFormat(language);
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  return Object.assign(format, {
    language,
    number: (value: number) => shown(number.format(value)),
    bytes: (value: number) => shown(quantities.bytes(value)),
    time: (at: number) => shown(time.format(at)),
    dateTime: (at: number) => shown(dateTime.format(at)),
    date: (at: number) => shown(date.format(at)),
    list: (parts: readonly string[]) => list.format(parts),
    percent: (share: number) => shown(percent.format(share)),
    relative: (at: number, now: number) => shown(quantities.relative(at, now)),
    duration: (length: number) => shown(quantities.duration(length)),
  });
}
