import type { Cache, Caches } from '../../base/caches.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import { isObject, stringAt } from '../../base/json.js';
import { OutgoingError, type OutgoingHttp, type OutgoingReply } from '../../net/outgoing.js';
import { JsonTextError, parseJson } from '../../spec/json-text.js';
import { parseServerName } from '../../spec/server-name.js';

const MINUTE: Milliseconds = 60_000;
const HOUR = 60 * MINUTE;
/** How long an answer is kept: as it says, a day when it says nothing, within these bounds. */
const SHORTEST = 5 * MINUTE;
const USUAL = 24 * HOUR;
const LONGEST = 48 * HOUR;
/** A site that has no such file, or a wrong one. */
const NONE_KEPT = HOUR;
/** A site that could not be asked. */
const FAILURE_KEPT = 2 * MINUTE;
const MAX_BYTES = 50 * 1024;
const MOST_REDIRECTS = 5;
const PATIENCE: Milliseconds = 10_000;

interface Kept {
  /** where the server is; undefined: nothing is said */
  readonly delegate: string | undefined;
  /** when to ask again, and until when to go on with it if nobody answers then */
  readonly until: Milliseconds;
  readonly atMost: Milliseconds;
}

export interface ServerWellKnownDeps {
  readonly outgoing: Pick<OutgoingHttp, 'fetch'>;
  readonly caches: Caches;
  readonly clock: Clock;
}

/**
 * What `.well-known/matrix/server` of a name says.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#getwell-knownmatrixserver
 */
export class ServerWellKnown {
  readonly #kept: Cache<string, Kept>;
  readonly #asking = new Map<string, Promise<string | undefined>>();

  constructor(private readonly deps: ServerWellKnownDeps) {
    this.#kept = deps.caches.lru('delegations of servers', { share: 0.002, entryBytes: 400 });
  }

  /** The server name that `host` delegates to; undefined when it says nothing that could be used. Never throws. */
  delegateOf(host: string): Promise<string | undefined> {
    const name = host.toLowerCase();
    const known = this.#kept.get(name);
    const now = this.deps.clock.now();
    if (known && known.until > now && known.until <= now + LONGEST) return Promise.resolve(known.delegate);
    const running = this.#asking.get(name);
    if (running) return running;
    const asking = this.#ask(name, known).finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    return asking;
  }

  /** Forgets what `host` said: it is asked anew. */
  forget(host: string): void {
    this.#kept.delete(host.toLowerCase());
  }

  async #ask(name: string, before: Kept | undefined): Promise<string | undefined> {
    const found = await this.#fetch(name);
    const now = this.deps.clock.now();
    const kept = found === 'failed' ? stillGood(before, now) : found;
    this.#kept.set(name, kept);
    return kept.delegate;
  }

  async #fetch(name: string): Promise<Kept | 'failed'> {
    try {
      const reply = await this.deps.outgoing.fetch({
        url: `https://${name}/.well-known/matrix/server`,
        redirects: MOST_REDIRECTS,
        maxBytes: MAX_BYTES,
        timeout: PATIENCE,
      });
      if (reply.status >= 500) return 'failed';
      return this.#read(reply);
    } catch (error) {
      if (!(error instanceof OutgoingError)) throw error;
      // What is too large or leads in circles is wrong, and stays wrong for a while.
      if (error.kind === 'too-large' || error.kind === 'redirects') return nothing(this.deps.clock.now(), NONE_KEPT);
      return 'failed';
    }
  }

  #read({ status, headers, body }: OutgoingReply): Kept {
    const now = this.deps.clock.now();
    const delegate = status === 200 ? delegateIn(body) : undefined;
    if (delegate === undefined) return nothing(now, NONE_KEPT);
    const kept = Math.min(LONGEST, Math.max(SHORTEST, lifetimeOf(headers, now) ?? USUAL));
    return { delegate, until: now + kept, atMost: now + Math.max(kept, LONGEST) };
  }
}

const nothing = (now: Milliseconds, kept: Milliseconds): Kept => ({
  delegate: undefined,
  until: now + kept,
  atMost: now + kept,
});

/** A site that is down for a while does not move its server. */
const stillGood = (before: Kept | undefined, now: Milliseconds): Kept =>
  before && before.atMost > now ? { ...before, until: now + FAILURE_KEPT } : nothing(now, FAILURE_KEPT);

/** The server name in such a file; undefined when it is no such file. */
export function delegateIn(body: Buffer): string | undefined {
  try {
    const { value } = parseJson(body.toString('utf8'));
    const delegate = isObject(value) ? stringAt(value, 'm.server') : undefined;
    return delegate !== undefined && parseServerName(delegate) ? delegate : undefined;
  } catch (error) {
    if (error instanceof JsonTextError) return undefined;
    throw error;
  }
}

/** By Cache-Control, else by Expires; undefined when neither says anything. */
function lifetimeOf(headers: OutgoingReply['headers'], now: Milliseconds): Milliseconds | undefined {
  const control = headers['cache-control']?.toLowerCase() ?? '';
  if (/\bno-(?:cache|store)\b/.test(control)) return 0;
  const seconds = /\bmax-age\s*=\s*"?(\d{1,9})/.exec(control)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1000;
  const expires = headers['expires'];
  const at = expires === undefined ? Number.NaN : Date.parse(expires);
  if (expires === undefined) return undefined;
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
