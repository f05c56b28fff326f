import { type JsonObject, objectAt, stringAt } from '../../base/json.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import { invalidParam, missingParam } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { MOST_PASSWORD_LETTERS } from './password-policy.js';
import type { Passwords } from './passwords.js';
import { parsePhoneNumber } from './third-party/addresses.js';
import type { ThirdPartyIds } from './third-party-ids.js';
import type { Users } from './users.js';
import type { User, UserStore } from './users.store.js';

const MOST_KEY_LETTERS = 300;

/** Says whose account an identifier and a password are for. Used for signing in and for proving who one is later. */
export class Credentials {
  constructor(
    private readonly deps: {
      db: Database;
      store: UserStore;
      users: Users;
      thirdPartyIds: ThirdPartyIds;
      passwords: Passwords;
      /** counts wrong passwords for each account */
      failures: RateLimiter;
    },
  ) {}

  /**
   * The account that `given` names, if the password is its. A deactivated account has no password any more: it is
   * returned for any, and the caller refuses it.
   *
   * @param given has an `identifier`, or `user`, or `medium` and `address`, as older clients send them
   * @throws MatrixError M_MISSING_PARAM, M_INVALID_PARAM when it names nobody in a way we understand;
   *   M_LIMIT_EXCEEDED after too many wrong passwords
   * @see https://spec.matrix.org/v1.19/client-server-api/#identifier-types
   */
  async byPassword(given: JsonObject, password: string): Promise<User | undefined> {
    const identifier = identifierOf(given);
    const user = await this.#find(identifier);
    if (user?.isDeactivated) return user;
    const account = user?.userId ?? JSON.stringify(identifier).slice(0, MOST_KEY_LETTERS).toLowerCase();
    this.deps.failures.check(account);
    const isRight = await this.#isRight(password, user?.passwordHash);
    // Others may have guessed wrong meanwhile: an answer to this one too would be a guess too many.
    this.deps.failures.check(account);
    if (!isRight) {
      this.deps.failures.take(account);
      return undefined;
    }
    if (user?.passwordHash && this.deps.passwords.isOutdated(user.passwordHash)) await this.#rehash(user, password);
    return user;
  }

  async #isRight(password: string, hash: string | undefined): Promise<boolean> {
    if (password.length > MOST_PASSWORD_LETTERS) return this.deps.passwords.verify('', undefined);
    return this.deps.passwords.verify(password, hash);
  }

  async #find(identifier: JsonObject): Promise<User | undefined> {
    const type = stringAt(identifier, 'type');
    if (type === 'm.id.user') return this.#byName(stringAt(identifier, 'user'));
    if (type === 'm.id.thirdparty')
      return this.#byAddress(stringAt(identifier, 'medium'), stringAt(identifier, 'address'));
    if (type === 'm.id.phone') return this.#byPhone(identifier);
    throw invalidParam('this type of identifier is not known here');
  }

  async #byName(name: string | undefined): Promise<User | undefined> {
    if (!name) throw invalidParam('the identifier has no user');
    const userId = name.startsWith('@') ? (name as UserId) : this.deps.users.idOf(name);
    if (!this.deps.users.isLocal(userId)) return undefined;
    const exact = await this.deps.users.get(userId);
    if (exact) return exact;
    const localpart = userId.slice(1, userId.indexOf(':')).toLowerCase();
    return this.deps.users.get(this.deps.users.idOf(localpart));
  }

  async #byAddress(medium: string | undefined, address: string | undefined): Promise<User | undefined> {
    if (!medium || !address) throw invalidParam('the identifier has no medium or no address');
    const userId = await this.deps.thirdPartyIds.owner(medium, address);
    return userId && this.deps.users.get(userId);
  }

  /** Clients of old wrote `number` for `phone`. */
  async #byPhone(identifier: JsonObject): Promise<User | undefined> {
    const country = stringAt(identifier, 'country');
    const phone = stringAt(identifier, 'phone') ?? stringAt(identifier, 'number');
    if (country === undefined || phone === undefined) throw invalidParam('the identifier has no country or no phone');
    const number = parsePhoneNumber(country, phone);
    if (number === undefined) throw invalidParam('this is not a phone number of this country');
    return this.#byAddress('msisdn', number);
  }

  /** The moment when the password is at hand is the moment to hash it with today's cost. */
  async #rehash(user: User, password: string): Promise<void> {
    const hash = await this.deps.passwords.hash(password);
    await this.deps.db.write(async (tx) => {
      const current = await this.deps.store.get(tx, user.userId);
      if (current?.passwordHash !== user.passwordHash) return;
      await this.deps.store.setPasswordHash(tx, user.userId, hash);
      await this.deps.users.changed(tx, user.userId);
    });
  }
}

/** Today's `identifier`, or one made of what older clients send instead. */
function identifierOf(given: JsonObject): JsonObject {
  const user = stringAt(given, 'user');
  if (user !== undefined) return { type: 'm.id.user', user };
  const medium = stringAt(given, 'medium');
  const address = stringAt(given, 'address');
  if (medium !== undefined && address !== undefined) return { type: 'm.id.thirdparty', medium, address };
  const identifier = objectAt(given, 'identifier');
  if (!identifier) throw missingParam('identifier is missing');
  return identifier;
}
