import { isUtf8 } from 'node:buffer';
import { type JsonValue } from '../../../base/json.js';
import { JsonTextError, parseJsonLossless } from '../../../spec/json-text.js';
import { UnusableAnswer } from './template.js';

/** A member of the answer's object, or one element of it where it is a list that was asked for in pieces. */
export interface Piece {
  readonly key: string;
  readonly value: JsonValue;
}

export interface WantedPieces {
  /** lists whose elements come one by one */
  readonly lists: ReadonlySet<string>;
  /** other members, each as a whole; what is not named is passed over */
  readonly values: ReadonlySet<string>;
}

/** Most bytes of one piece: an event has 64 KiB, which may be written longer, and may have something unsigned added. */
const MOST_BYTES = 256 * 1024;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Takes a large JSON object apart while it arrives, so that neither its text nor all of its values are in memory at
 * once, and nobody waits while it is parsed.
 *
 * @throws UnusableAnswer when it is no JSON object, or a piece of it is too large
 */
export async function* piecesOf(chunks: AsyncIterable<Uint8Array>, wanted: WantedPieces): AsyncGenerator<Piece> {
  const scanner = new Scanner(wanted);
  for await (const chunk of chunks) yield* scanner.take(chunk);
  scanner.end();
}

/** Where in the answer the scanner stands: around its object, before a key, before a value, in a list, or behind. */
type Place = 'start' | 'key' | 'colon' | 'value' | 'list' | 'after' | 'end';

class Scanner {
  #place: Place = 'start';
  #key = '';
  /** how deep in the present piece */
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  /** bytes of the present piece from chunks before; undefined while none is under way, or while it is passed over */
  #before: Uint8Array[] = [];
  #size = 0;
  #isUnderWay = false;

  constructor(private readonly wanted: WantedPieces) {}

  *take(chunk: Uint8Array): Generator<Piece> {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (!this.#isUnderWay) {
        if (isSpace(byte) || this.#step(byte)) continue;
        start = at;
        this.#isUnderWay = true;
      }
      const isOver = this.#within(byte);
      if (!isOver) continue;
      const end = isOver === 'with this' ? at + 1 : at;
      this.#keep(chunk.subarray(start, end));
      const piece = this.#finish();
      if (piece) yield piece;
      if (isOver === 'before this' && !isSpace(byte)) this.#step(byte);
    }
    if (this.#isUnderWay) this.#keep(chunk.subarray(start));
  }

  end(): void {
    if (this.#place !== 'end' || this.#isUnderWay) throw new UnusableAnswer('the answer was broken off');
  }

  /** Punctuation between pieces. @returns false where a piece begins */
  #step(byte: number): boolean {
    const next = this.#next(byte);
    if (next === undefined) return false;
    this.#place = next;
    return true;
  }

  /** @returns undefined where a piece begins */
  #next(byte: number): Place | undefined {
    switch (this.#place) {
      case 'start':
        return this.#expect(byte === OPEN_OBJECT, 'key');
      case 'key':
        return byte === CLOSE_OBJECT ? 'end' : byte === QUOTE ? undefined : this.#expect(byte === COMMA, 'key');
      case 'colon':
        return this.#expect(byte === COLON, 'value');
      case 'value':
        return byte === OPEN_LIST && this.wanted.lists.has(this.#key) ? 'list' : undefined;
      case 'list':
        return byte === CLOSE_LIST ? 'after' : byte === COMMA ? 'list' : undefined;
      case 'after':
        return byte === CLOSE_OBJECT ? 'end' : this.#expect(byte === COMMA, 'key');
      default:
        throw new UnusableAnswer('the answer goes on after its end');
    }
  }

  #expect(isSo: boolean, next: Place): Place {
    if (!isSo) throw new UnusableAnswer('the answer is no JSON object');
    return next;
  }

  /** One byte of a piece. @returns whether the piece ends, and whether the byte belongs to it */
  #within(byte: number): false | 'with this' | 'before this' {
    if (this.#inString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#inString = false;
      return !this.#inString && this.#depth === 0 ? 'with this' : false;
    }
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (this.#depth === 0) return 'before this';
      this.#depth -= 1;
      return this.#depth === 0 ? 'with this' : false;
    } else if (this.#depth === 0 && (byte === COMMA || byte === COLON || isSpace(byte))) return 'before this';
    return false;
  }

  #keep(bytes: Uint8Array): void {
    if (!this.#isWanted()) return;
    this.#size += bytes.length;
    if (this.#size > MOST_BYTES) throw new UnusableAnswer(`a part of the answer has more than ${MOST_BYTES} bytes`);
    this.#before.push(bytes);
  }

  #isWanted(): boolean {
    return this.#place !== 'value' || this.wanted.values.has(this.#key);
  }

  #finish(): Piece | undefined {
    const isWanted = this.#isWanted();
    const [only, ...more] = this.#before;
    const bytes =
      only && more.length === 0
        ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
        : Buffer.concat(this.#before);
    [this.#before, this.#size, this.#isUnderWay] = [[], 0, false];
    if (this.#place === 'key') {
      const key = parse(bytes);
      if (typeof key !== 'string') throw new UnusableAnswer('the answer is no JSON object');
      [this.#key, this.#place] = [key, 'colon'];
      return undefined;
    }
    if (this.#place === 'value') this.#place = 'after';
    return isWanted ? { key: this.#key, value: parse(bytes) } : undefined;
  }
}

function parse(bytes: Buffer): JsonValue {
  if (!isUtf8(bytes)) throw new UnusableAnswer('the answer is not valid UTF-8');
  try {
    return parseJsonLossless(bytes.toString('utf8')).value;
  } catch (error) {
    if (error instanceof JsonTextError) throw new UnusableAnswer(error.message);
    throw error;
  }
}
