import type { Migration } from '../migrate.js';
import { migration as storage } from './0001-storage.js';
import { migration as accounts } from './0010-accounts.js';
import { migration as accountsThirdParty } from './0011-accounts-third-party.js';
import { migration as accountsPeople } from './0012-accounts-people.js';
import { migration as accountsInvitations } from './0013-accounts-invitations.js';
import { migration as accountsConsents } from './0014-accounts-consents.js';
import { migration as accountsLimits } from './0015-accounts-limits.js';
import { migration as accountsRevokedInvitations } from './0016-accounts-revoked-invitations.js';
import { migration as accountsPasswordLinks } from './0017-accounts-password-links.js';
import { migration as media } from './0020-media.js';
import { migration as mediaRemote } from './0021-media-remote.js';
import { migration as mediaUrlPreviews } from './0022-media-url-previews.js';
import { migration as mediaCare } from './0023-media-care.js';
import { migration as mediaCleanUps } from './0024-media-clean-ups.js';
import { migration as mediaQuotas } from './0025-media-quotas.js';
import { migration as events } from './0030-events.js';
import { migration as eventsGraph } from './0031-events-graph.js';
import { migration as eventsRelationsOfSenders } from './0032-events-relations-of-senders.js';
import { migration as eventsPartialRooms } from './0033-events-partial-rooms.js';
import { migration as eventsHidden } from './0034-events-hidden.js';
import { migration as eventsErasedSenders } from './0035-events-erased-senders.js';
import { migration as eventsResidence } from './0039-events-residence.js';
import { migration as rooms } from './0040-rooms.js';
import { migration as roomsDiscovery } from './0041-rooms-discovery.js';
import { migration as roomsSearch } from './0042-rooms-search.js';
import { migration as roomsAliasCreators } from './0043-rooms-alias-creators.js';
import { migration as roomsDelayedEvents } from './0044-rooms-delayed-events.js';
import { migration as roomsThreadSubscriptions } from './0045-rooms-thread-subscriptions.js';
import { migration as roomsNoticeRooms } from './0046-rooms-notice-rooms.js';
import { migration as roomsLookedAfter } from './0047-rooms-looked-after.js';
import { migration as encryption } from './0050-encryption.js';
import { migration as encryptionBackupBytes } from './0051-encryption-backup-bytes.js';
import { migration as encryptionFederation } from './0052-encryption-federation.js';
import { migration as ephemeral } from './0060-ephemeral.js';
import { migration as push } from './0070-push.js';
import { migration as pushPushers } from './0071-push-pushers.js';
import { migration as pushPushersEnabled } from './0072-push-pushers-enabled.js';
import { migration as sync } from './0080-sync.js';
import { migration as servers } from './0091-servers.js';
import { migration as serversFailureCauses } from './0092-servers-failure-causes.js';
import { migration as serversAttempts } from './0093-servers-attempts.js';
import { migration as serversTraffic } from './0094-servers-traffic.js';
import { migration as federation } from './0100-federation.js';
import { migration as federationStagedPdus } from './0101-federation-staged-pdus.js';
import { migration as health } from './0111-health.js';
import { migration as adminErasures } from './0120-admin-erasures.js';
import { migration as adminTidiedServers } from './0121-admin-tidied-servers.js';

/** Every step, in order. Numbers go by domain until the first release; one list, so that none is forgotten. */
export const migrations: readonly Migration[] = [
  storage,
  accounts,
  accountsThirdParty,
  accountsPeople,
  accountsInvitations,
  accountsConsents,
  accountsLimits,
  accountsRevokedInvitations,
  accountsPasswordLinks,
  media,
  mediaRemote,
  mediaUrlPreviews,
  mediaCare,
  mediaCleanUps,
  mediaQuotas,
  events,
  eventsGraph,
  eventsRelationsOfSenders,
  eventsPartialRooms,
  eventsHidden,
  eventsErasedSenders,
  eventsResidence,
  rooms,
  roomsDiscovery,
  roomsSearch,
  roomsAliasCreators,
  roomsDelayedEvents,
  roomsThreadSubscriptions,
  roomsNoticeRooms,
  roomsLookedAfter,
  encryption,
  encryptionBackupBytes,
  encryptionFederation,
  ephemeral,
  push,
  pushPushers,
  pushPushersEnabled,
  sync,
  servers,
  serversFailureCauses,
  serversAttempts,
  serversTraffic,
  federation,
  federationStagedPdus,
  health,
  adminErasures,
  adminTidiedServers,
];
