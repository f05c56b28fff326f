import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { mediaPart, multipartReply } from '../../../src-main/matrix/media/multipart.js';

const TYPE = 'multipart/mixed; boundary=abc';
const DESCRIPTION = '--abc\r\nContent-Type: application/json\r\n\r\n{}\r\n';
const FILE = '--abc\r\nContent-Type: text/plain\r\nContent-Disposition: inline\r\n\r\nsome\r\n--ab bytes\r\n';
const END = '--abc--\r\n';

/** In pieces of `size` bytes. */
async function* pieces(text: string, size: number) {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, { type = TYPE, size = 7 } = {}) {
  const { headers, body } = await mediaPart(type, pieces(text, size));
  const read: Uint8Array[] = [];
  for await (const piece of body) read.push(piece);
  return { headers: Object.fromEntries(headers), text: Buffer.concat(read).toString('latin1') };
}

describe('a file that another server hands over', () => {
  it.each([1, 2, 3, 7, 64, 10_000])('is read in pieces of %i bytes', async (size) => {
    expect(await read(DESCRIPTION + FILE + END, { size })).toEqual({
      headers: { 'content-type': 'text/plain', 'content-disposition': 'inline' },
      text: 'some\r\n--ab bytes',
    });
  });

  it.each([
    [
      'a quoted boundary',
      'multipart/mixed; boundary="a b:c"',
      '--a b:c\r\n\r\n{}\r\n--a b:c\r\n\r\nhello\r\n--a b:c--',
    ],
    ['words before the first part', TYPE, `hello there\r\n${DESCRIPTION}--abc\r\n\r\nhello\r\n${END}`],
    ['white space behind a boundary', TYPE, '--abc  \r\n\r\n{}\r\n--abc \r\n\r\nhello\r\n--abc--'],
    ['a type in capitals', 'Multipart/Mixed;charset=x;boundary=abc', `${DESCRIPTION}--abc\r\n\r\nhello\r\n${END}`],
  ])('may come with %s', async (_case, type, text) => {
    expect((await read(text, { type })).text).toBe('hello');
  });

  it('may be empty, and hold any bytes', async () => {
    expect((await read(`${DESCRIPTION}--abc\r\nLocation: https://a.test/b\r\n\r\n\r\n${END}`)).headers).toEqual({
      location: 'https://a.test/b',
    });
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    expect((await read(`${DESCRIPTION}--abc\r\n\r\n${bytes}\r\n${END}`)).text).toBe(bytes);
  });

  it.each([
    ['that breaks off', DESCRIPTION + FILE],
    ['without a second part', `${DESCRIPTION}--abc--\r\n\r\n`],
    ['without any part', '--abc--\r\n'],
    ['whose description never ends', `--abc\r\n\r\n${'{'.repeat(200_000)}`],
    ['whose headers never end', `${DESCRIPTION}--abc\r\n${'x: y\r\n'.repeat(10_000)}`],
    ['of another boundary', (DESCRIPTION + FILE + END).replaceAll('abc', 'abd')],
  ])('is refused in an answer %s', async (_case, text) => {
    await expect(read(text, { size: 5000 })).rejects.toThrow(/broke off|missing|too much/);
  });

  it.each(['application/json', 'multipart/form-data; boundary=abc', 'multipart/mixed', ''])(
    'is refused in an answer of the type %j',
    async (type) => {
      await expect(read(DESCRIPTION + FILE + END, { type })).rejects.toThrow('no multipart/mixed');
    },
  );

  it('closes what it comes from when nobody reads on', async () => {
    let isClosed = false;
    async function* endless() {
      try {
        yield Buffer.from(DESCRIPTION + FILE);
        for (;;) yield Buffer.from('more');
      } finally {
        isClosed = true;
      }
    }
    const { body } = await mediaPart(TYPE, endless());
    for await (const _piece of body) break;
    expect(isClosed).toBe(true);
  });

  it('is written as it is read, with its length', async () => {
    const reply = multipartReply(Readable.from([Buffer.from('some bytes')]), 10, { 'Content-Type': 'text/plain' });
    const written = await buffer(reply.body as Readable);
    expect(reply.headers['content-length']).toBe(String(written.length));
    expect(await read(written.toString(), { type: reply.headers['content-type'] ?? '' })).toEqual({
      headers: { 'content-type': 'text/plain' },
      text: 'some bytes',
    });
  });
});
