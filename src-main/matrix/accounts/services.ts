import { createHash } from 'node:crypto';
import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Config, RateLimit } from '../../config/config.js';
import { RateLimiter } from '../../http/rate-limit.js';
import type { Database } from '../../storage/database.js';
import { createStream } from '../../storage/stream.js';
import type { ServerRequests } from '../servers/index.js';
import { AccessTokens } from './access-tokens.js';
import { AccessTokenStore } from './access-tokens.store.js';
import { AccountDataKeeper } from './account-data.js';
import { AccountDataStore } from './account-data.store.js';
import { type ConsentGiven, Consents } from './consent/consents.js';
import { ConsentStore } from './consent/consents.store.js';
import { Credentials } from './credentials.js';
import { type Deactivation, Deactivations } from './deactivation.js';
import { type DeviceChange, Devices } from './devices.js';
import { DeviceStore } from './devices.store.js';
import { captchaStage, termsStage } from './entrance-stages.js';
import { Filters } from './filters.js';
import { FilterStore } from './filters.store.js';
import { Guests } from './guests.js';
import { LastSeen } from './last-seen.js';
import { UserRateExceptions } from './limits/rate-exceptions.js';
import { RateExceptionStore } from './limits/rate-exceptions.store.js';
import { Login } from './login.js';
import { OpenId } from './openid.js';
import { PasswordLinks } from './password-links.js';
import { PasswordLinkStore } from './password-links.store.js';
import { PasswordManagement } from './password-management.js';
import { PasswordReset } from './password-reset.js';
import { Passwords } from './passwords.js';
import { type ProfileChange, Profiles } from './profile.js';
import { ProfileStore } from './profile.store.js';
import type { NewAccount } from './new-account.js';
import { Registration } from './registration.js';
import { RegistrationTokens } from './registration-tokens.js';
import { RegistrationTokenStore } from './registration-tokens.store.js';
import { RemoteProfiles } from './remote-profiles.js';
import { SharedSecret } from './shared-secret.js';
import { ShortLivedTokenStore } from './short-lived-tokens.store.js';
import { InviteRules } from './invite-rules.js';
import { Tags } from './tags.js';
import { emailIdentityStage, phoneIdentityStage } from './third-party/stages.js';
import { createThirdParty, type ThirdParty, type ThirdPartyDeps } from './third-party/third-party.js';
import { type ThirdPartyIdChange, ThirdPartyIds } from './third-party-ids.js';
import { ThirdPartyIdStore } from './third-party-ids.store.js';
import { Uia } from './uia.js';
import { UiaStore } from './uia.store.js';
import { dummyStage, passwordStage, registrationTokenStage } from './uia-stages.js';
import { Users } from './users.js';
import { UserStore } from './users.store.js';

export interface ServicesDeps extends ThirdPartyDeps {
  readonly db: Database;
  readonly config: Config;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
  /** how other servers are asked */
  readonly requests: Pick<ServerRequests, 'json'>;
}

const createStores = () => ({
  users: new UserStore(),
  devices: new DeviceStore(),
  accessTokens: new AccessTokenStore(),
  loginTokens: new ShortLivedTokenStore('login_tokens'),
  openIdTokens: new ShortLivedTokenStore('openid_tokens'),
  profiles: new ProfileStore(),
  accountData: new AccountDataStore(),
  thirdPartyIds: new ThirdPartyIdStore(),
  registrationTokens: new RegistrationTokenStore(),
  passwordLinks: new PasswordLinkStore(),
});
type Stores = ReturnType<typeof createStores>;

const createStreams = (db: Database) => ({
  devices: createStream<DeviceChange>(db, 'devices'),
  profiles: createStream<ProfileChange>(db, 'profiles'),
  deactivations: createStream<Deactivation>(db, 'deactivations'),
  thirdPartyIds: createStream<ThirdPartyIdChange>(db, 'third_party_ids'),
  newAccounts: createStream<NewAccount>(db, 'new_accounts'),
  consents: createStream<ConsentGiven>(db, 'consents'),
});
type Streams = ReturnType<typeof createStreams>;

