import { isUtf8 } from 'node:buffer';

/** Types that browsers may show by themselves: none of them can run a script. @see https://spec.matrix.org/v1.19/client-server-api/#serving-inline-content */
const INLINE: ReadonlySet<string> = new Set([
  'text/css',
  'text/plain',
  'text/csv',
  'application/json',
  'application/ld+json',
  'image/jpeg',
  'image/gif',
  'image/png',
  'image/apng',
  'image/webp',
  'image/avif',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
  'audio/mp4',
  'audio/webm',
  'audio/aac',
  'audio/mpeg',
  'audio/ogg',
  'audio/wave',
  'audio/wav',
  'audio/x-wav',
  'audio/x-pn-wav',
  'audio/flac',
  'audio/x-flac',
]);

const MOST_LETTERS = 255;

/** The Content-Disposition of a download: shown or saved, and under which name. */
export function contentDisposition(contentType: string, name: string | undefined): string {
  const kind = INLINE.has(bareType(contentType)) ? 'inline' : 'attachment';
  return name === undefined ? kind : `${kind}; ${filename(name)}`;
}

/**
 * A Content-Type that can go into a header.
 *
 * @param given as the uploader sent it
 */
export function safeContentType(given: string | undefined): string {
  if (given === undefined || given.length > MOST_LETTERS) return 'application/octet-stream';
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+( *;[\x20-\x7e]*)?$/.test(given) ? given : 'application/octet-stream';
}

/** A name for a file without what could break a header or a terminal; undefined when nothing is left. */
export function safeName(given: string | undefined): string | undefined {
  const name = given
    ?.toWellFormed()
    .replace(/\p{Cc}/gu, '')
    .slice(0, MOST_LETTERS)
    .toWellFormed();
  return name === '' ? undefined : name;
}

/** Text is UTF-8 unless its type says otherwise: browsers would guess. */
export const withCharset = (contentType: string): string =>
  /^text\//i.test(contentType) && !/charset=/i.test(contentType) ? `${contentType}; charset=UTF-8` : contentType;

const bareType = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

/** @see https://www.rfc-editor.org/rfc/rfc6266#section-4.1 */
function filename(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return `filename="${name.replace(/["\\]/g, '\\$&')}"`;
  const encoded = encodeURIComponent(name).replace(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename*=utf-8''${encoded}`;
}

/**
 * The name of the file that a Content-Disposition tells; the one in UTF-8 before the other.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6266#section-4.1
 */
export function nameIn(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 4096) return undefined;
  const encoded = /;\s*filename\*=utf-8'[^';]*'([^;\s]*)/i.exec(header)?.[1];
  if (encoded !== undefined && /^(?:[^%]|%[0-9a-f]{2})*$/i.test(encoded)) return decodeLoosely(encoded);
  const [, quoted, bare] = /;\s*filename=(?:"((?:[^"\\]|\\.)*)"|([^;"]*))/i.exec(header) ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? bare?.trim();
}

/** What is no UTF-8 counts for no name. */
function decodeLoosely(encoded: string): string | undefined {
  const bytes = Buffer.from(
    encoded.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
