import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import type { OutgoingHttp } from '../../../net/outgoing.js';
import type { Database } from '../../../storage/database.js';
import type {
  EventAppender,
  Graph,
  Intake,
  PartialRooms,
  PduChecks,
  RoomReader,
  Templates,
} from '../../events/index.js';
import type { KeyRing, ServerRequests } from '../../servers/index.js';
import type { PolicedAppender } from '../policy/policed-appender.js';
import type { PolicedIntake } from '../policy/policed-intake.js';
import type { ServerAcls } from '../server-acls.js';
import { RemoteGraph } from '../transactions/remote-graph.js';
import { RemoteState } from '../transactions/remote-state.js';
import { Completions } from './completions.js';
import { Departures } from './departures.js';
import { IncomingInvites, type InviteDoor } from './incoming-invites.js';
import { JoinState } from './join-state.js';
import { MakeMembership } from './make-membership.js';
import { MembershipRequests } from './membership-requests.js';
import type { Author } from './ports.js';
import { RemoteInvites } from './remote-invites.js';
import { RemoteJoins } from './remote-joins.js';
import { RemoteKnocks } from './remote-knocks.js';
import { RemoteLeaves } from './remote-leaves.js';
import { RestrictedJoins } from './restricted-joins.js';
import { SendMembership } from './send-membership.js';
import { ThirdPartyInvites } from './third-party-invites.js';

export interface MembershipDeps {
  readonly db: Database;
  readonly partials: PartialRooms;
  readonly appender: EventAppender;
  readonly author: Author;
  readonly requests: ServerRequests;
  readonly keys: KeyRing;
  readonly outgoing: OutgoingHttp;
  readonly reader: RoomReader;
  readonly pdus: PduChecks;
  readonly intake: Intake;
  readonly policed: PolicedIntake;
  readonly policedAppender: PolicedAppender;
  readonly graph: Graph;
  readonly templates: Templates;
  readonly acls: ServerAcls;
  /** joins of users of other servers, by room */
  readonly joinLimit: RateLimiter;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who is in rooms, across servers: what we ask of others, and what they ask of us. */
export function createMembership(given: MembershipDeps) {
  const { author, reader } = given;
  const { serverName } = author;
  const requests = new MembershipRequests(given.requests);
  const deps = { ...given, serverName, requests, restricted: new RestrictedJoins({ reader, serverName }) };
  const invites = new RemoteInvites(deps);
  const state = new RemoteState({ ...given, remote: new RemoteGraph(given.requests) });
  const completions = new Completions({ ...given, state });
  return {
    joins: new RemoteJoins({ ...deps, completions }),
    completions,
    knocks: new RemoteKnocks(deps),
    leaves: new RemoteLeaves(deps),
    invites,
    thirdParty: new ThirdPartyInvites({ ...deps, invites }),
    restricted: deps.restricted,
    /** Invitations from elsewhere; the floor above decides whom they may reach. */
    incomingInvites: (door: InviteDoor) => new IncomingInvites({ ...deps, door }),
    departures: new Departures(deps),
    make: new MakeMembership(deps),
    send: new SendMembership(deps),
    joinState: new JoinState(deps),
  };
}

export type FederatedMembership = ReturnType<typeof createMembership>;
