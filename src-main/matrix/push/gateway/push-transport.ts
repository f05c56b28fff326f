import type { Milliseconds } from '../../../base/clock.js';
import { isObject, type JsonObject } from '../../../base/json.js';

/** How notifications leave the house. */
export interface PushTransport {
  /**
   * Posts JSON to an address that somebody else chose.
   *
   * @returns the JSON object of a successful answer
   * @throws Error when there is no such answer; the signal's reason when it aborts
   */
  post(url: string, body: JsonObject, signal: AbortSignal): Promise<JsonObject>;
}

/** Requests as `net` makes them. */
export interface Fetching {
  fetch(request: {
    readonly url: string;
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly timeout: Milliseconds;
    readonly maxBytes: number;
    readonly signal: AbortSignal;
  }): Promise<{ readonly status: number; readonly body: Uint8Array }>;
}

const TIMEOUT: Milliseconds = 30_000;
const MOST_ANSWER = 64 * 1024;

/** Sends them to gateways. What gateways answer is bounded, and redirects are not followed. */
export const pushTransport = (outgoing: Fetching): PushTransport => ({
  async post(url, body, signal) {
    const { status, body: bytes } = await outgoing.fetch({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      timeout: TIMEOUT,
      maxBytes: MOST_ANSWER,
      signal,
    });
    if (status < 200 || status > 299) throw new Error(`the push gateway answered ${status}`);
    const answer: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (!isObject(answer)) throw new Error('the push gateway answered something else than an object');
    return answer;
  },
});
