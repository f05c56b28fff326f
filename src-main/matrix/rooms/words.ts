const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Scripts that put no space between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const ASCII = /^\p{ASCII}*$/u;
/** Accents of Latin letters: é is looked for as e, й is another letter than и. */
const ACCENTS = /(?<=\p{Script=Latin})\p{M}+/gu;
const LONGEST_WORD = 64;

let segmenter: Intl.Segmenter | undefined;

/**
 * The words of a text as people look for them: in lower case, without accents, each once, in order. Words of languages
 * that put no spaces between them are told apart too.
 *
 * @param most words, the first ones
 */
export function wordsOf(text: string, most: number): string[] {
  const plain = text.normalize('NFKC').toLowerCase().toWellFormed();
  const words = new Set<string>();
  for (const [run] of plain.matchAll(WORD)) {
    for (const word of UNSPACED.test(run) ? segments(run) : [withoutAccents(run)]) {
      if (words.size >= most) return [...words];
      words.add([...word].slice(0, LONGEST_WORD).join(''));
    }
  }
  return [...words];
}

function segments(run: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
  return [...segmenter.segment(run)].map(({ segment }) => segment);
}

const withoutAccents = (word: string): string =>
  ASCII.test(word) ? word : word.normalize('NFD').replace(ACCENTS, '').normalize('NFC');
