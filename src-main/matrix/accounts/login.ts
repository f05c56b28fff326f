import type { Clock, Milliseconds } from '../../base/clock.js';
import { type JsonObject, stringAt } from '../../base/json.js';
import { randomToken } from '../../base/random.js';
import { sha256Base64Url } from '../../base/sha256.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import { forbidden, invalidParam, MatrixError } from '../../spec/errors.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { AccessTokens, IssuedTokens } from './access-tokens.js';
import type { Credentials } from './credentials.js';
import { checkDeviceId, checkDisplayName, type Devices } from './devices.js';
import type { ShortLivedTokenStore } from './short-lived-tokens.store.js';
import type { UserStore } from './users.store.js';

/** The client that is to be signed in. */
export interface NewSession {
  readonly deviceId: DeviceId | undefined;
  readonly displayName: string | undefined;
  /** it knows how to refresh its access token */
  readonly refreshable: boolean;
}

/** A client that is signed in. */
export interface Session extends IssuedTokens {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
}

/** How long a login token can be used. */
export const LOGIN_TOKEN_LIFETIME: Milliseconds = 120_000;

/**
 * Signing in and out.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#login
 */
export class Login {
  constructor(
    private readonly deps: {
      db: Database;
      credentials: Credentials;
      devices: Devices;
      tokens: AccessTokens;
      loginTokens: ShortLivedTokenStore;
      store: UserStore;
      /** sign-ins from one address, and to one account */
      limits: { readonly address: RateLimiter; readonly account: RateLimiter };
      clock: Clock;
      passwordsEnabled: boolean;
    },
  ) {}

  /** The ways to sign in here. */
  flows(): { type: string; get_login_token?: true }[] {
    const password = this.deps.passwordsEnabled ? [{ type: 'm.login.password' }] : [];
    return [...password, { type: 'm.login.token', get_login_token: true }];
  }

  /**
   * @param given the body of the request: its `type` decides what else is in it
   * @throws MatrixError M_FORBIDDEN for wrong credentials, M_USER_DEACTIVATED, M_USER_LOCKED, M_LIMIT_EXCEEDED;
   *   M_UNKNOWN for a type that is not known here; M_MISSING_PARAM and M_INVALID_PARAM for a body that makes no sense
   */
  async login(given: JsonObject, client: NewSession, address: string): Promise<Session> {
    checkDeviceId(client.deviceId);
    checkDisplayName(client.displayName);
    this.deps.limits.address.take(address);
    const type = stringAt(given, 'type');
    if (type === 'm.login.password') return this.#byPassword(given, client);
    if (type === 'm.login.token') return this.#byToken(given, client);
    throw new MatrixError(400, 'M_UNKNOWN', 'this way to sign in is not known here');
  }

  /** Signs a client in whose user is known: at the end of a registration, or of a login. */
  async begin(tx: Transaction, userId: UserId, { refreshable, ...device }: NewSession): Promise<Session> {
    const deviceId = await this.deps.devices.signIn(tx, userId, device);
    const issued = await this.deps.tokens.issue(tx, { userId, deviceId, refreshable });
    return { ...issued, userId, deviceId };
  }

  /** A token with which another client may sign in as the same user, once and soon. */
  async createLoginToken(userId: UserId): Promise<string> {
    const token = `hlt_${randomToken()}`;
    const expiresAt = this.deps.clock.now() + LOGIN_TOKEN_LIFETIME;
    await this.deps.db.write((tx) =>
      this.deps.loginTokens.insert(tx, { tokenHash: sha256Base64Url(token), userId, expiresAt }),
    );
    return token;
  }

  /** Signs out one session: its device is gone, and what belongs to it. */
  async logout(userId: UserId, deviceId: DeviceId | undefined, tokenId: number): Promise<void> {
    await this.deps.db.write(async (tx) => {
      if (deviceId !== undefined) await this.deps.devices.deleteIn(tx, userId, [deviceId]);
      await this.deps.tokens.revoke(tx, tokenId);
    });
  }

  async logoutAll(userId: UserId): Promise<void> {
    await this.deps.db.write((tx) => this.deps.devices.deleteAll(tx, userId));
  }

  async #byPassword(given: JsonObject, client: NewSession): Promise<Session> {
    if (!this.deps.passwordsEnabled) throw forbidden('nobody can sign in with a password here');
    const password = stringAt(given, 'password');
    if (password === undefined) throw invalidParam('password must be a string');
    const user = await this.deps.credentials.byPassword(given, password);
    if (!user) throw forbidden('wrong user name or password');
    return this.deps.db.write((tx) => this.#complete(tx, user.userId, client));
  }

  async #byToken(given: JsonObject, client: NewSession): Promise<Session> {
    const token = stringAt(given, 'token');
    if (token === undefined) throw invalidParam('token must be a string');
    return this.deps.db.write(async (tx) => {
      const found = await this.deps.loginTokens.take(tx, sha256Base64Url(token));
      if (!found || found.expiresAt <= this.deps.clock.now()) throw forbidden('the login token is not valid');
      return this.#complete(tx, found.userId, client);
    });
  }

  /** Reads the account again: it may have changed since the credentials were checked. */
  async #complete(tx: Transaction, userId: UserId, client: NewSession): Promise<Session> {
    const user = await this.deps.store.get(tx, userId);
    if (!user) throw forbidden('there is no such account');
    this.deps.limits.account.take(userId);
    if (user.isDeactivated) throw new MatrixError(403, 'M_USER_DEACTIVATED', 'this account is deactivated');
    if (user.isLocked) throw new MatrixError(401, 'M_USER_LOCKED', 'this account is locked', { soft_logout: true });
    return this.begin(tx, userId, client);
  }
}
