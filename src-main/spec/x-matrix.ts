import type { JsonObject, JsonValue } from '../base/json.js';
import type { ServerName } from './ids.js';
import { isServerName } from './server-name.js';

/** What a server says of itself in the Authorization header of a request. */
export interface XMatrix {
  readonly origin: ServerName;
  /** absent from servers older than v1.3 */
  readonly destination: ServerName | undefined;
  /** `ed25519:<version>` */
  readonly keyId: string;
  /** unpadded base64 */
  readonly signature: string;
}

/** Longest header that is read. */
const MAX_LENGTH = 4096;

/**
 * Reads `X-Matrix origin="…",destination="…",key="…",sig="…"` as servers really send it: names in any case and order,
 * values quoted or bare (also with the colons and slashes that only quotes allow), white space anywhere between, unknown
 * names left aside.
 *
 * @returns undefined when the header is none of that, or lacks origin, key or sig
 * @see https://spec.matrix.org/v1.19/server-server-api/#request-authentication
 */
export function parseXMatrix(header: string): XMatrix | undefined {
  const [start] = /^\s*X-Matrix\s+/i.exec(header) ?? [];
  if (start === undefined || header.length > MAX_LENGTH) return undefined;
  const params = parseParams(header.slice(start.length).trimEnd());
  const origin = params?.get('origin');
  const keyId = params?.get('key');
  const signature = params?.get('sig');
  const destination = params?.get('destination');
  if (origin === undefined || keyId === undefined || signature === undefined) return undefined;
  if (!isServerName(origin) || (destination !== undefined && !isServerName(destination))) return undefined;
  return { origin, destination, keyId, signature };
}

/** The header for a request of ours; all values quoted, which old servers read too. */
export function writeXMatrix({ origin, destination, keyId, signature }: XMatrix): string {
  const params = [
    ['origin', origin],
    ['destination', destination],
    ['key', keyId],
    ['sig', signature],
  ];
  const written = params.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${escaped(value)}"`]));
  return `X-Matrix ${written.join(',')}`;
}

/** A request between servers, as its signature covers it. */
export interface SignedRequest {
  readonly method: string;
  /** path and query as sent, percent-encoding and all */
  readonly uri: string;
  readonly origin: ServerName;
  readonly destination: ServerName;
  /** the JSON body; undefined where there is none */
  readonly content?: JsonValue | undefined;
}

/** The object that `signJson` and `verifyJson` sign and check for a request. */
export function requestObject({ method, uri, origin, destination, content }: SignedRequest): JsonObject {
  return { method, uri, origin, destination, content };
}

const PARAM = /\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))\s*(?:,|$)|\s*,/y;

/** Values by name in lower case; undefined when a part cannot be read. Where a name comes twice, the first counts. */
function parseParams(text: string): Map<string, string> | undefined {
  const params = new Map<string, string>();
  PARAM.lastIndex = 0;
  while (PARAM.lastIndex < text.length) {
    const match = PARAM.exec(text);
    if (!match) return undefined;
    const [, name, quoted, bare = ''] = match;
    const key = name?.toLowerCase();
    if (key !== undefined && !params.has(key)) params.set(key, quoted?.replace(/\\(.)/g, '$1') ?? bare);
  }
  return params;
}

const escaped = (value: string): string => value.replace(/["\\]/g, '\\$&');
