import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import type { OutgoingHttp } from '../../../net/outgoing.js';
import type { Graph, Intake, PduChecks, RoomReader, Templates } from '../../events/index.js';
import type { KeyRing, ServerRequests } from '../../servers/index.js';
import type { PolicedAppender } from '../policy/policed-appender.js';
import type { PolicedIntake } from '../policy/policed-intake.js';
import type { ServerAcls } from '../server-acls.js';
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
  return {
    joins: new RemoteJoins(deps),
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
