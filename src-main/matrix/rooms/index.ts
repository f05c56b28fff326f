import type { Job } from '../../base/supervisor.js';
import type { Endpoint } from '../../http/endpoint.js';
import { RateLimiter } from '../../http/rate-limit.js';
import { Aggregations } from './aggregations.js';
import { AutoJoin } from './auto-join/auto-join.js';
import { autoJoining } from './auto-join/auto-join.job.js';
import { BlockedRooms } from './blocking/blocked-rooms.js';
import { BlockedRoomStore } from './blocking/blocked-rooms.store.js';
import { ClientEvents } from './client-events.js';
import { createRoomEndpoints } from './create-room.client.js';
import { ConsentNotices } from './consent/consent-notices.js';
import { RoomCreation } from './create-room.js';
import { deactivationDepartures } from './deactivation.job.js';
import { createDelaying } from './delayed/index.js';
import { directoryEndpoints, publicRoomsEndpoints } from './directory.client.js';
import { directoryFederationEndpoints } from './directory.federation.js';
import { Directory } from './directory.js';
import { DirectoryRules } from './directory-rules.js';
import { DirectoryStore } from './directory.store.js';
import { RemoteAliases } from './elsewhere/remote-aliases.js';
import { RemotePublicRooms } from './elsewhere/remote-public-rooms.js';
import { RemoteRooms } from './elsewhere/remote-rooms.js';
import { eventByTimeEndpoints } from './find/event-by-time.client.js';
import { roomFigures } from './figures/room-figures.job.js';
import { EventByTime } from './find/event-by-time.js';
import { mutualRoomsEndpoints } from './find/mutual-rooms.client.js';
import { MutualRooms } from './find/mutual-rooms.js';
import { guestDepartures } from './guests/guest-departures.job.js';
import { GuestRules } from './guests/guest-rules.js';
import { History } from './history.js';
import { RemoteMembership } from './elsewhere/remote-membership.js';
import { InviteBlocking } from './invite-blocking.js';
import { InviteDoor } from './invite-door.js';
import { membershipEndpoints } from './membership.client.js';
import { RoomMembership } from './membership.js';
import { NoticeRoomStore } from './notices/notice-rooms.store.js';
import { NoticeRules } from './notices/notice-rules.js';
import { serverNoticeEndpoints } from './notices/server-notices.admin.js';
import { ServerNotices } from './notices/server-notices.js';
import { createUserDirectory } from './people/index.js';
import { ProfileAccess } from './people/profile-access.js';
import { profileReadingEndpoints } from './people/profile-reading.client.js';
import { profilePropagation } from './profile-propagation.job.js';
import { publicRoomsFederationEndpoints } from './public-rooms.federation.js';
import { PublicRooms } from './public-rooms.js';
import { relationsEndpoints } from './relations.client.js';
import { Relations } from './relations.js';
import { reportEndpoints } from './reports/reports.client.js';
import { Reports } from './reports/reports.js';
import { ReportStore } from './reports/reports.store.js';
import { purgeJobs } from './retention/purge.job.js';
import { retentionEndpoints } from './retention/retention.client.js';
import { roomRemovals } from './removal/room-removals.job.js';
import { RoomAccess } from './room-access.js';
import { RoomCards } from './room-cards.js';
import { createRoomCare } from './room-care.js';
import { roomEventsEndpoints } from './room-events.client.js';
import { RoomLimits } from './room-limits.js';
import { RoomState } from './room-state.js';
import type { RoomsDeps } from './rooms-deps.js';
import { createSearch } from './search/index.js';
import { sendEndpoints } from './send.client.js';
import { Sending } from './send.js';
import { hierarchyEndpoints } from './spaces/hierarchy.client.js';
import { hierarchyFederationEndpoints } from './spaces/hierarchy.federation.js';
import { SpaceHierarchy } from './spaces/hierarchy.js';
import { roomSummaryEndpoints } from './spaces/room-summary.client.js';
import { RoomSummaries } from './spaces/room-summary.js';
import { SharedSpaces } from './spaces/shared-spaces.js';
import { SpaceChildren } from './spaces/space-children.js';
import { StandingRooms } from './standing-rooms.js';
import { ThirdPartyInvites } from './third-party/third-party-invites.js';
import { threadSubscriptionEndpoints } from './thread-subscriptions/thread-subscriptions.client.js';
import { ThreadSubscriptions } from './thread-subscriptions/thread-subscriptions.js';
import { ThreadSubscriptionStore } from './thread-subscriptions/thread-subscriptions.store.js';
import { Threads } from './threads.js';
import { successionOfTags } from './upgrade/succession.job.js';
import { upgradeEndpoints } from './upgrade/upgrade.client.js';
import { RoomUpgrade } from './upgrade/upgrade.js';
import { WholeTimeline } from './whole-timeline.js';

