import type { Clock, Milliseconds } from '../../base/clock.js';
import { randomLetters } from '../../base/random.js';
import { invalidParam, notFound } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { RegistrationToken, RegistrationTokenStore } from './registration-tokens.store.js';

const MOST_LISTED = 10_000;
const DEFAULT_LENGTH = 16;
const MOST_LETTERS = 64;
const MOST_LABEL = 100;
const MOST_PEOPLE = 10_000;

/** What a new token is made of; what is left out is chosen, or not limited. */
export interface NewRegistrationToken {
  readonly token?: string | undefined;
  /** letters of a token that is chosen */
  readonly length?: number | undefined;
  readonly usesAllowed?: number | undefined;
  readonly expiresAt?: Milliseconds | undefined;
  /** whom it is for: cut at 100 letters */
  readonly label?: string | undefined;
}

/**
 * Invitations: with one of these tokens somebody may register though registration is not open to all.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#token-authenticated-registration
 */
export class RegistrationTokens {
  constructor(private readonly deps: { db: Database; store: RegistrationTokenStore; clock: Clock }) {}

  /** @throws MatrixError M_INVALID_PARAM for what is no token, or is one already */
  async create(given: NewRegistrationToken): Promise<RegistrationToken> {
    const { usesAllowed, expiresAt } = given;
    const token = given.token ?? randomLetters(checkLength(given.length ?? DEFAULT_LENGTH));
    checkGrammar(token);
    this.#checkLimits({ usesAllowed, expiresAt });
    const label = given.label?.trim().slice(0, MOST_LABEL) || undefined;
    const counts = { pending: 0, completed: 0 };
    const created = {
      token,
      usesAllowed,
      expiresAt,
      ...counts,
      createdAt: this.deps.clock.now(),
      label,
      revokedAt: undefined,
    };
    await this.deps.db.write(async (tx) => {
      if (!(await this.deps.store.insert(tx, created))) throw invalidParam('there is such a token already');
    });
    return created;
  }

  /** Newest first. */
  async list(): Promise<RegistrationToken[]> {
    return this.deps.store.list(this.deps.db, MOST_LISTED);
  }

  /** @throws MatrixError M_NOT_FOUND */
  async get(token: string): Promise<RegistrationToken> {
    const found = await this.deps.store.get(this.deps.db, token);
    if (!found) throw noSuchToken();
    return found;
  }

  /** Changes what is named; `null` takes a limit away. @throws MatrixError M_NOT_FOUND, M_INVALID_PARAM */
  async update(
    token: string,
    given: { usesAllowed?: number | null | undefined; expiresAt?: Milliseconds | null | undefined },
  ): Promise<RegistrationToken> {
    this.#checkLimits({ usesAllowed: given.usesAllowed ?? undefined, expiresAt: given.expiresAt ?? undefined });
    return this.deps.db.write(async (tx) => {
      const found = await this.deps.store.get(tx, token);
      if (!found) throw noSuchToken();
      const usesAllowed = given.usesAllowed === undefined ? found.usesAllowed : (given.usesAllowed ?? undefined);
      const expiresAt = given.expiresAt === undefined ? found.expiresAt : (given.expiresAt ?? undefined);
      const changed = { ...found, usesAllowed, expiresAt };
      await this.deps.store.update(tx, changed);
      return changed;
    });
  }

  /** Nobody can use it until it is restored; whoever is registering with it already may. @throws MatrixError M_NOT_FOUND */
  async revoke(token: string): Promise<void> {
    await this.#setRevoked(token, this.deps.clock.now());
  }

  /** It lets people in again, as far as its limits do. @throws MatrixError M_NOT_FOUND */
  async restore(token: string): Promise<void> {
    await this.#setRevoked(token, undefined);
  }

  async #setRevoked(token: string, at: Milliseconds | undefined): Promise<void> {
    await this.deps.db.write(async (tx) => {
      if (!(await this.deps.store.revoke(tx, token, at))) throw noSuchToken();
    });
  }

  /** Forgets it. @throws MatrixError M_NOT_FOUND */
  async delete(token: string): Promise<void> {
    await this.deps.db.write(async (tx) => {
      if (!(await this.deps.store.remove(tx, token))) throw noSuchToken();
    });
  }

  async isValid(token: string): Promise<boolean> {
    const found = await this.deps.store.get(this.deps.db, token);
    return found !== undefined && this.isUsable(found);
  }

  /** Whether one more may register with it. */
  isUsable({ usesAllowed, pending, completed, expiresAt, revokedAt }: RegistrationToken): boolean {
    if (revokedAt !== undefined) return false;
    if (expiresAt !== undefined && expiresAt <= this.deps.clock.now()) return false;
    return usesAllowed === undefined || pending + completed < usesAllowed;
  }

  /** Keeps a use for a registration that is under way. @returns false when there is none left */
  async reserve(tx: Transaction, token: string): Promise<boolean> {
    const found = await this.deps.store.get(tx, token);
    if (!found || !this.isUsable(found)) return false;
    await this.deps.store.count(tx, token, 1, 0);
    return true;
  }

  /** The registration did not come about. */
  async release(tx: Transaction, token: string): Promise<void> {
    await this.deps.store.count(tx, token, -1, 0);
  }

  /** The registration came about. */
  async complete(tx: Transaction, token: string, userId: UserId): Promise<void> {
    await this.deps.store.count(tx, token, -1, 1);
    await this.deps.store.came(tx, token, userId);
  }

  /** Who made their accounts with which of `tokens`; 10,000 people at most. */
  async whoCame(tokens: readonly string[]): Promise<ReadonlyMap<string, readonly UserId[]>> {
    return this.deps.store.whoCame(this.deps.db, tokens, MOST_PEOPLE);
  }

  #checkLimits({ usesAllowed, expiresAt }: { usesAllowed: number | undefined; expiresAt: number | undefined }): void {
    if (usesAllowed !== undefined && !(Number.isSafeInteger(usesAllowed) && usesAllowed >= 0)) {
      throw invalidParam('uses_allowed must be a non-negative integer or null');
    }
    if (expiresAt === undefined) return;
    if (!Number.isSafeInteger(expiresAt)) throw invalidParam('expiry_time must be an integer or null');
    if (expiresAt < this.deps.clock.now()) throw invalidParam('expiry_time must not be in the past');
  }
}

const noSuchToken = () => notFound('there is no such registration token');

function checkGrammar(token: string): void {
  if (!/^[A-Za-z0-9._~-]{1,64}$/.test(token)) {
    throw invalidParam('a token has 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -');
  }
}

function checkLength(length: number): number {
  if (Number.isSafeInteger(length) && length >= 1 && length <= MOST_LETTERS) return length;
  throw invalidParam(`length must be from 1 to ${MOST_LETTERS}`);
}
