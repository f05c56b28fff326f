import { createHash, randomBytes } from 'node:crypto';
import { compare, getRounds, hash } from 'bcrypt';
import { Semaphore } from '../../base/semaphore.js';
import { MatrixError } from '../../spec/errors.js';

/** What passwords are hashed with. */
export interface PasswordSettings {
  /** bcrypt cost: each step doubles the work */
  readonly rounds: number;
  /** a secret of the server that goes into every hash; empty for none */
  readonly pepper: string;
}

/** bcrypt reads 72 bytes; up to here it sees that nothing follows. */
const MOST_BYTES = 71;
/** Stands before hashes of what was too long for bcrypt and therefore hashed before. */
const PREHASHED = 'sha256:';
/** The pool of threads that hashes also syncs the disk, and it has four of them. */
const AT_ONCE = 2;
const MOST_WAITING = 256;
const RETRY_AFTER = 2000;

/**
 * Hashes passwords and checks them: bcrypt over the NFKC form of the password with the pepper behind it, as Synapse
 * does, so that its hashes verify here. What is too long for bcrypt's 72 bytes is hashed with SHA-256 first, and its hash says so.
 */
export class Passwords {
  readonly #places = new Semaphore(AT_ONCE);
  #waiting = 0;

  constructor(private readonly settings: PasswordSettings) {}

  /** @throws MatrixError M_LIMIT_EXCEEDED when too many wait already */
  async hash(password: string): Promise<string> {
    const { bytes, isLong } = this.#input(password);
    const hashed = await this.#inTurn(() => hash(isLong ? prehash(bytes) : bytes, this.settings.rounds));
    return isLong ? PREHASHED + hashed : hashed;
  }

  /**
   * Whether `password` is the one that `stored` was made of. Without a `stored` it takes as long and says no, so that
   * nobody learns from the time whether there is such an account.
   *
   * @throws MatrixError M_LIMIT_EXCEEDED when too many wait already
   */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    const { bytes } = this.#input(password);
    const isPrehashed = stored?.startsWith(PREHASHED) === true;
    const input = isPrehashed ? prehash(bytes) : bytes;
    const against = stored === undefined ? this.#nobodys() : stored.slice(isPrehashed ? PREHASHED.length : 0);
    const matches = await this.#inTurn(() => compare(input, against));
    return matches && stored !== undefined;
  }

  /** Whether `stored` was made with less work than is asked for today. */
  isOutdated(stored: string): boolean {
    return getRounds(stored.replace(PREHASHED, '')) < this.settings.rounds;
  }

  #input(password: string): { bytes: Buffer; isLong: boolean } {
    const bytes = Buffer.from(password.normalize('NFKC') + this.settings.pepper, 'utf8');
    return { bytes, isLong: bytes.length > MOST_BYTES };
  }

  /** Of the right form and cost, and of no password: its last part is chance. */
  #nobodys(): string {
    const rounds = String(this.settings.rounds).padStart(2, '0');
    const letters = randomBytes(53).map((byte) => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ'.charCodeAt(byte % 36));
    return `$2b$${rounds}$${Buffer.from(letters).toString('latin1')}`;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MOST_WAITING) {
      throw new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too many people sign in at this moment', {
        retry_after_ms: RETRY_AFTER,
      });
    }
    this.#waiting += 1;
    try {
      return await this.#places.run(work);
    } finally {
      this.#waiting -= 1;
    }
  }
}

/** 44 characters, none of them NUL. */
const prehash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64');
