import type { Config } from '../../../config/config.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import { randomLetters } from '../../../base/random.js';
import { invalidParam, MatrixError } from '../../../spec/errors.js';
import type { ThirdPartyIds } from '../third-party-ids.js';
import { parsePhoneNumber } from './addresses.js';
import { checkNextLink } from './next-link.js';
import type { PhoneDelegate, PhoneWish } from './phone-delegate.js';
import type { Validation } from './validation.js';
import type { ValidationPurpose } from './validation.store.js';

/** The session ids of services look about like this. */
const SID_LETTERS = 24;

/** Asking for text messages that prove phone numbers: this server's rules before the service is asked that sends them. */
export class PhoneValidation {
  constructor(
    private readonly deps: {
      phones: PhoneDelegate;
      thirdPartyIds: ThirdPartyIds;
      validation: Validation;
      settings: Config['thirdParty'];
      /** requests from one address of the internet, and for one phone number */
      limit: RateLimiter;
    },
  ) {}

  /**
   * @param from where the request came from
   * @returns the session's id
   * @throws MatrixError M_THREEPID_MEDIUM_NOT_SUPPORTED, M_INVALID_PARAM, M_THREEPID_DENIED, M_LIMIT_EXCEEDED,
   *   M_THREEPID_IN_USE, M_THREEPID_NOT_FOUND; what the service says; 502, 504 M_UNKNOWN when it does not answer
   */
  async request(purpose: ValidationPurpose, wish: PhoneWish, from: string): Promise<string> {
    const { phones, settings, limit, thirdPartyIds, validation } = this.deps;
    this.#requirePhones(purpose);
    const address = parsePhoneNumber(wish.country, wish.phoneNumber);
    if (address === undefined) throw invalidParam('this is not a phone number of this country');
    if (purpose !== 'password') validation.requireAllowed('msisdn', address);
    limit.take(`ip ${from}`);
    limit.take(`msisdn ${address}`);
    checkNextLink(wish.nextLink, settings.nextLinkDomains);
    const isKnown = (await thirdPartyIds.owner('msisdn', address)) !== undefined;
    if (isKnown === (purpose === 'password')) return phones.request(wish);
    if (settings.inhibitErrors) return randomLetters(SID_LETTERS);
    throw isKnown
      ? new MatrixError(400, 'M_THREEPID_IN_USE', 'this phone number is already in use')
      : new MatrixError(400, 'M_THREEPID_NOT_FOUND', 'no account here has this phone number');
  }

  #requirePhones(purpose: ValidationPurpose): void {
    const { phones, settings } = this.deps;
    if (phones.isAvailable && (purpose !== 'register' || settings.phonesAtRegistration)) return;
    throw new MatrixError(400, 'M_THREEPID_MEDIUM_NOT_SUPPORTED', 'phone numbers cannot be used on this server');
  }
}
