import type { Readable } from 'node:stream';
import { tooLarge } from '../../spec/errors.js';

const MOST_BODY = 4096;

/** Reads what a browser sends for a form. @throws MatrixError M_TOO_LARGE */
export async function readForm(stream: Readable | undefined): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of stream ?? []) {
    text += String(chunk);
    if (text.length > MOST_BODY) throw tooLarge(`the form is larger than ${MOST_BODY} bytes`);
  }
  return new URLSearchParams(text);
}
