import type { JsonObject } from '../../base/json.js';
import type { Job } from '../../base/supervisor.js';
import type { Endpoint } from '../../http/endpoint.js';
import { accountDataEndpoints } from './account-data.client.js';
import { accountModerationEndpoints } from './account-moderation.client.js';
import { AccountModeration } from './account-moderation.js';
import { authFallbackEndpoints } from './auth-fallback.client.js';
import { consentEndpoints } from './consent/consent.client.js';
import { deactivationEndpoints } from './deactivation.client.js';
import { deviceEndpoints } from './devices.client.js';
import { expiryJob } from './expiry.job.js';
import { filterEndpoints } from './filters.client.js';
import { lastSeenJob } from './last-seen.job.js';
import { rateExceptionEndpoints } from './limits/rate-exceptions.admin.js';
import { loginEndpoints } from './login.client.js';
import { openIdEndpoints } from './openid.client.js';
import { openIdFederationEndpoints } from './openid.federation.js';
import { passwordLinkEndpoints } from './password-links.client.js';
import { passwordEndpoints } from './password-management.client.js';
import { profileEndpoints } from './profile.client.js';
import { profileFederationEndpoints } from './profile.federation.js';
import { registrationEndpoints } from './registration.client.js';
import { registrationTokenEndpoints } from './registration-tokens.admin.js';
import { createServices, type Services, type ServicesDeps } from './services.js';
import { sharedSecretEndpoints } from './shared-secret.admin.js';
import { startPageEndpoints } from './start-pages.client.js';
import { tagEndpoints } from './tags.client.js';
import { validationEndpoints } from './third-party/validation.client.js';
import { validationPages } from './third-party/validation-pages.client.js';
import { thirdPartyIdEndpoints } from './third-party-ids.client.js';
import { whoamiEndpoints } from './whoami.client.js';
import { whoisEndpoints } from './whois.client.js';

export type { AccountDataKeeper } from './account-data.js';
export type { AccountData } from './account-data.store.js';
export { authData } from './auth-data.js';
export type { ConsentGiven, Consents } from './consent/consents.js';
export type { Deactivation, Deactivations } from './deactivation.js';
export type { DeviceChange, Devices } from './devices.js';
export type { Device } from './devices.store.js';
export type { Filters } from './filters.js';
export { escapeHtml, type Language, languageOf, page, pageReply, type Words } from './pages.js';
export type { PasswordManagement } from './password-management.js';
export { Passwords, type PasswordSettings } from './passwords.js';
export type { ProfileChange, ProfileNames, Profiles } from './profile.js';
export type { NewAccount } from './new-account.js';
export type { NewUser, Registration } from './registration.js';
export type { RegistrationTokens } from './registration-tokens.js';
export type { RegistrationToken } from './registration-tokens.store.js';
export type { Tags } from './tags.js';
export type { ThirdPartyIdChange, ThirdPartyIds } from './third-party-ids.js';
export type { IdentityServer, IdentityServers, InvitedAddress } from './third-party/identity-servers.js';
export type { Uia } from './uia.js';
export { LastAdminError, type Users } from './users.js';
export type { User, UserFlag, UserOrder, UserPage, UserRole } from './users.store.js';

export interface AccountsDeps extends ServicesDeps {
  /** what `.well-known/matrix/client` says, if anything: clients that sign in are told at once */
  readonly wellKnown: JsonObject | undefined;
}

/** Who has an account here, how they prove it, and what they keep with us. */
export function createAccounts(deps: AccountsDeps) {
  const services = createServices({ ...deps, log: deps.log.child({ part: 'accounts' }) });
  return {
    /** who calls, by their access token */
    authenticate: services.tokens,
    users: services.users,
    devices: services.devices,
    profiles: services.profiles,
    accountData: services.accountData,
    consents: services.consents,
    inviteRules: services.inviteRules,
    /** for whom other limits count; to be loaded before the first request */
    rateExceptions: services.rateExceptions,
    tags: services.tags,
    filters: services.filters,
    thirdPartyIds: services.thirdPartyIds,
    uia: services.uia,
    registration: services.registration,
    registrationTokens: services.registrationTokens,
    passwords: services.passwords,
    passwordLinks: services.passwordLinks,
    identityServers: services.identityServers,
    deactivations: services.deactivations,
    streams: services.streams,
    endpoints: endpointsOf(services, deps),
    jobs: jobsOf(services, deps),
  };
}

export type Accounts = ReturnType<typeof createAccounts>;

const endpointsOf = (services: Services, { config, wellKnown }: AccountsDeps): Endpoint[] => {
  const { serverName } = config;
  const { allowProfileLookup } = config.federation;
  return [
    ...loginEndpoints({ ...services, serverName, wellKnown }),
    ...registrationEndpoints({ ...services, serverName }),
    ...rateExceptionEndpoints(services.rateExceptions),
    ...sharedSecretEndpoints({ ...services, serverName }),
    ...registrationTokenEndpoints(services.registrationTokens),
    ...authFallbackEndpoints(services.uia, config.registration, services.baseUrl),
    ...consentEndpoints(termsHere(config.registration), services.consents),
    ...startPageEndpoints(config),
    ...whoamiEndpoints,
    ...whoisEndpoints(services),
    ...passwordEndpoints(services),
    ...passwordLinkEndpoints(services.passwordLinks, services.passwordLinkLimit, serverName),
    ...deactivationEndpoints(services),
    ...accountModerationEndpoints(new AccountModeration(services.users)),
    ...deviceEndpoints(services),
    ...thirdPartyIdEndpoints(services),
    ...validationEndpoints(services),
    ...validationPages(services.validation),
    ...profileEndpoints(services.profiles),
    ...profileFederationEndpoints(services.profiles, { serverName, allowProfileLookup }),
    ...accountDataEndpoints(services.accountData),
    ...tagEndpoints(services.tags),
    ...filterEndpoints(services.filters),
    ...openIdEndpoints(services.openId, serverName),
    ...openIdFederationEndpoints(services.openId),
  ];
};

/** Terms that this server shows itself. */
const termsHere = ({ consent, terms }: AccountsDeps['config']['registration']) => {
  if (consent) return consent;
  const { version, folder, url } = terms ?? {};
  return version === undefined || folder === undefined || url !== undefined ? undefined : { version, folder };
};

const jobsOf = ({ lastSeen, stores, uia, validationStore }: Services, { db, clock }: AccountsDeps): Job[] => [
  lastSeenJob({ lastSeen, clock }),
  expiryJob({
    db,
    clock,
    accessTokens: stores.accessTokens,
    shortLived: [stores.loginTokens, stores.openIdTokens, stores.passwordLinks, validationStore],
    uia,
  }),
];
