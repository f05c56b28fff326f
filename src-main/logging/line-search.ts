import { createContext, Script } from 'node:vm';

/** Where in a text something was found: beginnings and ends by turns, in UTF-16 units. */
export type Marks = readonly number[];

/** Finds a text or a pattern in many texts at once. */
export type LineSearch = (texts: readonly string[]) => Marks[];

/** A pattern that is none, or one that takes too long. */
export class SearchError extends Error {
  override readonly name = 'SearchError';

  constructor(
    readonly reason: 'wrong' | 'slow',
    message: string,
  ) {
    super(message);
  }
}

const MOST_MARKS = 40;
/** Of each line, a pattern sees no more. */
const LONGEST_SEARCHED = 4000;
/** For a few hundred lines; a good pattern takes one of them (ms). */
const PATIENCE = 100;

/** Finds `wanted` in any case. */
export function plainSearch(wanted: string): LineSearch {
  const low = wanted.toLowerCase();
  return (texts) => texts.map((text) => placesOf(text.toLowerCase(), low));
}

function placesOf(text: string, wanted: string): number[] {
  const marks: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0 && marks.length < MOST_MARKS; at = text.indexOf(wanted, at)) {
    marks.push(at, at + wanted.length);
    at += wanted.length;
  }
  return marks;
}

const SEARCH = new Script(`
  texts.map((text) => {
    const marks = [];
    for (const match of text.slice(0, longest).matchAll(pattern)) {
      if (match[0] === '') continue;
      marks.push(match.index, match.index + match[0].length);
      if (marks.length >= most) break;
    }
    return marks;
  })
`);

/**
 * Finds what `source` describes, in any case. A pattern can be such that looking takes for ever, so it runs where it
 * can be stopped.
 *
 * @param source a JavaScript regular expression
 * @throws SearchError at once for what is no pattern; the search throws it for one that is too slow
 */
export function patternSearch(source: string): LineSearch {
  const pattern = compile(source);
  const place = createContext({ texts: [], pattern, longest: LONGEST_SEARCHED, most: MOST_MARKS });
  return (texts) => {
    place['texts'] = texts;
    try {
      return SEARCH.runInContext(place, { timeout: PATIENCE }) as Marks[];
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new SearchError('slow', 'looking for this pattern takes too long');
    } finally {
      place['texts'] = [];
    }
  };
}

function compile(source: string): RegExp {
  try {
    return new RegExp(source, 'gi');
  } catch (error) {
    throw new SearchError('wrong', (error as Error).message);
  }
}
