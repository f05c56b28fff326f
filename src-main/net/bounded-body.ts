import { type Readable, Transform, pipeline } from 'node:stream';
import { outgoingError } from './connections.js';
import { OutgoingError } from './outgoing-error.js';

/** What a body must keep to. */
export interface BodyBounds {
  /** most bytes */
  readonly maxBytes: number;
  /** ends the reading */
  readonly signal: AbortSignal;
}

const tooLarge = (most: number) => new OutgoingError('too-large', `the answer is larger than ${most} bytes`);

/** Reads all of a body. @throws OutgoingError; the signal's reason */
export async function readWhole(body: Readable, { maxBytes, signal }: BodyBounds): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    throw outgoingError(error, signal);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
}

/**
 * The same body, which fails when it is longer than allowed.
 *
 * @param toError makes the error that readers see
 */
export function bounded(body: Readable, bounds: BodyBounds, toError: (error: unknown) => Error): Readable {
  let size = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > bounds.maxBytes) done(toError(tooLarge(bounds.maxBytes)));
      else done(null, chunk);
    },
  });
  body.once('error', (error) => counted.destroy(toError(outgoingError(error, bounds.signal))));
  // Who reads is told by `counted`; here is nothing left to tell.
  pipeline(body, counted, () => undefined);
  return counted;
}
