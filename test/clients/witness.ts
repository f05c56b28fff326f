import type { Logger } from 'matrix-js-sdk/lib/logger.js';
import { vi } from 'vitest';

const silent = () => undefined;

/** What a client has to say of itself is not wanted in the output of tests. */
export const quiet: Logger = {
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  getChild: () => quiet,
};

// Parts of the SDK write past the logger that they were given.
for (const level of ['debug', 'info', 'log', 'warn', 'error'] as const)
  vi.spyOn(console, level).mockImplementation(silent);

/** Calls of the clients that this server does not know, on purpose. */
const NOT_SERVED = [
  // Video calls of many come with their own issue; clients ask without knowing whether there are any.
  '/_matrix/client/unstable/org.matrix.msc4143/rtc/transports',
];

/** The network of a client. Sees all answers, and remembers those that say that the server lacks or broke something. */
export class Witness {
  /** such as `500 GET /_matrix/client/v3/sync`, each once */
  readonly stumbles = new Set<string>();

  #cut = Promise.withResolvers<never>();
  #isCut = false;

  readonly fetch: typeof fetch = async (input, init) => {
    if (this.#isCut) throw new TypeError('fetch failed');
    const response = await Promise.race([fetch(input, init), this.#cut.promise]);
    if (response.status >= 400) this.#note(response.status, input, init, await response.clone().text());
    return response;
  };

  /** Loses the network: what is under way fails, and so does all that comes. */
  unplug(): void {
    this.#isCut = true;
    this.#cut.promise.catch(silent);
    this.#cut.reject(new TypeError('fetch failed'));
  }

  plugIn(): void {
    this.#cut = Promise.withResolvers();
    this.#isCut = false;
  }

  #note(status: number, input: string | URL | Request, init: RequestInit | undefined, text: string): void {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const line = `${status} ${init?.method ?? 'GET'} ${pathname}`;
    if (process.env['HEARTH_CLIENT_LOG']) process.stderr.write(`${line} ${text}\n`);
    const isLacking = status >= 500 || text.includes('M_UNRECOGNIZED');
    if (isLacking && !NOT_SERVED.includes(pathname)) this.stumbles.add(line);
  }
}
