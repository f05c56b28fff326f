import type { Clock, Milliseconds } from '../../base/clock.js';
import { randomToken } from '../../base/random.js';
import { sha256Base64Url } from '../../base/sha256.js';
import { unknownToken } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { ShortLivedTokenStore } from './short-lived-tokens.store.js';

/** How long such a token can be used. */
export const OPENID_LIFETIME: Milliseconds = 3_600_000;

/**
 * Tokens that prove to somebody else, a call server perhaps, who a user is; they are good for nothing else.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#openid
 */
export class OpenId {
  constructor(private readonly deps: { db: Database; store: ShortLivedTokenStore; clock: Clock }) {}

  async issue(userId: UserId): Promise<string> {
    const token = `hot_${randomToken()}`;
    const expiresAt = this.deps.clock.now() + OPENID_LIFETIME;
    await this.deps.db.write((tx) =>
      this.deps.store.insert(tx, { tokenHash: sha256Base64Url(token), userId, expiresAt }),
    );
    return token;
  }

  /** Whom a token is for. @throws MatrixError M_UNKNOWN_TOKEN */
  async owner(token: string): Promise<UserId> {
    const found = await this.deps.store.get(this.deps.db, sha256Base64Url(token));
    if (!found || found.expiresAt <= this.deps.clock.now()) throw unknownToken('the token is unknown or expired');
    return found.userId;
  }
}
