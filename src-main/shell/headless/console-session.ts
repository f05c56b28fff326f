import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock, Milliseconds } from '../../base/clock.js';
import { randomToken } from '../../base/random.js';

const HOUR = 60 * 60 * 1000;
/** A session ends after so long without a request, and after so long at all. */
const LONGEST_IDLE: Milliseconds = 12 * HOUR;
const LONGEST_LIFE: Milliseconds = 7 * 24 * HOUR;
const MOST_SESSIONS = 16;

interface Session {
  readonly hash: Buffer;
  readonly createdAt: Milliseconds;
  lastUsed: Milliseconds;
}

/**
 * Who may use the console in a browser: whoever brings the key of the current one-time link gets a session. Keys and
 * sessions are 32 random bytes, kept as hashes, compared in constant time, gone when the program ends.
 */
export class ConsoleSessions {
  #keyHash: Buffer | undefined;
  readonly #sessions: Session[] = [];

  constructor(
    private readonly clock: Clock,
    /** called with each new key: where the next link is written down */
    private readonly onKey: (key: string) => void,
  ) {
    this.renewKey();
  }

  /** Makes a new key; the one before it opens nothing any more. */
  renewKey(): void {
    const key = randomToken();
    this.#keyHash = hash(key);
    this.onKey(key);
  }

  /** Trades the key of the link, once, for a session's secret; undefined when it is wrong or was used. */
  exchange(key: string): string | undefined {
    if (!this.#keyHash || !timingSafeEqual(this.#keyHash, hash(key))) return undefined;
    const secret = randomToken();
    const now = this.clock.now();
    this.#sessions.push({ hash: hash(secret), createdAt: now, lastUsed: now });
    if (this.#sessions.length > MOST_SESSIONS) this.#sessions.shift();
    this.renewKey();
    return secret;
  }

  /** True for the secret of a session that still lives; using it keeps it alive. */
  isOpen(secret: string | undefined): boolean {
    if (secret === undefined) return false;
    const now = this.clock.now();
    const wanted = hash(secret);
    const session = this.#sessions.find((candidate) => timingSafeEqual(candidate.hash, wanted));
    if (!session || now - session.lastUsed > LONGEST_IDLE || now - session.createdAt > LONGEST_LIFE) return false;
    session.lastUsed = now;
    return true;
  }

  close(secret: string): void {
    const closing = hash(secret);
    const index = this.#sessions.findIndex((candidate) => timingSafeEqual(candidate.hash, closing));
    if (index >= 0) this.#sessions.splice(index, 1);
  }
}

const hash = (secret: string): Buffer => createHash('sha256').update(secret).digest();
