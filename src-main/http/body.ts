import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Milliseconds } from '../base/clock.js';
import { badJson, MatrixError, tooLarge } from '../spec/errors.js';
import { JsonTextError, type ParsedJson, parseJson, parseJsonLossless } from '../spec/json-text.js';
import { ClientGoneError } from './errors.js';

/** Most bytes of a JSON body unless the endpoint says otherwise: a client's key upload or filter is far smaller. */
export const DEFAULT_MAX_BODY = 1024 * 1024;

export interface BodyLimits {
  /** bytes */
  readonly maxBytes: number;
  /** how long the whole body may take to arrive */
  readonly timeout: Milliseconds;
  /** no body at all counts as `{}` */
  readonly optional: boolean;
  /** keep numbers that canonical JSON forbids as RawNumbers */
  readonly lossless?: boolean;
}

/**
 * Reads a request's body as JSON, whatever Content-Type it claims.
 *
 * @throws MatrixError M_TOO_LARGE, M_NOT_JSON, M_BAD_JSON (nested too deep, or half a surrogate pair in a string), and
 *   408 M_UNKNOWN when it comes too slowly
 */
export async function readJson(request: IncomingMessage, limits: BodyLimits): Promise<ParsedJson> {
  const bytes = await readBytes(request, limits);
  if (bytes.length === 0 && limits.optional) return { value: {}, canonicalNumbers: true };
  if (!isUtf8(bytes)) throw notJson('the body is not valid UTF-8');
  try {
    return limits.lossless ? parseJsonLossless(bytes.toString('utf8')) : parseJson(bytes.toString('utf8'));
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    if (error.reason === 'syntax') throw notJson('the body is not valid JSON');
    throw badJson(error.message);
  }
}

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
      if (size > limits.maxBytes) settle(tooMany());
      else chunks.push(chunk);
    };
    request.on('data', onData).on('end', settle).on('close', onClose).on('error', settle);
  });
}

const tooSlow = new MatrixError(408, 'M_UNKNOWN', 'the body did not arrive in time');

const clientGone = () => new ClientGoneError('the client went away before its request was complete');
