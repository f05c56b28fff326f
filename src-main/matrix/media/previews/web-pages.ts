import type { Milliseconds } from '../../../base/clock.js';
import { type OutgoingHttp, OutgoingError, type OutgoingReply } from '../../../net/outgoing.js';
import { MatrixError } from '../../../spec/errors.js';
import { isForbidden, type UrlRule } from './url-rules.js';

/** What previews are made of. */
export interface WebPagesConfig {
  /** bytes */
  readonly maxSize: number;
  /** of an Accept-Language header */
  readonly languages: readonly string[];
  readonly forbidden: readonly UrlRule[];
}

const TIMEOUT: Milliseconds = 20_000;
const REDIRECTS = 5;
const MOST_LETTERS = 4_000;
const HOUR: Milliseconds = 3_600_000;
const WEEK: Milliseconds = 7 * 24 * HOUR;

/** Asks for pages and pictures that users name: within bounds, and never what the configuration forbids. */
export class WebPages {
  constructor(
    private readonly outgoing: OutgoingHttp,
    private readonly config: WebPagesConfig,
  ) {}

  /**
   * The address as it is asked for.
   *
   * @throws MatrixError M_UNKNOWN: 403 for a forbidden one, 400 for what is no address on the web
   */
  check(text: string, base?: string): URL {
    const url = text.length <= MOST_LETTERS && URL.canParse(text, base) ? new URL(text, base) : undefined;
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
      throw new MatrixError(400, 'M_UNKNOWN', 'only pages on the web can be previewed');
    }
    if (isForbidden(this.config.forbidden, url)) throw new MatrixError(403, 'M_UNKNOWN', 'this address is not asked');
    url.hash = '';
    return url;
  }

  /**
   * @param accept what kinds of content are wanted
   * @throws MatrixError M_UNKNOWN: 403 for denied addresses, 502 when there is no answer, or a bad one
   */
  async fetch(url: URL, accept: string): Promise<OutgoingReply> {
    const { maxSize, languages } = this.config;
    const headers = { accept, ...(languages.length > 0 && { 'accept-language': languages.join(', ') }) };
    const mayFollow = (next: URL) => !isForbidden(this.config.forbidden, next);
    const request = { url: url.href, headers, timeout: TIMEOUT, maxBytes: maxSize, redirects: REDIRECTS, mayFollow };
    const reply = await this.outgoing.fetch(request).catch((error: unknown) => {
      throw error instanceof OutgoingError ? refusal(error) : error;
    });
    if (reply.status === 200) return reply;
    throw new MatrixError(502, 'M_UNKNOWN', `the page answered with status ${reply.status}`);
  }
}

const refusal = (error: OutgoingError): MatrixError =>
  error.kind === 'denied'
    ? new MatrixError(403, 'M_UNKNOWN', 'this address is not asked')
    : new MatrixError(502, 'M_UNKNOWN', `the page could not be fetched: ${error.message}`);

/** How long an answer may be kept: as it says, between an hour and a week. */
export function lifetimeOf({ headers }: Pick<OutgoingReply, 'headers'>): Milliseconds {
  const seconds = Number(/(?:^|[\s,])max-age=(\d{1,9})/i.exec(headers['cache-control'] ?? '')?.[1] ?? 0);
  return Math.min(Math.max(seconds * 1000, HOUR), WEEK);
}

/** Its content type without parameters, in lower case. */
export const typeOf = ({ headers }: Pick<OutgoingReply, 'headers'>): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
