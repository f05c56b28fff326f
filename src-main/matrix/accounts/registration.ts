import type { Cache, Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import { type JsonObject, stringAt } from '../../base/json.js';
import type { Logger } from '../../base/logger.js';
import { randomLetters } from '../../base/random.js';
import type { Config } from '../../config/config.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import { forbidden, MatrixError } from '../../spec/errors.js';
import { checkNewLocalpart } from '../../spec/grammar.js';
import type { UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { WritableStream } from '../../storage/stream.js';
import type { Consents } from './consent/consents.js';
import type { Guests } from './guests.js';
import type { Login, NewSession, Session } from './login.js';
import { checkPasswordPolicy } from './password-policy.js';
import type { Passwords } from './passwords.js';
import type { NewAccount } from './new-account.js';
import type { Profiles } from './profile.js';
import { registrationFlows } from './registration-flows.js';
import type { RegistrationTokens } from './registration-tokens.js';
import type { PhoneDelegate } from './third-party/phone-delegate.js';
import { provedAddress } from './third-party/stages.js';
import type { ValidatedAddress, Validation } from './third-party/validation.js';
import type { ThirdPartyIds } from './third-party-ids.js';
import { type Uia, UiaIncompleteError } from './uia.js';
import type { UiaSession } from './uia.store.js';
import type { Users } from './users.js';
import type { UserStore } from './users.store.js';

/** An account to be made. */
export interface NewUser {
  /** in any case: made lower-case */
  readonly localpart: string;
  readonly password: string | undefined;
  readonly displayName?: string | undefined;
  readonly isAdmin?: boolean | undefined;
  readonly userType?: string | undefined;
}

/** Who somebody wants to be. */
interface Wish {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** of the guest who wants to keep the name */
  readonly guestToken?: string | undefined;
}

/** What somebody who registers sends. */
export interface RegistrationRequest extends Wish {
  readonly auth: JsonObject | undefined;
  /** undefined: no session is wanted */
  readonly client: NewSession | undefined;
  /** where the request came from */
  readonly address: string;
}

const CHOSEN_NAME_LETTERS = 12;

/** What a wish takes in memory, about. */
const bytesOf = ({ username = '', password = '', guestToken = '' }: Wish): number =>
  250 + 2 * (username.length + password.length + guestToken.length);

/**
 * Making accounts: by somebody who registers, and by those who may make them for others.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#account-registration-and-management
 */
export class Registration {
  /**
   * What clients said at the first request of a session, for those that do not say it again at the last. In memory: a
   * password that may never be used is not worth the time to hash it, and is not stored otherwise.
   */
  readonly #said: Cache<string, Wish>;

  constructor(
    private readonly deps: {
      db: Database;
      store: UserStore;
      users: Users;
      profiles: Profiles;
      passwords: Passwords;
      policy: Config['passwords']['policy'];
      settings: Config['registration'];
      /** who speaks for the server: no name for anybody */
      reserved: UserId | undefined;
      addresses: Config['thirdParty'];
      thirdPartyIds: ThirdPartyIds;
      validation: Validation;
      phones: PhoneDelegate;
      registrationTokens: RegistrationTokens;
      consents: Pick<Consents, 'giveIn'>;
      guests: Guests;
      stream: WritableStream<NewAccount>;
      login: Login;
      uia: Uia;
      /** accounts made from one address */
      limit: RateLimiter;
      /** registrations begun from one address: each is stored for a while */
      beginLimit: RateLimiter;
      clock: Clock;
      caches: Caches;
      log: Logger;
    },
  ) {
    this.#said = deps.caches.lru('registrations', { share: 0.005, entryBytes: bytesOf, isOnlyCopy: true });
  }

  /** Whether strangers may register at all. */
  get isOpen(): boolean {
    const { enabled, withoutVerification, requiresToken, captcha } = this.deps.settings;
    const isVerified = requiresToken || captcha !== undefined || this.deps.addresses.required.length > 0;
    return enabled && (withoutVerification || isVerified);
  }

  /** @throws MatrixError M_FORBIDDEN when nobody may register */
  requireOpen(): void {
    if (!this.isOpen) throw new MatrixError(403, 'M_FORBIDDEN', 'Registration has been disabled');
  }

  /**
   * Whether somebody may still take this name.
   *
   * @throws MatrixError M_INVALID_USERNAME, M_USER_IN_USE, and M_FORBIDDEN when nobody may register
   */
  async checkAvailable(username: string): Promise<void> {
    this.requireOpen();
    await this.#checkName(username.toLowerCase(), false);
  }

  /**
   * Makes an account for somebody who came by themselves, once they did what is asked of them. The same finished
   * authentication again signs in to the account that it made: a reply may have been lost.
   *
   * @throws MatrixError 401 with what is asked; M_FORBIDDEN, M_INVALID_USERNAME, M_USER_IN_USE, M_WEAK_PASSWORD,
   *   M_MISSING_PARAM
   */
  async register(request: RegistrationRequest): Promise<{ userId: UserId; session: Session | undefined }> {
    this.requireOpen();
    this.deps.limit.check(request.address);
    if (request.password !== undefined) checkPasswordPolicy(request.password, this.deps.policy);
    const isMade = (await this.deps.uia.dataOf(request.auth))['userId'] !== undefined;
    if (request.username !== undefined && !isMade) {
      const localpart = request.username.toLowerCase();
      if (request.guestToken !== undefined)
        await this.deps.guests.visitor(request.guestToken, localpart, request.address);
      else await this.#checkName(localpart, this.deps.settings.inhibitUserInUse);
    }
    const session = await this.#authenticate(request);
    const made = stringAt(session.data, 'userId');
    if (made !== undefined) return this.#again(made as UserId, request.client);
    return this.#create({ ...this.#said.get(session.sessionId), ...said(request) }, request, session);
  }

  /**
   * Makes an account for somebody else, as administrators, the console and the shared secret do: a name that begins
   * with `_` or has digits only is allowed, and so is any password.
   *
   * @throws MatrixError M_INVALID_USERNAME, M_USER_IN_USE
   */
  async create(user: NewUser, client?: NewSession): Promise<{ userId: UserId; session: Session | undefined }> {
    const localpart = user.localpart.toLowerCase();
    this.#checkGrammar(localpart, true);
    const passwordHash = user.password === undefined ? undefined : await this.deps.passwords.hash(user.password);
    return this.deps.db.write((tx) => this.#insert(tx, { ...user, localpart, passwordHash }, client));
  }

  /** @throws MatrixError M_WEAK_PASSWORD */
  checkPassword(password: string): void {
    checkPasswordPolicy(password, this.deps.policy);
  }

  #flows(): string[][] {
    const { settings, addresses, validation, phones } = this.deps;
    const provable = [
      ...(validation.isAvailable ? (['email'] as const) : []),
      ...(phones.isAvailable && addresses.phonesAtRegistration ? (['msisdn'] as const) : []),
    ];
    return registrationFlows({
      requiresToken: settings.requiresToken,
      hasCaptcha: settings.captcha !== undefined,
      hasTerms: settings.terms !== undefined,
      required: addresses.required,
      provable,
    });
  }

  async #authenticate(request: RegistrationRequest): Promise<UiaSession> {
    const { auth, address } = request;
    if (stringAt(auth, 'session') === undefined) this.deps.beginLimit.take(address);
    try {
      return await this.deps.uia.authenticate({ userId: undefined, operation: 'register', auth, flows: this.#flows() });
    } catch (error) {
      const sessionId = error instanceof UiaIncompleteError ? error.fields['session'] : undefined;
      if (typeof sessionId === 'string') this.#said.set(sessionId, { ...this.#said.get(sessionId), ...said(request) });
      throw error;
    }
  }

  async #create(
    { username, password, guestToken }: Wish,
    { client, address }: RegistrationRequest,
    session: UiaSession,
  ): Promise<{ userId: UserId; session: Session | undefined }> {
    if (password === undefined) throw new MatrixError(400, 'M_MISSING_PARAM', 'password is missing');
    const localpart = (username ?? randomLetters(CHOSEN_NAME_LETTERS)).toLowerCase();
    const visitor =
      guestToken === undefined ? undefined : await this.deps.guests.visitor(guestToken, localpart, address);
    if (visitor === undefined) this.#checkGrammar(localpart, false);
    const proved = this.#provedAddresses(session);
    this.deps.limit.take(address);
    const passwordHash = await this.deps.passwords.hash(password);
    const token = stringAt(session.completed, 'm.login.registration_token');
    return this.deps.db.write(async (tx) => {
      const made = visitor
        ? await this.#stay(tx, visitor, passwordHash, client)
        : await this.#insert(tx, { localpart, passwordHash }, client);
      for (const each of proved) await this.deps.thirdPartyIds.add(tx, made.userId, each, 'registered');
      if (token !== undefined) await this.deps.registrationTokens.complete(tx, token, made.userId);
      if (session.completed['m.login.terms'] !== undefined) await this.deps.consents.giveIn(tx, made.userId);
      await this.deps.uia.finish(tx, session.sessionId, { userId: made.userId });
      return made;
    });
  }

  async #stay(tx: Transaction, userId: UserId, passwordHash: string, client: NewSession | undefined) {
    await this.deps.guests.endVisit(tx, userId, passwordHash);
    return { userId, session: client && (await this.deps.login.begin(tx, userId, client)) };
  }

  /** @throws MatrixError M_FORBIDDEN for an address proved for something else; M_THREEPID_DENIED */
  #provedAddresses({ completed }: UiaSession): ValidatedAddress[] {
    return ['m.login.email.identity', 'm.login.msisdn'].flatMap((stage) => {
      const proved = provedAddress(completed[stage]);
      if (!proved) return [];
      if (proved.medium === 'email' && proved.purpose !== 'register') {
        throw forbidden('the address was proved for something else');
      }
      this.deps.validation.requireAllowed(proved.medium, proved.address);
      return [proved];
    });
  }

  async #again(userId: UserId, client: NewSession | undefined) {
    const session = client && (await this.deps.db.write((tx) => this.deps.login.begin(tx, userId, client)));
    return { userId, session };
  }

  async #insert(
    tx: Transaction,
    user: Omit<NewUser, 'password'> & { passwordHash: string | undefined },
    client: NewSession | undefined,
  ): Promise<{ userId: UserId; session: Session | undefined }> {
    const userId = this.deps.users.idOf(user.localpart);
    const isNew = await this.deps.store.insert(tx, {
      userId,
      passwordHash: user.passwordHash,
      userType: user.userType,
      isAdmin: user.isAdmin === true,
      isGuest: false,
      isLocked: false,
      isSuspended: false,
      isDeactivated: false,
      isErased: false,
      createdAt: this.deps.clock.now(),
    });
    if (!isNew) throw inUse();
    await this.deps.profiles.begin(tx, userId, user.displayName ?? user.localpart);
    const isFirst = await this.deps.store.isOnlyPerson(tx, userId);
    await this.deps.stream.append(tx, { userId, isGuest: false, isFirst });
    const session = client && (await this.deps.login.begin(tx, userId, client));
    tx.afterCommit(() => this.deps.log.info('account made', { userId, isAdmin: user.isAdmin === true }));
    return { userId, session };
  }

  async #checkName(localpart: string, inUseIsFine: boolean): Promise<void> {
    this.#checkGrammar(localpart, false);
    if (!inUseIsFine && (await this.deps.users.get(this.deps.users.idOf(localpart)))) throw inUse();
  }

  #checkGrammar(localpart: string, reserved: boolean): void {
    const verdict = checkNewLocalpart(localpart, this.deps.users.serverName, reserved);
    if (!verdict.valid) throw new MatrixError(400, 'M_INVALID_USERNAME', verdict.why);
    const isReserved = !reserved && this.deps.users.idOf(localpart) === this.deps.reserved;
    if (isReserved) throw new MatrixError(400, 'M_EXCLUSIVE', 'this user name is reserved');
  }
}

/** Only what was said: what is undefined must not cover what was said before. */
const said = ({ username, password, guestToken }: RegistrationRequest): Wish => ({
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  ...(guestToken === undefined ? {} : { guestToken }),
});

const inUse = () => new MatrixError(400, 'M_USER_IN_USE', 'this user name is taken');
