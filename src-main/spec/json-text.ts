import type { JsonValue } from '../base/json.js';

/** Why text from elsewhere was refused: it is not JSON, nests too deep, or has half a surrogate pair in a string. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError';

  constructor(
    readonly reason: 'syntax' | 'depth' | 'surrogate',
    message: string,
  ) {
    super(message);
  }
}

/**
 * A number that a JavaScript number would change (`1.0`, `1e3`, `9007199254740993`), as it was written. Only events of
 * room versions 1 to 5 have them. JSON.stringify writes it back unchanged.
 */
export class RawNumber {
  constructor(readonly text: string) {}

  /** The nearest JavaScript number. */
  valueOf(): number {
    return Number(this.text);
  }

  toJSON(): unknown {
    return rawJson(this.text);
  }

  toString(): string {
    return this.text;
  }
}

/** Deepest nesting of objects and arrays that `parseJson` takes unless told otherwise. */
export const MAX_JSON_DEPTH = 100;

/** What text says, and whether canonical JSON could say the same. */
export interface ParsedJson {
  readonly value: JsonValue;
  /**
   * False when a number in the text is one that canonical JSON forbids: it has a fraction or an exponent (even `1.0`),
   * or is beyond ±(2^53)-1. `-0` passes: its canonical form is `0`. The value alone does not tell.
   */
  readonly canonicalNumbers: boolean;
}

/**
 * Parses JSON that somebody else wrote, in one native pass and one scan of the text. Where a key comes twice, the last
 * one counts; `__proto__` is a key like others.
 *
 * @throws JsonTextError
 * @see https://spec.matrix.org/v1.19/appendices/#canonical-json
 */
export function parseJson(text: string, maxDepth = MAX_JSON_DEPTH): ParsedJson {
  const value = parseNative(text);
  const canonicalNumbers = scan(text, maxDepth);
  if ((HALF_PAIR.test(text) || !text.isWellFormed()) && hasLoneSurrogate(value)) {
    throw new JsonTextError('surrogate', 'a string in the JSON has half of a surrogate pair');
  }
  return { value, canonicalNumbers };
}

/**
 * Parses as `parseJson` does and keeps numbers that canonical JSON forbids as RawNumbers, so that the content hashes of
 * events of room versions 1 to 5 can be checked.
 *
 * @throws JsonTextError
 */
export function parseJsonLossless(text: string, maxDepth = MAX_JSON_DEPTH): ParsedJson {
  const parsed = parseJson(text, maxDepth);
  if (parsed.canonicalNumbers) return parsed;
  const value = JSON.parse(text, keepRawNumbers as (key: string, value: unknown) => unknown) as JsonValue;
  return { value, canonicalNumbers: false };
}

/** Whether a string or a key anywhere in `value` has half of a surrogate pair, which UTF-8 cannot say. */
export function hasLoneSurrogate(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => !key.isWellFormed() || hasLoneSurrogate(member as JsonValue));
}

const HALF_PAIR = /\\u[dD][89a-fA-F]/;
const LARGEST = String(Number.MAX_SAFE_INTEGER);
const [QUOTE, BACKSLASH, MINUS, DOT, ZERO, NINE] = [0x22, 0x5c, 0x2d, 0x2e, 0x30, 0x39];
const [OPEN_LIST, CLOSE_LIST, UPPER_E, LOWER_E, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x45, 0x65, 0x7b, 0x7d];

/** Newer than the types of the language that this code is checked against. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

function keepRawNumbers(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value;
  return scan(context.source, 0) ? value : new RawNumber(context.source);
}

function parseNative(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new JsonTextError('syntax', error instanceof Error ? error.message : 'not JSON');
  }
}

/** Whether all numbers of `text`, which is valid JSON, are canonical; skips strings by their quotes. */
function scan(text: string, maxDepth: number): boolean {
  let canonical = true;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    else if (unit === OPEN_OBJECT || unit === OPEN_LIST) {
      depth += 1;
      if (depth > maxDepth) throw new JsonTextError('depth', `JSON nests deeper than ${maxDepth}`);
    } else if (unit === CLOSE_OBJECT || unit === CLOSE_LIST) depth -= 1;
    else if (unit === MINUS || isDigit(unit)) {
      const end = endOfNumber(text, at + 1);
      if (canonical) canonical = isCanonicalNumber(text, unit === MINUS ? at + 1 : at, end);
      at = end - 1;
    }
  }
  return canonical;
}

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === BACKSLASH) at -= 1;
  return (quote - at) % 2 === 0;
}

const isDigit = (unit: number): boolean => unit >= ZERO && unit <= NINE;

function endOfNumber(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const inNumber =
      isDigit(unit) || unit === DOT || unit === LOWER_E || unit === UPPER_E || unit === MINUS || unit === 0x2b;
    if (!inNumber) return at;
  }
  return at;
}

/** `text` from `start` to `end` is a JSON number without its sign. */
function isCanonicalNumber(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!isDigit(text.charCodeAt(at))) return false;
  const digits = end - start;
  return digits < LARGEST.length || (digits === LARGEST.length && text.slice(start, end) <= LARGEST);
}