export type { BlockedRoom } from './blocking/blocked-rooms.store.js';
export type { ClientEvents, RenderOptions } from './client-events.js';
export type { RoomCreation } from './create-room.js';
export { bytesOnDisk } from './figures/room-figures.js';
export type { RoomFigures, RoomFilter, RoomOrder } from './figures/room-figures.store.js';
export type { RoomMembership } from './membership.js';
export type { ProfileNames, Profiles } from './profiles.js';
export type { Removal, RemovalState } from './removal/removals.store.js';
export type { RemovedRoom } from './removal/room-removals.js';
export type { RoomAccess, RoomSight } from './room-access.js';
export type { RoomLimits } from './room-limits.js';
export type { Sending } from './send.js';
export type { ServerNotices } from './notices/server-notices.js';
export { successionFollower } from './upgrade/succession-follower.js';
export type { Viewer } from './viewer.js';
export { parseTimelineToken, writeTimelineToken } from './timeline-token.js';

/** Everything that a client does in a room. */
export function createRooms(deps: RoomsDeps) {
  const { db, clock, serverName, events, accounts, log } = deps;
  const config = deps.config.rooms;
  const { consents, profiles, streams, users } = accounts;
  const { appender, reader, stateAt, timeline, visibility, relations, forgetter } = events;
  const limits = new RoomLimits(deps.config.rateLimits, clock, accounts.rateExceptions);
  const directoryStore = new DirectoryStore();
  const rules = new DirectoryRules(config.policy);
  const remote = createElsewhere(deps);
  const directory = new Directory({
    db,
    clock,
    serverName,
    store: directoryStore,
    reader,
    appender,
    remote: remote.aliases,
    rules,
    policy: config.policy,
  });
  const federated = deps.federation.membership;
  const speaker = config.serverNotices?.userId;
  const adminsOnly = config.policy.invitesByAdminsOnly;
  const inviteBlocking = new InviteBlocking({ rules: accounts.inviteRules, users, adminsOnly, speaker });
  const blocked = new BlockedRooms({ db, clock, store: new BlockedRoomStore() });
  const guestRules = new GuestRules({ reader, guests: users });
  const noticeStore = new NoticeRoomStore();
  const membership = new RoomMembership({
    db,
    serverName,
    appender,
    policed: deps.federation.appender,
    reader,
    partials: events.partials,
    forgetter,
    profiles,
    users,
    inviteBlocking,
    blocked,
    consents,
    guestRules,
    noticeRules: new NoticeRules({ db, store: noticeStore, reader, speaker }),
    limits,
    restricted: federated.restricted,
    remote: new RemoteMembership({ serverName, reader, federated }),
  });
  const creation = new RoomCreation({
    db,
    consents,
    serverName,
    config,
    appender,
    membership,
    directory,
    directoryStore,
    rules,
    limits,
    log,
  });
  const serverNotices = new ServerNotices({
    db,
    settings: config.serverNotices,
    store: noticeStore,
    users,
    profiles,
    tags: accounts.tags,
    creation,
    appender,
    reader,
  });
  const upgrades = new RoomUpgrade({
    db,
    serverName,
    reader,
    appender,
    membership,
    directoryStore,
    users,
    consents,
    limits,
  });
  const sending = new Sending({
    db,
    appender: deps.federation.appender,
    reader,
    relations,
    membership,
    directory,
    users,
    consents,
    limits,
  });
  const thirdPartyInvites = new ThirdPartyInvites({
    reader,
    membership,
    sending,
    profiles,
    users,
    inviteBlocking,
    identityServers: accounts.identityServers,
    lookupEnabled: deps.config.thirdParty.lookupEnabled,
    limit: new RateLimiter(deps.config.rateLimits.thirdPartyInvite, clock, accounts.rateExceptions),
    log,
  });
  const access = new RoomAccess({ reader, stateAt, visibility });
  const threadStore = new ThreadSubscriptionStore();
  const threadSubscriptions = new ThreadSubscriptions({ db, store: threadStore, access, relations });
  const delaying = createDelaying(deps, { access, sending, limits });
  const aggregations = new Aggregations({ relations, reader, visibility });
  const clientEvents = new ClientEvents({ clock, reader, stateAt, visibility, aggregations });
  const elsewhere = deps.federation.history;
  const wholeTimeline = new WholeTimeline({ timeline, history: elsewhere, clock });
  const history = new History({ access, reader, stateAt, timeline, wholeTimeline, visibility, clientEvents });
  const state = new RoomState({ access, reader, partials: events.partials, stateAt, timeline, clientEvents });
  const related = new Relations({ access, reader, relations, visibility, clientEvents });
  const threads = new Threads({ access, reader, relations, visibility, clientEvents });
  const cards = new RoomCards({ reader });
  const publicRooms = new PublicRooms({
    db,
    store: directoryStore,
    cards,
    caches: deps.caches,
    isOpen: config.policy.hasDirectory,
  });
  const summaries = new RoomSummaries({ cards, reader, remote: remote.rooms });
  const children = new SpaceChildren({ reader });
  const hierarchy = new SpaceHierarchy({ cards, reader, children, remote: remote.rooms, clock, caches: deps.caches });
  const sharedSpaces = new SharedSpaces({ cards, reader, children });
  const eventByTime = new EventByTime({ access, times: events.times, visibility, history: elsewhere });
  const mutualRooms = new MutualRooms({ reader });
  const reportStore = new ReportStore();
  const reportLimit = new RateLimiter(deps.config.rateLimits.reports, clock, accounts.rateExceptions);
  const reports = new Reports({ db, clock, store: reportStore, access, reader, users, limit: reportLimit });
  const people = createUserDirectory(deps);
  const searching = createSearch(deps, clientEvents);
  const endpoints: Endpoint[] = [
    ...createRoomEndpoints(creation, thirdPartyInvites),
    ...serverNoticeEndpoints(serverNotices),
    ...upgradeEndpoints(upgrades),
    ...membershipEndpoints(membership, directory, thirdPartyInvites),
    ...deps.federation.inviteEndpoints(new InviteDoor({ users, inviteBlocking, blocked, limits })),
    ...sendEndpoints({ sending, delayedEvents: delaying.delayedEvents }),
    ...delaying.endpoints,
    ...threadSubscriptionEndpoints(threadSubscriptions),
    ...roomEventsEndpoints(history, state),
    ...relationsEndpoints(related, threads),
    ...directoryEndpoints(directory),
    ...eventByTimeEndpoints(eventByTime),
    ...mutualRoomsEndpoints(mutualRooms),
    ...profileReadingEndpoints(profiles, new ProfileAccess({ reader, settings: deps.config.profiles })),
    ...reportEndpoints(reports),
    ...retentionEndpoints(config.retention),
    ...people.endpoints,
    ...searching.endpoints,
    ...roomSummaryEndpoints(summaries, directory),
    ...hierarchyEndpoints(hierarchy),
    ...publicRoomsEndpoints(publicRooms, {
      serverName,
      openToAll: config.publicRoomsWithoutAuth,
      hasDirectory: config.policy.hasDirectory,
      remote: remote.publicRooms,
    }),
    ...directoryFederationEndpoints(directory, { serverName }),
    ...publicRoomsFederationEndpoints(publicRooms, { isOpen: deps.config.federation.publicRooms }),
    ...hierarchyFederationEndpoints(sharedSpaces),
  ];
  const standingRooms = new StandingRooms({ reader, membership, profiles, log });
  const following = { db, clock, log, streams, standingRooms };
  const autoJoin = new AutoJoin({
    serverName,
    consents,
    settings: config.autoJoin,
    reader,
    directory,
    creation,
    membership,
    log,
  });
  const care = createRoomCare({ ...deps, membership, creation, directory, directoryStore, blocked });
  const jobs: Job[] = [
    roomFigures({ db, clock, events, figures: care.figures }),
    roomRemovals({ db, removals: care.removals }),
    ...autoJoining({ db, clock, log, streams, users, autoJoin }),
    profilePropagation(following),
    deactivationDepartures({ ...following, erased: events.erased }),
    guestDepartures({ db, clock, log, events, guests: users, guestRules, standingRooms }),
    ...people.jobs,
    ...searching.jobs,
    ...purgeJobs({ clock, log, settings: config.retention, ...events, also: searching.forget }),
    delaying.job,
    successionOfTags({ db, clock, events, accounts }),
  ];
  return {
    access,
    /** for those who look after the server */
    care,
    clientEvents,
    creation,
    directory,
    history,
    limits,
    membership,
    notices: serverNotices,
    sending,
    threadSubscriptions,
    /** asks people to accept the terms */
    consentNotices: new ConsentNotices({ consents, notices: serverNotices, log }),
    endpoints,
    jobs,
  };
}

export type Rooms = ReturnType<typeof createRooms>;
/** What those do with rooms who look after the server. */
export type RoomCare = Rooms['care'];

/** What other servers tell of rooms that this one is not in. */
const createElsewhere = (deps: RoomsDeps) => ({
  aliases: new RemoteAliases(deps),
  publicRooms: new RemotePublicRooms(deps),
  rooms: new RemoteRooms(deps),
});
