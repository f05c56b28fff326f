import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { Config } from '../../../config/config.js';
import { RateLimiter } from '../../../http/rate-limit.js';
import type { Mail } from '../../../net/mail.js';
import type { OutgoingHttp } from '../../../net/outgoing.js';
import type { SigningKey } from '../../../spec/signing.js';
import type { Database } from '../../../storage/database.js';
import type { ThirdPartyIds } from '../third-party-ids.js';
import { AddressBook } from './address-book.js';
import { Bindings } from './bindings.js';
import { BindingStore } from './bindings.store.js';
import { IdentityServers } from './identity-servers.js';
import { PhoneDelegate } from './phone-delegate.js';
import { PhoneValidation } from './phone-validation.js';
import { Validation } from './validation.js';
import { ValidationStore } from './validation.store.js';

export interface ThirdPartyDeps {
  readonly db: Database;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** undefined: no e-mail is sent here */
  readonly mail: Mail | undefined;
  /** to identity servers, and to the service that proves phone numbers */
  readonly outgoing: OutgoingHttp;
  /** this server's, which vouches for its users at identity servers */
  readonly signingKey: SigningKey;
}

/** Addresses of people: proving them, adding them to accounts, and having them published where their owners want it. */
export function createThirdParty(
  { mail, outgoing, signingKey, ...deps }: ThirdPartyDeps,
  thirdPartyIds: ThirdPartyIds,
) {
  const { db, config, clock, log } = deps;
  const { serverName, email, thirdParty: settings } = config;
  const baseUrl = config.publicBaseUrl ?? `https://${serverName}/`;
  const webClient = email?.inviteClientLocation;
  const limit = new RateLimiter(config.rateLimits.thirdPartyValidation, clock);
  const validationStore = new ValidationStore();
  const validation = new Validation({
    db,
    store: validationStore,
    thirdPartyIds,
    mail,
    email,
    settings,
    serverName,
    baseUrl,
    limit,
    clock,
    log,
  });
  const phones = new PhoneDelegate({ http: outgoing, url: settings.phoneDelegate });
  const phoneValidation = new PhoneValidation({ phones, thirdPartyIds, validation, settings, limit });
  const identityServers = new IdentityServers({ http: outgoing, serverName, signingKey, webClient });
  const bindings = new Bindings({ db, store: new BindingStore(), identityServers, log });
  const addressBook = new AddressBook({ db, thirdPartyIds, bindings, validation, phones });
  return { validationStore, validation, phones, phoneValidation, identityServers, bindings, addressBook, baseUrl };
}

export type ThirdParty = ReturnType<typeof createThirdParty>;
