import type { Clock } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import type { Job } from '../../base/supervisor.js';
import type { Config } from '../../config/config.js';
import type { Endpoint } from '../../http/endpoint.js';
import { RateLimiter } from '../../http/rate-limit.js';
import type { Database } from '../../storage/database.js';
import { createStream } from '../../storage/stream.js';
import { AccessTokens } from './access-tokens.js';
import { AccessTokenStore } from './access-tokens.store.js';
import { accountDataEndpoints } from './account-data.client.js';
import { AccountDataKeeper } from './account-data.js';
import { AccountDataStore } from './account-data.store.js';
import { Credentials } from './credentials.js';
import { deactivationEndpoints } from './deactivation.client.js';
import { type Deactivation, Deactivations } from './deactivation.js';
import { deviceEndpoints } from './devices.client.js';
import { type DeviceChange, Devices } from './devices.js';
import { DeviceStore } from './devices.store.js';
import { expiryJob } from './expiry.job.js';
import { filterEndpoints } from './filters.client.js';
import { Filters } from './filters.js';
import { FilterStore } from './filters.store.js';
import { lastSeenJob } from './last-seen.job.js';
import { LastSeen } from './last-seen.js';
import { loginEndpoints } from './login.client.js';
import { Login } from './login.js';
import { openIdEndpoints } from './openid.client.js';
import { openIdFederationEndpoints } from './openid.federation.js';
import { OpenId } from './openid.js';
import { passwordEndpoints } from './password-management.client.js';
import { PasswordManagement } from './password-management.js';
import { Passwords } from './passwords.js';
import { profileEndpoints } from './profile.client.js';
import { type ProfileChange, Profiles } from './profile.js';
import { ProfileStore } from './profile.store.js';
import { registrationTokenEndpoints } from './registration-tokens.admin.js';
import { RegistrationTokens } from './registration-tokens.js';
import { RegistrationTokenStore } from './registration-tokens.store.js';
import { registrationEndpoints } from './registration.client.js';
import { Registration } from './registration.js';
import { sharedSecretEndpoints } from './shared-secret.admin.js';
import { SharedSecret } from './shared-secret.js';
import { ShortLivedTokenStore } from './short-lived-tokens.store.js';
import { tagEndpoints } from './tags.client.js';
import { Tags } from './tags.js';
import { thirdPartyIdEndpoints } from './third-party-ids.client.js';
import { ThirdPartyIds } from './third-party-ids.js';
import { ThirdPartyIdStore } from './third-party-ids.store.js';
import { dummyStage, passwordStage, registrationTokenStage } from './uia-stages.js';
import { Uia } from './uia.js';
import { UiaStore } from './uia.store.js';
import { Users } from './users.js';
import { UserStore } from './users.store.js';
import { whoamiEndpoints } from './whoami.client.js';

export type { AccountDataKeeper } from './account-data.js';
export type { AccountData } from './account-data.store.js';
export { authData } from './auth-data.js';
export type { Deactivation, Deactivations } from './deactivation.js';
export type { DeviceChange, Devices } from './devices.js';
export type { Device } from './devices.store.js';
export type { Filters } from './filters.js';
export type { PasswordManagement } from './password-management.js';
export { Passwords, type PasswordSettings } from './passwords.js';
export type { ProfileChange, ProfileNames, Profiles } from './profile.js';
export type { NewUser, Registration } from './registration.js';
export type { RegistrationTokens } from './registration-tokens.js';
export type { RegistrationToken } from './registration-tokens.store.js';
export type { Tags } from './tags.js';
export type { Uia } from './uia.js';
export type { Users } from './users.js';
export type { User, UserFlag, UserPage } from './users.store.js';

export interface AccountsDeps {
  readonly db: Database;
  readonly config: Config;
  readonly clock: Clock;
  /** what `.well-known/matrix/client` says, if anything: clients that sign in are told at once */
  readonly wellKnown: JsonObject | undefined;
}

export type Accounts = ReturnType<typeof createAccounts>;

