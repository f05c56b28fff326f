import { IntlMessageFormat } from 'intl-messageformat';

/**
 * Two languages that nobody speaks, for those who test the console: `en-XA` has accents and is a third longer, so that
 * words that are not in the catalogue and places that are too narrow stand out; `ar-XB` runs from right to left.
 */
export type PseudoLanguage = 'en-XA' | 'ar-XB';

export const PSEUDO_LANGUAGES: readonly PseudoLanguage[] = ['en-XA', 'ar-XB'];
/** What every message of `en-XA` stands between. */
export const PSEUDO_MARKS = ['⟦', '⟧'] as const;

const PLAIN = 'aceinosuyzACEINOSUYZ';
const ACCENTED = 'áçéíñöšúýžÁÇÉÍÑÖŠÚÝŽ';
const RIGHT_TO_LEFT = '\u202E';
const END = '\u202C';

export const marked = (words: string): string => PSEUDO_MARKS.join(words);

/** The English message with its words changed and what is filled in left alone. */
export function pseudoMessage(english: string, language: PseudoLanguage): IntlMessageFormat {
  const change = language === 'en-XA' ? accented : (words: string) => `${RIGHT_TO_LEFT}${words}${END}`;
  const changed = new IntlMessageFormat(english, 'en').getAst().map((part) => changeWords(part, change));
  const [before, after] = PSEUDO_MARKS;
  const parts = language === 'en-XA' ? [literal(before), ...changed, literal(after)] : changed;
  return new IntlMessageFormat(parts, language);
}

type Part = ReturnType<IntlMessageFormat['getAst']>[number];

/** `type` 0 is words; plurals and choices have words of their own inside. */
const literal = (value: string): Part => ({ type: 0, value });

function changeWords(part: Part, change: (words: string) => string): Part {
  if (part.type === 0) return { ...part, value: change(part.value) };
  if (!('options' in part)) return part;
  const options = Object.entries(part.options).map(([choice, { value }]) => [
    choice,
    { value: value.map((inner) => changeWords(inner, change)) },
  ]);
  return { ...part, options: Object.fromEntries(options) } as Part;
}

const accented = (words: string): string =>
  [...words].map((letter) => accent(letter)).join('') + '·'.repeat(Math.floor(words.length / 3));

function accent(letter: string): string {
  const index = PLAIN.indexOf(letter);
  return index < 0 ? letter : ([...ACCENTED][index] ?? letter);
}
