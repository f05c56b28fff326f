import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Database } from '../../storage/database.js';
import type { Events } from '../events/index.js';
import type { Servers } from '../servers/index.js';
import { Edus } from './edus/edus.js';
import { Progress } from './sending/progress.js';
import { Sender } from './sending/sender.js';
import { sendingJob } from './sending/sending.job.js';
import type { Sending } from './sending/sending.js';
import { ServerAcls } from './server-acls.js';

export type { EduContents, EduType, OutgoingEdu } from './edus/edu-types.js';
export type { EduHandler, Edus } from './edus/edus.js';
export type { InviteDoor } from './membership/incoming-invites.js';
export { createMembership, type FederatedMembership } from './membership/membership.js';
export type { JoinProgress } from './membership/ports.js';
export type { Sending } from './sending/sending.js';
export type { ServerAcls } from './server-acls.js';

export interface FederationDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly servers: Pick<Servers, 'serverName' | 'requests' | 'destinations'>;
  readonly events: Events;
}

/** PDUs and EDUs between servers, in and out. Upper domains say with `edus.on` which EDUs they take. */
export function createFederation({ db, clock, log: houseLog, servers, events }: FederationDeps) {
  const log = houseLog.child({ part: 'federation' });
  const { destinations } = servers;
  const { outgoing } = events;
  const sender = new Sender({ db, clock, log, ...servers, events: outgoing });
  const progress = new Progress({ db, clock, events: outgoing });
  const sending: Sending = sender;
  return {
    acls: new ServerAcls({ reader: events.reader }),
    edus: new Edus({ log }),
    sending,
    endpoints: [],
    jobs: [sendingJob({ db, clock, destinations, events: outgoing, progress, sender })],
  };
}

export type Federation = ReturnType<typeof createFederation>;
