import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import { RateLimiter } from '../../http/rate-limit.js';
import type { ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { Accounts } from '../accounts/index.js';
import type { Events } from '../events/index.js';
import type { RemovedRoom } from '../rooms/index.js';
import type { Stream } from '../../storage/stream.js';
import type { Federation } from '../federation/index.js';
import { EphemeralCounter } from './ephemeral-counter.js';
import { introductions } from './introductions.job.js';
import { OtherServers } from './other-servers.js';
import { presenceEndpoints } from './presence.client.js';
import { presenceEdu } from './presence.federation.js';
import { presenceTimeouts } from './presence.job.js';
import { Presence } from './presence.js';
import { PresenceStore } from './presence.store.js';
import { ReadMarkers } from './read-markers.js';
import { receiptEndpoints } from './receipts.client.js';
import { receiptEdu } from './receipts.federation.js';
import { Receipts } from './receipts.js';
import { removedRooms } from './removed-rooms.job.js';
import { ReceiptStore } from './receipts.store.js';
import { typingEndpoints } from './typing.client.js';
import { typingEdu } from './typing.federation.js';
import { Typing } from './typing.js';

export type { EphemeralCounter } from './ephemeral-counter.js';
export type { Presence, PresenceState } from './presence.js';
export type { Receipts } from './receipts.js';
export type { Receipt, ReceiptType } from './receipts.store.js';
export type { Typing } from './typing.js';

export interface EphemeralDeps {
  readonly db: Database;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly config: Pick<Config, 'presence' | 'rateLimits'>;
  readonly log: Logger;
  readonly serverName: ServerName;
  readonly accounts: Accounts;
  readonly events: Events;
  /** rooms that are stored no more */
  readonly removedRooms: Stream<RemovedRoom>;
  readonly federation: Pick<Federation, 'acls' | 'edus' | 'sending'>;
}

/** Receipts, typing and presence. Needs events to know who is joined, federation to tell other servers; sync reads them. */
export function createEphemeral({
  db,
  caches,
  clock,
  log,
  config,
  serverName,
  accounts,
  events,
  federation,
  removedRooms: stream,
}: EphemeralDeps) {
  const { reader, relations } = events;
  const others = new OtherServers({ serverName, reader, ...federation });
  const counter = new EphemeralCounter(clock);
  const receiptStore = new ReceiptStore();
  const receipts = new Receipts({ db, store: receiptStore, reader, relations, caches, clock, others });
  const markers = new ReadMarkers({ db, accountData: accounts.accountData, reader });
  const typing = new Typing({ db, clock, counter, reader, others });
  const limit = new RateLimiter(config.rateLimits.presence.perUser, clock, accounts.rateExceptions);
  const { enabled } = config.presence;
  const presence = new Presence({ db, store: new PresenceStore(), clock, counter, reader, others, enabled, limit });
  federation.edus.on('m.typing', typingEdu(typing, others));
  federation.edus.on('m.receipt', receiptEdu(receipts, others));
  federation.edus.on('m.presence', presenceEdu(presence));
  return {
    counter,
    receipts,
    typing,
    presence,
    endpoints: [...receiptEndpoints(receipts, markers), ...typingEndpoints(typing), ...presenceEndpoints(presence)],
    jobs: [
      presenceTimeouts({ presence, clock }),
      removedRooms({ db, clock, log, stream, receipts: receiptStore }),
      ...(enabled ? [introductions({ db, clock, log, events, presence, others })] : []),
    ],
  };
}

export type Ephemeral = ReturnType<typeof createEphemeral>;