/** All that decides in this domain, from low to high. */
export function createServices(deps: ServicesDeps) {
  const { db, caches, clock } = deps;
  const stores = createStores();
  const streams = createStreams(db);
  const people = createPeople(deps, stores, streams);
  const thirdParty = createThirdParty(deps, people.thirdPartyIds);
  const consents = createConsents(deps, streams, { ...people, ...thirdParty });
  const accountData = new AccountDataKeeper({ db, store: stores.accountData });
  return {
    ...people,
    ...thirdParty,
    ...createEntrance(deps, stores, streams, { ...people, ...thirdParty, consents }),
    consents,
    ...createDeactivations(deps, stores, streams, { ...people, ...thirdParty }),
    accountData,
    inviteRules: new InviteRules(accountData),
    tags: new Tags(accountData),
    filters: new Filters({ db, store: new FilterStore(), caches }),
    openId: new OpenId({ db, store: stores.openIdTokens, clock }),
    stores,
    streams,
  };
}

/** Who there is, with which devices, and by which passwords one knows them. */
function createPeople(deps: ServicesDeps, stores: Stores, streams: Streams) {
  const { db, config, caches, clock, log } = deps;
  const { serverName } = config;
  const lastSeen = new LastSeen({ db, store: stores.devices });
  const lifetimes = config.tokens;
  const tokens = new AccessTokens({ db, store: stores.accessTokens, lastSeen, clock, lifetimes, caches });
  const users = new Users({ db, store: stores.users, tokens, serverName, caches, log });
  const devices = new Devices({ db, store: stores.devices, users, tokens, lastSeen, stream: streams.devices, clock });
  const { changesAllowed } = config.thirdParty;
  const stream = streams.thirdPartyIds;
  const thirdPartyIds = new ThirdPartyIds({ db, store: stores.thirdPartyIds, stream, changesAllowed, clock });
  const hashing = new Passwords(config.passwords);
  const failures = new RateLimiter(config.rateLimits.login.failedAttempts, clock);
  const credentials = new Credentials({ db, store: stores.users, users, thirdPartyIds, passwords: hashing, failures });
  const settings = config.profiles;
  const profiles = new Profiles({
    db,
    store: stores.profiles,
    users,
    stream: streams.profiles,
    settings,
    caches,
    limit: new RateLimiter(config.rateLimits.message, clock),
    serverName,
    remote: new RemoteProfiles(deps),
  });
  const rateExceptions = new UserRateExceptions({ db, store: new RateExceptionStore(), users });
  return { lastSeen, tokens, users, devices, thirdPartyIds, hashing, credentials, profiles, rateExceptions };
}
type People = ReturnType<typeof createPeople>;

/** Many registrations are begun, with names that are taken and forms that are wrong, for one that is finished. */
const manyTimes = ({ perSecond, burst }: RateLimit): RateLimit => ({ perSecond: perSecond * 10, burst: burst * 10 });

type EntranceParts = People & ThirdParty & { readonly consents: Consents };

/** Who accepted the terms. */
const createConsents = (
  { db, config, signingKey, clock }: ServicesDeps,
  streams: Streams,
  people: People & ThirdParty,
) =>
  new Consents({
    db,
    store: new ConsentStore(),
    users: people.users,
    settings: config.registration.consent,
    baseUrl: people.baseUrl,
    secret: createHash('sha256').update('links to the terms').update(signingKey.secretKey).digest(),
    stream: streams.consents,
    clock,
  });

