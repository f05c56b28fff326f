import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import { randomLetters, randomToken } from '../../../base/random.js';
import { sha256Base64Url } from '../../../base/sha256.js';
import type { Config, EmailConfig } from '../../../config/config.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import type { Mail } from '../../../net/mail.js';
import { MatrixError } from '../../../spec/errors.js';
import type { Database, Transaction } from '../../../storage/database.js';
import type { Language } from '../pages.js';
import type { ThirdPartyIds } from '../third-party-ids.js';
import { isAllowedAddress, parseEmail } from './addresses.js';
import { type Occasion, validationMail } from './mail-words.js';
import { checkNextLink } from './next-link.js';
import type { ValidationPurpose, ValidationSession, ValidationStore } from './validation.store.js';

/** Somebody wants an e-mail that proves an address. */
export interface ValidationWish {
  readonly purpose: ValidationPurpose;
  readonly email: string;
  readonly clientSecret: string;
  readonly sendAttempt: number;
  readonly nextLink: string | undefined;
  /** where the request came from */
  readonly from: string;
  readonly language: Language;
}

/** What a client shows of a session. */
export interface ValidationCredentials {
  readonly sid: string;
  readonly clientSecret: string;
}

/** An address that was proved. */
export interface ValidatedAddress {
  readonly medium: 'email' | 'msisdn';
  readonly address: string;
  readonly validatedAt: Milliseconds;
}

const SID_LETTERS = 24;
/** How long a proof can be used after the link was followed. */
const PROOF_LIFETIME: Milliseconds = 24 * 60 * 60_000;

/** Where the link in an e-mail leads, below the server's own address. */
const LINK_PATHS: Readonly<Record<ValidationPurpose, string>> = {
  password: '_synapse/client/password_reset/email/submit_token',
  register: '_matrix/client/unstable/registration/email/submit_token',
  add: '_matrix/client/unstable/add_threepid/email/submit_token',
};

/**
 * Proving that an e-mail address is one's own: an e-mail with a link is sent there, and who follows it has proved it.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#adding-account-administrative-contact-information
 */
export class Validation {
  constructor(
    private readonly deps: {
      db: Database;
      store: ValidationStore;
      thirdPartyIds: ThirdPartyIds;
      /** undefined: no e-mail is sent here */
      mail: Mail | undefined;
      email: EmailConfig | undefined;
      settings: Config['thirdParty'];
      serverName: string;
      /** with a slash at the end */
      baseUrl: string;
      /** requests from one address of the internet, and for one e-mail address */
      limit: RateLimiter;
      clock: Clock;
      log: Logger;
    },
  ) {}

  /** Whether e-mail addresses can be proved here at all. */
  get isAvailable(): boolean {
    return this.deps.mail !== undefined;
  }

  /**
   * Sends the e-mail, unless this attempt was made before. Where addresses are not to be probed, the answer is the same
   * whether the address belongs to an account or not, and comes without waiting for the mail server.
   *
   * @returns the session's id
   * @throws MatrixError M_INVALID_PARAM, M_THREEPID_MEDIUM_NOT_SUPPORTED, M_THREEPID_DENIED, M_LIMIT_EXCEEDED,
   *   M_THREEPID_IN_USE and M_THREEPID_NOT_FOUND; 500 M_UNKNOWN when the mail server refuses
   */
  async request(wish: ValidationWish): Promise<string> {
    const { settings } = this.deps;
    this.#requireMail(wish.purpose);
    const address = parseEmail(wish.email);
    if (address === undefined) throw new MatrixError(400, 'M_INVALID_PARAM', 'this is not an e-mail address');
    if (wish.purpose !== 'password') this.requireAllowed('email', address);
    this.deps.limit.take(`ip ${wish.from}`);
    this.deps.limit.take(`email ${address}`);
    checkNextLink(wish.nextLink, settings.nextLinkDomains);
    const isKnown = (await this.deps.thirdPartyIds.owner('email', address)) !== undefined;
    const isFitting = isKnown === (wish.purpose === 'password');
    if (!isFitting && !settings.inhibitErrors) throw unfitting(wish.purpose);
    const { sid, token } = await this.#begin(wish, address);
    if (token === undefined) return sid;
    const letter = this.#letter(wish, sid, token, isFitting);
    if (letter) await this.#deliver(address, wish.language, letter);
    return sid;
  }

  /** @throws MatrixError M_THREEPID_DENIED for addresses that may not be used here */
  requireAllowed(medium: 'email' | 'msisdn', address: string): void {
    if (isAllowedAddress(this.deps.settings.allowed, medium, address)) return;
    throw new MatrixError(403, 'M_THREEPID_DENIED', 'addresses of this kind may not be used on this server');
  }

