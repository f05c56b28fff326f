import type { Logger } from '../../base/logger.js';
import type { Events } from '../events/index.js';
import { Edus } from './edus/edus.js';
import { ServerAcls } from './server-acls.js';

export type { EduContents, EduType, OutgoingEdu } from './edus/edu-types.js';
export type { EduHandler, Edus } from './edus/edus.js';
export type { InviteDoor } from './membership/incoming-invites.js';
export { createMembership, type FederatedMembership } from './membership/membership.js';
export type { JoinProgress } from './membership/ports.js';
export type { Sending } from './sending/sending.js';
export type { ServerAcls } from './server-acls.js';

export interface FederationDeps {
  readonly events: Events;
  readonly log: Logger;
}

/** PDUs and EDUs between servers, in and out. Upper domains say with `edus.on` which EDUs they take. */
export function createFederation({ events, log: houseLog }: FederationDeps) {
  const log = houseLog.child({ part: 'federation' });
  const acls = new ServerAcls({ reader: events.reader });
  return { acls, edus: new Edus({ log }), endpoints: [], jobs: [] };
}

export type Federation = ReturnType<typeof createFederation>;
