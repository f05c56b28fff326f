import { expect, it } from 'vitest';
import {
  contentDisposition,
  safeContentType,
  safeName,
  withCharset,
} from '../../../src-main/matrix/media/disposition.js';

it.each([
  ['a picture is shown', 'image/png', 'a.png', 'inline; filename="a.png"'],
  ['a type with parameters is shown too', 'Text/Plain; charset=utf-8', undefined, 'inline'],
  ['a page is saved', 'text/html', 'a.html', 'attachment; filename="a.html"'],
  ['vector graphics are saved', 'image/svg+xml', undefined, 'attachment'],
  ['a name with spaces and semicolons is quoted', 'x/y', 'a b;c', 'attachment; filename="a b;c"'],
  ['quotes and backslashes are escaped', 'x/y', 'a"\\b', 'attachment; filename="a\\"\\\\b"'],
  ['other letters are encoded', 'x/y', '☕ (1)', "attachment; filename*=utf-8''%E2%98%95%20%281%29"],
])('%s', (_case, type, name, header) => expect(contentDisposition(type, name)).toBe(header));

it.each([
  ['a usual type stays', 'image/png', 'image/png'],
  ['parameters stay', 'text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
  ['nothing is bytes', undefined, 'application/octet-stream'],
  ['what is no type is bytes', 'picture', 'application/octet-stream'],
  ['letters outside of ASCII are bytes', 'image/pñg', 'application/octet-stream'],
  ['a very long type is bytes', `x/${'y'.repeat(300)}`, 'application/octet-stream'],
])('of content types: %s', (_case, given, type) => expect(safeContentType(given)).toBe(type));

it.each([
  ['control letters go', 'a\r\nb\u0000\u0085c', 'abc'],
  ['an empty name is none', '\u0007', undefined],
  ['no name is none', undefined, undefined],
  ['long names are cut, not through a pair', `${'a'.repeat(254)}😀`, `${'a'.repeat(254)}\ufffd`],
])('of names: %s', (_case, given, name) => expect(safeName(given)).toBe(name));

it.each([
  ['text/plain', 'text/plain; charset=UTF-8'],
  ['text/plain; charset=latin1', 'text/plain; charset=latin1'],
  ['image/png', 'image/png'],
])('serves %s as %s', (given, type) => expect(withCharset(given)).toBe(type));
