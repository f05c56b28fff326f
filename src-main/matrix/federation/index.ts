import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import { RateLimiter } from '../../http/rate-limit.js';
import type { OutgoingHttp } from '../../net/outgoing.js';
import type { Database } from '../../storage/database.js';
import type { Events } from '../events/index.js';
import type { Servers } from '../servers/index.js';
import { historyAnswerEndpoints, stateAnswerEndpoints } from './answers/room-answers.federation.js';
import { RoomAnswers } from './answers/room-answers.js';
import { ServerSight } from './answers/server-sight.js';
import { Edus } from './edus/edus.js';
import type { Departures } from './membership/departures.js';
import { HistoryRequests } from './history/history-requests.js';
import { RemoteHistory } from './history/remote-history.js';
import type { InviteDoor } from './membership/incoming-invites.js';
import { inviteEndpoints } from './membership/invites.federation.js';
import { joinEndpoints } from './membership/joins.federation.js';
import { knockEndpoints } from './membership/knocks.federation.js';
import { leaveEndpoints } from './membership/leaves.federation.js';
import { createMembership } from './membership/membership.js';
import { thirdPartyInviteEndpoints } from './membership/third-party-invites.federation.js';
import { PolicedAppender } from './policy/policed-appender.js';
import { PolicedIntake } from './policy/policed-intake.js';
import { Recommendations } from './policy/recommendations.js';
import { RoomPolicies } from './policy/room-policies.js';
import { Progress } from './sending/progress.js';
import { Queues } from './sending/queues.js';
import { Sender } from './sending/sender.js';
import { sendingJob } from './sending/sending.job.js';
import type { Sending } from './sending/sending.js';
import { ServerAcls } from './server-acls.js';
import { IncomingPdus } from './transactions/incoming-pdus.js';
import { IncomingTransactions } from './transactions/incoming-transactions.js';
import { MessageTimes } from './transactions/message-times.js';
import { MissingEvents } from './transactions/missing-events.js';
import { RemoteGraph } from './transactions/remote-graph.js';
import { RemoteState } from './transactions/remote-state.js';
import { stagedPdusJob } from './transactions/staged-pdus.job.js';
import { StagedPdus } from './transactions/staged-pdus.js';
import { transactionEndpoints } from './transactions/transactions.federation.js';
import { WakeUpCalls } from './wake-up-calls.js';

export type { EduContents, EduType, OutgoingEdu } from './edus/edu-types.js';
export type { EduHandler, Edus } from './edus/edus.js';
export type { TimedEvent } from './history/history-requests.js';
export type { RemoteHistory, Span } from './history/remote-history.js';
export type { InviteDoor } from './membership/incoming-invites.js';
export type { FederatedMembership } from './membership/membership.js';
export type { JoinProgress } from './membership/ports.js';
export type { RemoteJoins } from './membership/remote-joins.js';
export type { RestrictedJoins } from './membership/restricted-joins.js';
export type { AppendMore, PolicedAppender } from './policy/policed-appender.js';
export type { EventTimes, MessageTimes } from './transactions/message-times.js';
export type { Queues, Waiting } from './sending/queues.js';
export type { Sending } from './sending/sending.js';
export type { ServerAcls } from './server-acls.js';
export type { WakeUpCalls } from './wake-up-calls.js';

export interface FederationDeps {
  readonly db: Database;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Pick<Config, 'rateLimits'>;
  readonly servers: Pick<
    Servers,
    'serverName' | 'signingKey' | 'requests' | 'destinations' | 'keys' | 'peers' | 'traffic'
  >;
  readonly outgoing: OutgoingHttp;
  readonly events: Events;
}

