import type { RateLimit, RateLimits } from './config.js';
import type { BucketValues, FileValues } from './schema.js';

/** The `rc_*` keys; what one leaves out keeps its default. */
export function readRateLimits(values: FileValues, defaults: RateLimits): RateLimits {
  const { rc_login: login, rc_joins: joins, rc_invites: invites, rc_federation: federation } = values;
  return {
    message: bucket(values.rc_message, defaults.message),
    registration: bucket(values.rc_registration, defaults.registration),
    registrationTokenValidity: bucket(values.rc_registration_token_validity, defaults.registrationTokenValidity),
    login: {
      address: bucket(login?.address, defaults.login.address),
      account: bucket(login?.account, defaults.login.account),
      failedAttempts: bucket(login?.failed_attempts, defaults.login.failedAttempts),
    },
    adminRedaction: values.rc_admin_redaction
      ? bucket(values.rc_admin_redaction, defaults.message)
      : defaults.adminRedaction,
    joins: { local: bucket(joins?.local, defaults.joins.local), remote: bucket(joins?.remote, defaults.joins.remote) },
    joinsPerRoom: bucket(values.rc_joins_per_room, defaults.joinsPerRoom),
    thirdPartyValidation: bucket(values.rc_3pid_validation, defaults.thirdPartyValidation),
    thirdPartyInvite: bucket(values.rc_third_party_invite, defaults.thirdPartyInvite),
    invites: {
      perRoom: bucket(invites?.per_room, defaults.invites.perRoom),
      perUser: bucket(invites?.per_user, defaults.invites.perUser),
      perIssuer: bucket(invites?.per_issuer, defaults.invites.perIssuer),
    },
    mediaCreate: bucket(values.rc_media_create, defaults.mediaCreate),
    presence: { perUser: bucket(values.rc_presence?.per_user, defaults.presence.perUser) },
    delayedEvents: bucket(values.rc_delayed_event_mgmt, defaults.delayedEvents),
    reports: bucket(values.rc_reports, defaults.reports),
    roomCreation: bucket(values.rc_room_creation, defaults.roomCreation),
    userDirectory: bucket(values.rc_user_directory, defaults.userDirectory),
    federation: {
      windowSize: federation?.window_size ?? defaults.federation.windowSize,
      sleepLimit: federation?.sleep_limit ?? defaults.federation.sleepLimit,
      sleepDelay: federation?.sleep_delay ?? defaults.federation.sleepDelay,
      rejectLimit: federation?.reject_limit ?? defaults.federation.rejectLimit,
      concurrent: federation?.concurrent ?? defaults.federation.concurrent,
    },
  };
}

const bucket = (values: BucketValues | undefined, fallback: RateLimit): RateLimit => ({
  perSecond: values?.per_second ?? fallback.perSecond,
  burst: values?.burst_count ?? fallback.burst,
});
