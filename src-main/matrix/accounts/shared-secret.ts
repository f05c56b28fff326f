import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Cache, Caches } from '../../base/caches.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import { randomToken } from '../../base/random.js';
import { MatrixError } from '../../spec/errors.js';

const NONCE_LIFETIME: Milliseconds = 60_000;

/** What the one who knows the secret asks for. */
export interface SharedSecretRequest {
  readonly nonce: string;
  readonly username: string;
  readonly password: string;
  readonly isAdmin: boolean;
  readonly userType: string | undefined;
  /** hexadecimal HMAC-SHA1 over the fields above, parted by NUL */
  readonly mac: string;
}

/**
 * Lets whoever knows the configuration's `registration_shared_secret` make accounts, administrators too: the protocol
 * of Synapse's `register_new_matrix_user`. Each request needs a nonce, good for one use within a minute.
 */
export class SharedSecret {
  readonly #nonces: Cache<string, Milliseconds>;

  constructor(private readonly deps: { secret: string | undefined; clock: Clock; caches: Caches }) {
    this.#nonces = deps.caches.lru('nonces', { share: 0.002, entryBytes: 150, isOnlyCopy: true });
  }

  /** @throws MatrixError when there is no secret */
  nonce(): string {
    this.requireSecret();
    const nonce = randomToken();
    this.#nonces.set(nonce, this.deps.clock.now() + NONCE_LIFETIME);
    return nonce;
  }

  /** @throws MatrixError when there is no secret */
  requireSecret(): string {
    const { secret } = this.deps;
    if (secret === undefined) throw new MatrixError(400, 'M_UNKNOWN', 'Shared secret registration is not enabled');
    return secret;
  }

  /** Takes the nonce, right or wrong as the rest of the request may be. @throws MatrixError for one that does not count */
  useNonce(nonce: string): void {
    const expiresAt = this.#nonces.get(nonce);
    this.#nonces.delete(nonce);
    if (expiresAt === undefined || expiresAt <= this.deps.clock.now()) {
      throw new MatrixError(400, 'M_UNKNOWN', 'unrecognised nonce');
    }
  }

  /** @throws MatrixError when the MAC was not made with the secret */
  checkMac({ nonce, username, password, isAdmin, userType, mac }: SharedSecretRequest): void {
    const fields = [nonce, username, password, isAdmin ? 'admin' : 'notadmin'];
    if (userType !== undefined) fields.push(userType);
    const expected = createHmac('sha1', this.requireSecret()).update(fields.join('\0')).digest();
    const given = Buffer.from(mac, 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new MatrixError(403, 'M_UNKNOWN', 'HMAC incorrect');
    }
  }
}
