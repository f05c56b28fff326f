import { Reply } from '../../http/endpoint.js';
import { notFound } from '../../spec/errors.js';
import type { FileStore } from '../../storage/file-store.js';
import { byteRange } from './byte-range.js';
import { contentDisposition, withCharset } from './disposition.js';

/** A file with what its receiver is told of it. */
export interface Download {
  readonly hash: string;
  /** bytes */
  readonly size: number;
  readonly contentType: string;
  readonly name: string | undefined;
}

/** What the receiver asked for beside the file. */
export interface DownloadRequest {
  /** a token was needed: no cache that others use may keep it */
  readonly isPrivate: boolean;
  header(name: string): string | undefined;
}

/** Whatever the file holds, a browser runs nothing of it and asks nobody else for anything. */
const SANDBOX: Readonly<Record<string, string>> = {
  'content-security-policy':
    "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; style-src 'unsafe-inline'; media-src 'self'; object-src 'self';",
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow, noarchive, noimageindex',
};
const DAY = 86_400;

/**
 * Answers with a file, or with the part of it that was asked for.
 *
 * @throws MatrixError M_NOT_FOUND when the file is gone
 * @see https://spec.matrix.org/v1.19/client-server-api/#content-repository
 */
export async function download(files: FileStore, file: Download, request: DownloadRequest): Promise<Reply> {
  const headers = {
    ...SANDBOX,
    'accept-ranges': 'bytes',
    'cache-control': `${request.isPrivate ? 'private' : 'public'}, immutable, max-age=${DAY}`,
    'content-disposition': contentDisposition(file.contentType, file.name),
    'content-type': withCharset(file.contentType),
    etag: `"${file.hash}"`,
  };
  if (isKnown(request.header('if-none-match'), headers.etag)) return new Reply(304, undefined, headers);
  const wanted = request.header('if-range') === undefined || request.header('if-range') === headers.etag;
  const range = wanted ? byteRange(request.header('range'), file.size) : undefined;
  if (range === 'unsatisfiable') {
    return new Reply(416, undefined, { ...SANDBOX, 'content-range': `bytes */${file.size}` });
  }
  const outflow = await files.open(file.hash, range ?? { start: 0, end: file.size - 1 });
  if (!outflow) throw notFound('this media is gone');
  if (!range) return new Reply(200, outflow, { ...headers, 'content-length': String(file.size) });
  return new Reply(206, outflow, {
    ...headers,
    'content-length': String(range.end - range.start + 1),
    'content-range': `bytes ${range.start}-${range.end}/${file.size}`,
  });
}

const isKnown = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag));