/** PDUs and EDUs between servers, in and out. Upper domains say with `edus.on` which EDUs they take. */
export function createFederation(given: FederationDeps) {
  const deps = { ...given, log: given.log.child({ part: 'federation' }) };
  const acls = new ServerAcls(given.events);
  const edus = new Edus(deps);
  const { sending, queues, job } = createSending(deps);
  const { servers, events, config, clock, outgoing } = deps;
  const joinLimit = new RateLimiter(config.rateLimits.joinsPerRoom, clock);
  const policing = createPolicing(deps);
  const parts = { ...deps, ...servers, ...events, ...policing, outgoing, acls, joinLimit };
  const membership = createMembership({ ...parts, author: servers });
  const answers = new RoomAnswers({ ...events, ...servers, clock, acls, sight: new ServerSight(events) });
  const { make, send, thirdParty, departures } = membership;
  const { transactions, staged, times } = createReceiving({ ...deps, ...policing, departures }, acls, edus);
  const limit = new RateLimiter(config.rateLimits.thirdPartyInvite, clock);
  return {
    acls,
    edus,
    /** events of people here, past the rooms' policy servers */
    appender: policing.policedAppender,
    sending,
    /** what waits for other servers: for consoles */
    queues,
    /** tells others that this server is back */
    wakeUps: new WakeUpCalls({ ...deps, ...servers, inCommon: events.inCommon, queues }),
    /** when events of other servers came */
    times,
    membership,
    /** what was said before we came into rooms */
    history: createHistory({ ...deps, ...policing }),
    /** Invitations from elsewhere are answered once rooms say whom they may reach. */
    inviteEndpoints: (door: InviteDoor) => inviteEndpoints(membership.incomingInvites(door)),
    endpoints: [
      ...transactionEndpoints(transactions),
      ...stateAnswerEndpoints(answers),
      ...historyAnswerEndpoints(answers),
      ...joinEndpoints(membership),
      ...leaveEndpoints(make, send),
      ...knockEndpoints({ make, send, reader: events.reader }),
      ...thirdPartyInviteEndpoints({ invites: thirdParty, acls, limit }),
    ],
    jobs: [job, stagedPdusJob(staged), membership.joins.job, membership.completions.job],
  };
}

export type Federation = ReturnType<typeof createFederation>;

function createSending({ db, clock, log, servers, events }: FederationDeps) {
  const { destinations } = servers;
  const { outgoing } = events;
  const sender = new Sender({ db, clock, log, ...servers, events: outgoing });
  const progress = new Progress({ db, clock, events: outgoing });
  const sending: Sending = sender;
  const queues = new Queues({ db, events: outgoing, sender });
  return { sending, queues, job: sendingJob({ db, clock, destinations, events: outgoing, progress, sender }) };
}

/** What asks the policy servers of rooms. */
function createPolicing({ db, caches, clock, log, servers, events }: FederationDeps) {
  const { serverName, requests } = servers;
  const policies = new RoomPolicies({ ...events, serverName });
  const recommendations = new Recommendations({ requests, caches, clock });
  const asking = { ...events, db, log, serverName, policies, recommendations };
  return { policed: new PolicedIntake(asking), policedAppender: new PolicedAppender(asking) };
}

/** Events of one server that are refused or rejected: whoever sends more of them keeps this server from its work. */
const REFUSALS = { perSecond: 10, burst: 1_000 };

type Receiving = FederationDeps & ReturnType<typeof createPolicing> & { readonly departures: Departures };

function createReceiving(given: Receiving, acls: ServerAcls, edus: Edus) {
  const { servers, events } = given;
  const { reader, pdus, intake, graph } = events;
  const deps = { ...given, reader, pdus, intake, graph, acls };
  const remote = new RemoteGraph(servers.requests);
  const state = new RemoteState({ ...deps, remote });
  const missing = new MissingEvents({ ...deps, remote, state });
  const times = new MessageTimes(given);
  const staged = new StagedPdus({ ...deps, missing, times });
  const refusals = new RateLimiter(REFUSALS, given.clock);
  const incoming = new IncomingPdus({ ...deps, staged, times, refusals, peers: servers.peers });
  const { traffic } = servers;
  const transactions = new IncomingTransactions({ ...deps, pdus: incoming, staged, edus, refusals, traffic });
  return { staged, times, transactions };
}

function createHistory(deps: FederationDeps & Pick<ReturnType<typeof createPolicing>, 'policed'>): RemoteHistory {
  const { policed, caches, clock, log, servers, events } = deps;
  const { serverName } = servers;
  const state = new RemoteState({ ...events, log, remote: new RemoteGraph(servers.requests) });
  const requests = new HistoryRequests(servers.requests);
  return new RemoteHistory({ ...events, policed, requests, state, serverName, caches, clock, log });
}
