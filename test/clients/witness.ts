import { logger, type Logger } from 'matrix-js-sdk/lib/logger.js';

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

const root = logger as unknown as { methodFactory: () => () => void; rebuild(): void };
root.methodFactory = () => silent;
root.rebuild();

/** Calls of the clients that this server does not know, on purpose. */
const NOT_SERVED = [
  // Video calls of many come with their own issue; clients ask without knowing whether there are any.
  '/_matrix/client/unstable/org.matrix.msc4143/rtc/transports',
];

/** Sees all answers that a client gets, and remembers those that say that the server lacks or broke something. */
export class Witness {
  /** such as `500 GET /_matrix/client/v3/sync`, each once */
  readonly stumbles = new Set<string>();

  readonly fetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (response.status >= 400) this.note(response.status, input, init, await response.clone().text());
    return response;
  };

  note(status: number, input: string | URL | Request, init: RequestInit | undefined, text: string): void {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const line = `${status} ${init?.method ?? 'GET'} ${pathname}`;
    if (process.env['HEARTH_CLIENT_LOG']) console.log(line, text);
    const isLacking = status >= 500 || text.includes('M_UNRECOGNIZED');
    if (isLacking && !NOT_SERVED.includes(pathname)) this.stumbles.add(line);
  }
}
