import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Milliseconds } from '../base/clock.js';
import { badJson, MatrixError, tooLarge } from '../spec/errors.js';
import { JsonTextError, type ParsedJson, parseJson, parseJsonLossless } from '../spec/json-text.js';
import type { HeldBody } from './body-memory.js';
import { ClientGoneError } from './errors.js';

/** Most bytes of a JSON body unless the endpoint says otherwise: a client's key upload or filter is far smaller. */
export const DEFAULT_MAX_BODY = 1024 * 1024;

export interface BodyLimits {
  /** bytes */
  readonly maxBytes: number;
  /** how long the whole body may take to arrive */
  readonly timeout: Milliseconds;
  /** told of each piece; what it throws ends the reading */
  readonly held?: Pick<HeldBody, 'add'>;
}

/** How a body that is here is read. */
export interface BodyReading {
  /** no body at all counts as `{}` */
  readonly optional: boolean;
  /** keep numbers that canonical JSON forbids as RawNumbers */
  readonly lossless?: boolean;
}

/** Bodies larger than this are looked over before they are taken apart: many small things cost more than one large. */
const LARGE = 1024 * 1024;
/** Values of a large body, about: more than any events have, and fewer than hold up everybody else for long. */
const MOST_VALUES = 500_000;

/**
 * A request's body as text.
 *
 * @throws MatrixError M_TOO_LARGE, M_NOT_JSON, M_LIMIT_EXCEEDED, and 408 M_UNKNOWN when it comes too slowly
 */
export async function readText(request: IncomingMessage, limits: BodyLimits): Promise<string> {
  const bytes = await readBytes(request, limits);
  if (!isUtf8(bytes)) throw notJson('the body is not valid UTF-8');
  if (bytes.length > LARGE && valuesIn(bytes) > MOST_VALUES) throw tooLarge('the body has too many values');
  return bytes.toString('utf8');
}

/**
 * Reads a body as JSON, whatever Content-Type it claims.
 *
 * @throws MatrixError M_NOT_JSON, M_BAD_JSON (nested too deep, or half a surrogate pair in a string)
 */
export function readJson(text: string, { optional, lossless }: BodyReading): ParsedJson {
  if (text.length === 0 && optional) return { value: {}, canonicalNumbers: true };
  try {
    return lossless ? parseJsonLossless(text) : parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    if (error.reason === 'syntax') throw notJson('the body is not valid JSON');
    throw badJson(error.message);
  }
}

/** Not fewer than there are: what stands in strings counts too. */
function valuesIn(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === COMMA || byte === OPEN_LIST || byte === OPEN_OBJECT) count += 1;
  return count;
}

const [COMMA, OPEN_LIST, OPEN_OBJECT] = [0x2c, 0x5b, 0x7b];

const notJson = (why: string) => new MatrixError(400, 'M_NOT_JSON', why);

function readBytes(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const tooMany = () => tooLarge(`the body is larger than ${limits.maxBytes} bytes`);
  if (Number(request.headers['content-length']) > limits.maxBytes) return Promise.reject(tooMany());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => settle(tooSlow), limits.timeout);
    const settle = (error?: Error) => {
      clearTimeout(timer);
      request.off('data', onData).off('end', settle).off('close', onClose).off('error', settle);
      if (error) reject(error);
      else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size));
    };
    const onClose = () => settle(clientGone());
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.maxBytes) return settle(tooMany());
      try {
        limits.held?.add(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        settle(error as Error);
      }
    };
    request.on('data', onData).on('end', settle).on('close', onClose).on('error', settle);
  });
}

const tooSlow = new MatrixError(408, 'M_UNKNOWN', 'the body did not arrive in time');

const clientGone = () => new ClientGoneError('the client went away before its request was complete');