  /**
   * Somebody followed a link.
   *
   * @returns the session, validated; undefined when the link is wrong or too old
   */
  async submit({ sid, clientSecret }: ValidationCredentials, token: string): Promise<ValidationSession | undefined> {
    const hash = sha256Base64Url(token);
    return this.deps.db.write(async (tx) => {
      const now = this.deps.clock.now();
      const known = await this.deps.store.token(tx, hash);
      const session = await this.deps.store.get(tx, sid);
      if (!known || known.sid !== sid || known.expiresAt <= now) return undefined;
      if (!session || session.clientSecret !== clientSecret || session.expiresAt <= now) return undefined;
      if (session.validatedAt !== undefined) return session;
      await this.deps.store.setValidated(tx, sid, now);
      return { ...session, validatedAt: now };
    });
  }

  /** The address that a session proved; undefined when it has not, or proved it for something else. */
  async validated(
    { sid, clientSecret }: ValidationCredentials,
    purpose: ValidationPurpose | undefined,
  ): Promise<(ValidatedAddress & { readonly purpose: ValidationPurpose }) | undefined> {
    const session = await this.deps.store.get(this.deps.db, sid);
    if (!session || session.clientSecret !== clientSecret || session.expiresAt <= this.deps.clock.now())
      return undefined;
    if (session.validatedAt === undefined || (purpose !== undefined && session.purpose !== purpose)) return undefined;
    const { address, validatedAt } = session;
    return { medium: 'email', address, validatedAt, purpose: session.purpose };
  }

  /** A proof is used once. @returns false when it is gone */
  async use(tx: Transaction, sid: string): Promise<boolean> {
    const session = await this.deps.store.get(tx, sid);
    await this.deps.store.remove(tx, sid);
    return session?.validatedAt !== undefined;
  }

  #requireMail(purpose: ValidationPurpose): void {
    if (this.deps.mail) return;
    const what = purpose === 'password' ? 'passwords cannot be reset by e-mail' : 'e-mail addresses cannot be used';
    throw new MatrixError(400, 'M_THREEPID_MEDIUM_NOT_SUPPORTED', `${what} here: this server sends no e-mail`);
  }

  /** @returns no token when this attempt was made before */
  async #begin(wish: ValidationWish, address: string): Promise<{ sid: string; token: string | undefined }> {
    const { purpose, clientSecret, sendAttempt, nextLink } = wish;
    const now = this.deps.clock.now();
    const linkExpiresAt = now + (this.deps.email?.validationTokenLifetime ?? 0);
    return this.deps.db.write(async (tx) => {
      const before = await this.deps.store.find(tx, { clientSecret, purpose, address });
      if (before && before.sendAttempt >= sendAttempt) return { sid: before.sid, token: undefined };
      const sid = before?.sid ?? randomLetters(SID_LETTERS);
      const expiresAt = linkExpiresAt + PROOF_LIFETIME;
      await this.deps.store.put(tx, { sid, purpose, address, clientSecret, sendAttempt, nextLink, expiresAt });
      const token = randomToken();
      await this.deps.store.insertToken(tx, sha256Base64Url(token), sid, linkExpiresAt);
      return { sid, token };
    });
  }

  /** What is written to the address; undefined: nothing, to one that no account has. */
  #letter(
    { purpose, clientSecret }: ValidationWish,
    sid: string,
    token: string,
    isFitting: boolean,
  ): { occasion: Occasion; link: string | undefined } | undefined {
    if (!isFitting) return purpose === 'password' ? undefined : { occasion: 'in use', link: undefined };
    const query = new URLSearchParams({ token, client_secret: clientSecret, sid });
    return { occasion: purpose, link: `${this.deps.baseUrl}${LINK_PATHS[purpose]}?${query}` };
  }

  async #deliver(
    to: string,
    language: Language,
    letter: { occasion: Occasion; link: string | undefined },
  ): Promise<void> {
    const { mail, email, serverName, settings } = this.deps;
    if (!mail || !email) return;
    const message = validationMail({ to, language, serverName, ...letter }, email);
    const sent = this.deps.db
      .durable()
      .then(() => mail.send(message))
      .catch((error: unknown) => {
        this.deps.log.error('an e-mail that proves an address was not sent', { error });
        throw new MatrixError(500, 'M_UNKNOWN', 'the e-mail could not be sent');
      });
    // How long the mail server takes, and what it says, would tell whether there was anything to send.
    if (settings.inhibitErrors) void sent.catch(() => undefined);
    else await sent;
  }
}

const unfitting = (purpose: ValidationPurpose) =>
  purpose === 'password'
    ? new MatrixError(400, 'M_THREEPID_NOT_FOUND', 'no account here has this address')
    : new MatrixError(400, 'M_THREEPID_IN_USE', 'this address is already in use');
