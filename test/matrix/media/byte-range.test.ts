import { expect, it } from 'vitest';
import { byteRange } from '../../../src-main/matrix/media/byte-range.js';

it.each([
  ['no header', undefined, undefined],
  ['another unit', 'pages=1-2', undefined],
  ['several parts', 'bytes=0-1,4-5', undefined],
  ['nothing said', 'bytes=-', undefined],
  ['an end before the beginning', 'bytes=5-2', undefined],
  ['a part', 'bytes=2-5', { start: 2, end: 5 }],
  ['one byte', 'bytes=0-0', { start: 0, end: 0 }],
  ['from a place on', 'bytes=4-', { start: 4, end: 9 }],
  ['beyond the end', 'bytes=4-99', { start: 4, end: 9 }],
  ['the last bytes', 'bytes=-3', { start: 7, end: 9 }],
  ['more last bytes than there are', 'bytes=-99', { start: 0, end: 9 }],
  ['a beginning behind the end', 'bytes=10-', 'unsatisfiable'],
  ['no last bytes', 'bytes=-0', 'unsatisfiable'],
])('%s', (_case, header, range) => expect(byteRange(header, 10)).toEqual(range));
