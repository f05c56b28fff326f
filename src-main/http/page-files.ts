import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

/** One file of the built pages with the headers it is served with. */
export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Where pages may connect to: nowhere in the desktop app (they speak IPC), to their own origin in a browser. */
export type Connect = "'none'" | "'self'";

/** Nothing but our own files, no inline code, no frames, no forms. */
export const contentSecurityPolicy = (connect: Connect): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');

/** Headers that pages carry, and refusals in their place. */
export const protectiveHeaders = (connect: Connect): Record<string, string> => ({
  'content-security-policy': contentSecurityPolicy(connect),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
});

/**
 * Reads one file of the built pages.
 *
 * @param folder where they lie
 * @param pathname path of the URL, still percent-encoded; `/` is the start page
 * @returns undefined for what is not there, lies outside the folder or has a type that we do not serve
 */
export async function readPageFile(folder: string, pathname: string, connect: Connect): Promise<PageFile | undefined> {
  const path = pathWithin(pathname);
  const type = path && TYPES[extname(path)];
  if (!path || !type) return undefined;
  const body = await readFile(join(folder, path)).catch(() => undefined);
  if (!body) return undefined;
  const isHashed = path.startsWith(`assets${sep}`);
  const caching = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache';
  return {
    body: new Uint8Array(body),
    headers: { ...protectiveHeaders(connect), 'content-type': type, 'cache-control': caching },
  };
}

function pathWithin(pathname: string): string | undefined {
  const decoded = decode(pathname === '/' ? '/index.html' : pathname);
  if (decoded === undefined || decoded.includes('\0') || decoded.includes('\\')) return undefined;
  if (decoded.split('/').includes('..')) return undefined;
  const path = normalize(decoded.replace(/^\/+/, ''));
  return path.startsWith('..') || path.startsWith(sep) ? undefined : path;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
