import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Reply } from '../../http/endpoint.js';

/** What another server sent is not `multipart/mixed` of a description and a file, or broke off. */
export class MultipartError extends Error {
  override readonly name = 'MultipartError';
}

/** A part of an answer, to be read to its end or given up by `return`. */
export interface Part {
  /** names in lower case */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AsyncGenerator<Uint8Array>;
}

const MOST_HEADER_BYTES = 16 * 1024;
/** The first part describes the second: nothing yet, and never much. */
const MOST_DESCRIPTION_BYTES = 64 * 1024;
const END_OF_HEADERS = Buffer.from('\r\n\r\n');

/**
 * Answers with a file the way servers hand media to each other: a part with an empty description, then the file.
 *
 * @param size of the file, bytes
 * @see https://spec.matrix.org/v1.19/server-server-api/#content-repository
 */
export function multipartReply(file: Readable, size: number, headers: Readonly<Record<string, string>>): Reply {
  const boundary = randomUUID().replaceAll('-', '');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(
    `--${boundary}\r\nContent-Type: application/json\r\n\r\n{}\r\n--${boundary}\r\n${lines.join('')}\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return new Reply(200, Readable.from(joined(head, file, tail), { objectMode: false }), {
    'content-type': `multipart/mixed; boundary=${boundary}`,
    'content-length': String(head.length + size + tail.length),
  });
}

async function* joined(head: Uint8Array, file: Readable, tail: Uint8Array): AsyncGenerator<Uint8Array> {
  yield head;
  yield* file;
  yield tail;
}

/**
 * Reads over the description to the file.
 *
 * @param contentType of the whole answer
 * @throws MultipartError, and what `source` throws
 */
export async function mediaPart(contentType: string, source: AsyncIterable<Uint8Array>): Promise<Part> {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw new MultipartError('the answer is no multipart/mixed');
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const bytes = new ByteReader(source);
  try {
    await bytes.skipPast(delimiter, MOST_DESCRIPTION_BYTES);
    await partHeaders(bytes);
    await bytes.skipPast(delimiter, MOST_DESCRIPTION_BYTES);
    return { headers: await partHeaders(bytes), body: bytes.before(delimiter) };
  } catch (error) {
    await bytes.end();
    throw error;
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1 */
function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/mixed\s*;/i.test(contentType)) return undefined;
  const [, quoted, bare] = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? bare;
}

async function partHeaders(bytes: ByteReader): Promise<ReadonlyMap<string, string>> {
  const text = (await bytes.take(END_OF_HEADERS, MOST_HEADER_BYTES)).toString('utf8');
  if (text.startsWith('--')) throw new MultipartError('a part is missing');
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

/** Bytes of a source up to marks in them. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  /** A boundary begins a line: so that the first one does too. */
  #held: Buffer = Buffer.from('\r\n');

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** What comes before `mark`, in pieces; reads over the mark. Ends the source, wherever it is left. */
  async *before(mark: Buffer): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#upTo(mark);
    } finally {
      await this.end();
    }
  }

  /** What comes before `mark`, whole; reads over the mark. */
  async take(mark: Buffer, mostBytes: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of this.#upTo(mark)) {
      size += piece.length;
      if (size > mostBytes) throw new MultipartError('a part has too much before its content');
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  async skipPast(mark: Buffer, mostBytes: number): Promise<void> {
    await this.take(mark, mostBytes);
  }

  async end(): Promise<void> {
    await this.#source.return?.();
  }

  /** Holds back what may be the beginning of the mark. */
  async *#upTo(mark: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at >= 0) {
        const found = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + mark.length);
        if (found.length > 0) yield found;
        return;
      }
      const sure = Math.max(0, this.#held.length - mark.length + 1);
      const piece = this.#held.subarray(0, sure);
      this.#held = this.#held.subarray(sure);
      if (piece.length > 0) yield piece;
      const { done, value } = await this.#source.next();
      if (done) throw new MultipartError('the answer broke off');
      this.#held = this.#held.length === 0 ? Buffer.from(value) : Buffer.concat([this.#held, value]);
    }
  }
}