/** The ways in: proving who one is, signing in, registering. */
function createEntrance(deps: ServicesDeps, stores: Stores, streams: Streams, people: EntranceParts) {
  const { db, config, caches, clock, log } = deps;
  const { users, devices, tokens, credentials, profiles, hashing, thirdPartyIds } = people;
  const { validation, phones } = people;
  const { rateLimits, passwords } = config;
  const { captcha, terms } = config.registration;
  const limiter = (rate: RateLimit) => new RateLimiter(rate, clock);
  const passwordsEnabled = passwords.enabled;
  const registrationTokens = new RegistrationTokens({ db, store: stores.registrationTokens, clock });
  const uia = new Uia({
    db,
    store: new UiaStore(),
    users,
    stages: [
      dummyStage,
      passwordStage(credentials),
      registrationTokenStage(registrationTokens),
      emailIdentityStage(validation),
      phoneIdentityStage(phones),
      ...(captcha ? [captchaStage(captcha, deps.outgoing)] : []),
      ...(terms ? [termsStage(terms, people.baseUrl)] : []),
    ],
    clock,
    proofLifetime: config.tokens.uiaSessionLifetime,
    passwordsEnabled,
    caches,
  });
  const login = new Login({
    db,
    store: stores.users,
    credentials,
    devices,
    tokens,
    loginTokens: stores.loginTokens,
    limits: { address: limiter(rateLimits.login.address), account: limiter(rateLimits.login.account) },
    clock,
    passwordsEnabled,
  });
  const limit = limiter(rateLimits.registration);
  const guests = new Guests({
    db,
    store: stores.users,
    users,
    profiles,
    tokens,
    login,
    isOpen: config.registration.guests,
    stream: streams.newAccounts,
    limit,
    clock,
    log,
  });
  const registration = new Registration({
    db,
    store: stores.users,
    users,
    profiles,
    passwords: hashing,
    policy: passwords.policy,
    settings: config.registration,
    reserved: config.rooms.serverNotices?.userId,
    addresses: config.thirdParty,
    thirdPartyIds,
    validation,
    phones,
    registrationTokens,
    consents: people.consents,
    guests,
    stream: streams.newAccounts,
    login,
    uia,
    limit,
    beginLimit: limiter(manyTimes(rateLimits.registration)),
    clock,
    caches,
    log,
  });
  const sharedSecret = new SharedSecret({ secret: config.registration.sharedSecret, clock, caches });
  const validityLimit = limiter(rateLimits.registrationTokenValidity);
  const management = new PasswordManagement({
    db,
    store: stores.users,
    users,
    devices,
    passwords: hashing,
    settings: passwords,
    log,
  });
  const passwordReset = new PasswordReset({
    uia,
    passwords: management,
    thirdPartyIds,
    validation,
    phones,
    beginLimit: limiter(RESETS_BEGUN),
  });
  const passwordLinks = new PasswordLinks({
    db,
    store: stores.passwordLinks,
    users,
    passwords: management,
    clock,
    log,
  });
  return {
    registrationTokens,
    uia,
    login,
    registration,
    guests,
    sharedSecret,
    validityLimit,
    passwords: management,
    passwordReset,
    passwordLinks,
    passwordLinkLimit: limiter(PASSWORD_LINKS_TRIED),
  };
}

/** Clients ask every other second whether the link in the e-mail was followed, each time as if for the first. */
const RESETS_BEGUN: RateLimit = { perSecond: 1, burst: 100 };

/** From one address: each looks for a token, and a good one hashes a password. */
const PASSWORD_LINKS_TRIED: RateLimit = { perSecond: 0.2, burst: 20 };

/** Giving accounts up. */
function createDeactivations(
  { db, log }: ServicesDeps,
  stores: Stores,
  streams: Streams,
  { users, devices, profiles, thirdPartyIds, bindings }: People & ThirdParty,
) {
  const deactivations = new Deactivations({
    db,
    store: stores.users,
    users,
    devices,
    profiles,
    accountData: stores.accountData,
    thirdPartyIds,
    bindings,
    stream: streams.deactivations,
    log,
  });
  return { deactivations };
}

export type Services = ReturnType<typeof createServices>;