/** Who has an account here, how they prove it, and what they keep with us. */
export function createAccounts({ db, config, clock, wellKnown }: AccountsDeps) {
  const { serverName, rateLimits } = config;
  const passwordsEnabled = config.passwords.enabled;
  const streams = {
    devices: createStream<DeviceChange>(db, 'devices'),
    profiles: createStream<ProfileChange>(db, 'profiles'),
    deactivations: createStream<Deactivation>(db, 'deactivations'),
  };
  const userStore = new UserStore();
  const deviceStore = new DeviceStore();
  const accessTokenStore = new AccessTokenStore();
  const accountDataStore = new AccountDataStore();
  const thirdPartyIdStore = new ThirdPartyIdStore();
  const loginTokens = new ShortLivedTokenStore('login_tokens');
  const openIdTokens = new ShortLivedTokenStore('openid_tokens');
  const limiter = (rate: (typeof rateLimits)['registration']) => new RateLimiter(rate, clock);

  const lastSeen = new LastSeen({ db, store: deviceStore });
  const tokens = new AccessTokens({ db, store: accessTokenStore, lastSeen, clock, lifetimes: config.tokens });
  const users = new Users({ db, store: userStore, tokens, serverName });
  const devices = new Devices({ db, store: deviceStore, users, tokens, lastSeen, stream: streams.devices, clock });
  const passwords = new Passwords(config.passwords);
  const thirdPartyIds = new ThirdPartyIds({ db, store: thirdPartyIdStore });
  const failures = limiter(rateLimits.login.failedAttempts);
  const credentials = new Credentials({ db, store: userStore, users, thirdPartyIds, passwords, failures });
  const profiles = new Profiles({
    db,
    store: new ProfileStore(),
    users,
    stream: streams.profiles,
    settings: config.profiles,
  });
  const registrationTokens = new RegistrationTokens({ db, store: new RegistrationTokenStore(), clock });
  const stages = [dummyStage, passwordStage(credentials), registrationTokenStage(registrationTokens)];
  const proofLifetime = config.tokens.uiaSessionLifetime;
  const uia = new Uia({ db, store: new UiaStore(), users, stages, clock, proofLifetime, passwordsEnabled });
  const limits = { address: limiter(rateLimits.login.address), account: limiter(rateLimits.login.account) };
  const login = new Login({
    db,
    store: userStore,
    credentials,
    devices,
    tokens,
    loginTokens,
    limits,
    clock,
    passwordsEnabled,
  });
  const registration = new Registration({
    db,
    store: userStore,
    users,
    profiles,
    passwords,
    policy: config.passwords.policy,
    settings: config.registration,
    registrationTokens,
    login,
    uia,
    limit: limiter(rateLimits.registration),
    clock,
  });
  const passwordManagement = new PasswordManagement({
    db,
    store: userStore,
    users,
    devices,
    passwords,
    settings: config.passwords,
  });
  const accountData = new AccountDataKeeper({ db, store: accountDataStore });
  const tags = new Tags(accountData);
  const filters = new Filters({ db, store: new FilterStore() });
  const openId = new OpenId({ db, store: openIdTokens, clock });
  const deactivations = new Deactivations({
    db,
    store: userStore,
    users,
    devices,
    profiles,
    accountData: accountDataStore,
    thirdPartyIds: thirdPartyIdStore,
    stream: streams.deactivations,
  });
  const sharedSecret = new SharedSecret({ secret: config.registration.sharedSecret, clock });
  const validityLimit = limiter(rateLimits.registrationTokenValidity);

  const endpoints: Endpoint[] = [
    ...loginEndpoints({ login, tokens, uia, serverName, wellKnown }),
    ...registrationEndpoints({ registration, registrationTokens, serverName, validityLimit }),
    ...sharedSecretEndpoints({ sharedSecret, registration, serverName }),
    ...registrationTokenEndpoints(registrationTokens),
    ...whoamiEndpoints,
    ...passwordEndpoints({ passwords: passwordManagement, uia }),
    ...deactivationEndpoints({ deactivations, uia }),
    ...deviceEndpoints({ devices, uia }),
    ...thirdPartyIdEndpoints(thirdPartyIds),
    ...profileEndpoints(profiles, config.profiles),
    ...accountDataEndpoints(accountData),
    ...tagEndpoints(tags),
    ...filterEndpoints(filters),
    ...openIdEndpoints(openId, serverName),
    ...openIdFederationEndpoints(openId),
  ];
  const jobs: Job[] = [
    lastSeenJob({ lastSeen, clock }),
    expiryJob({ db, clock, accessTokens: accessTokenStore, shortLived: [loginTokens, openIdTokens], uia }),
  ];
  return {
    /** who calls, by their access token */
    authenticate: tokens,
    users,
    devices,
    profiles,
    accountData,
    tags,
    filters,
    uia,
    registration,
    registrationTokens,
    passwords: passwordManagement,
    deactivations,
    streams,
    endpoints,
    jobs,
  };
}
