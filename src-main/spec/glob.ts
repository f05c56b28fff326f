/**
 * A pattern taken apart at its stars: the text must begin with the first piece, end with the last, and have the others
 * between in order. Matched without regular expressions, and with a bound on what is compared: people write patterns
 * for texts that others write, and all share one event loop.
 */
export interface Glob {
  readonly pieces: readonly string[];
  /** whether `?` in a piece stands for any one character */
  readonly marks: boolean;
}

/** A pattern in which `*` stands for any characters, and `?` for itself. */
export const parseStars = (pattern: string): Glob => ({ pieces: pattern.split(/\*+/), marks: false });

/**
 * A pattern in which `*` stands for any characters and `?` for any one.
 *
 * @see https://spec.matrix.org/v1.19/appendices/#glob-style-matching
 */
export const parseGlob = (pattern: string): Glob => ({ pieces: pattern.split(/\*+/), marks: pattern.includes('?') });

/** Characters beside `?` compared for one match at most: many times what any sensible pattern needs in the longest text. */
const MOST_COMPARED = 500_000;
/** How many the match under way may still compare; matching never waits, so there is one at a time. */
let toCompare = 0;

/** Whether `glob` matches all of `text`. */
export function globMatches({ pieces, marks }: Glob, text: string): boolean {
  toCompare = MOST_COMPARED;
  const [first = ''] = pieces;
  let at = endOfMatch(text, first, 0, marks);
  if (at < 0) return false;
  if (pieces.length === 1) return at === text.length;
  for (let i = 1; i < pieces.length - 1; i += 1) {
    at = find(text, pieces[i] as string, at, marks, anywhere);
    if (at < 0) return false;
  }
  return find(text, pieces[pieces.length - 1] as string, at, marks, atEnd) >= 0;
}

/**
 * Whether `glob` matches a part of `text` that begins and ends at a word boundary: at an end of the text, or beside a
 * character other than letters and digits of ASCII and `_`.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#conditions-1
 */
export function globMatchesWords({ pieces, marks }: Glob, text: string): boolean {
  toCompare = MOST_COMPARED;
  const [first = ''] = pieces;
  const last = pieces.length - 1;
  for (let start = nextStart(text, first, 0, marks); start >= 0; start = nextStart(text, first, start + 1, marks)) {
    let at = endOfMatch(text, first, start, marks);
    if (last === 0) {
      if (isBoundary(text, at)) return true;
      continue;
    }
    // Later starts leave less text to the other pieces, so the first start decides.
    for (let i = 1; i < last && at >= 0; i += 1) at = find(text, pieces[i] as string, at, marks, anywhere);
    return at >= 0 && find(text, pieces[last] as string, at, marks, isBoundary) >= 0;
  }
  return false;
}

type Place = (text: string, end: number) => boolean;

const anywhere: Place = () => true;
const atEnd: Place = (text, end) => end === text.length;
/** No word character before a start here, none after an end here. */
const isBoundary: Place = (text, end) => end === text.length || !isWordUnit(text.charCodeAt(end));

/** The next place from `from` on where a word begins and `piece` matches; -1 when there is none. */
function nextStart(text: string, piece: string, from: number, marks: boolean): number {
  for (let at = from; at <= text.length && toCompare > 0; at += 1) {
    if (!marks && piece !== '') {
      at = text.indexOf(piece, at);
      if (at < 0) return -1;
    }
    const begins = at === 0 || (!isWordUnit(text.charCodeAt(at - 1)) && !isLowSurrogate(text.charCodeAt(at)));
    if (begins && endOfMatch(text, piece, at, marks) >= 0) return at;
  }
  return -1;
}

/** The end of the first match of `piece` from `from` on that ends where `place` allows; -1 when there is none. */
function find(text: string, piece: string, from: number, marks: boolean, place: Place): number {
  if (place === atEnd && !marks) return text.length - piece.length >= from && text.endsWith(piece) ? text.length : -1;
  for (let at = from; at <= text.length && toCompare > 0; at += 1) {
    if (!marks) {
      at = text.indexOf(piece, at);
      if (at < 0) return -1;
    }
    const end = endOfMatch(text, piece, at, marks);
    if (end >= 0 && place(text, end)) return end;
  }
  return -1;
}

/** Where `piece` ends when it matches at `start`; -1 when it does not. A `?` takes a whole character, pairs too. */
function endOfMatch(text: string, piece: string, start: number, marks: boolean): number {
  if (!marks) return text.startsWith(piece, start) ? start + piece.length : -1;
  let at = start;
  for (let i = 0; i < piece.length; i += 1) {
    toCompare -= 1;
    if (at >= text.length) return -1;
    if (piece.charCodeAt(i) === QUESTION_MARK) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    else if (piece.charCodeAt(i) === text.charCodeAt(at)) at += 1;
    else return -1;
  }
  return at;
}

const QUESTION_MARK = 0x3f;

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

const isWordUnit = (unit: number): boolean =>
  (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f;
