import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Database } from '../../storage/database.js';
import type { Ephemeral } from '../ephemeral/index.js';
import type { Events } from '../events/index.js';
import { NotificationCounts } from './notification-counts.js';
import { pushRuleEndpoints } from './push-rules.client.js';
import { PushRules } from './push-rules.js';
import { PushRuleStore } from './push-rules.store.js';
import { successionOfRules } from './room-upgrades.job.js';

export type { Counts, NotificationCounts, RoomCounts } from './notification-counts.js';
export type { PushRules } from './push-rules.js';

export interface PushDeps {
  readonly db: Database;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly events: Events;
  readonly ephemeral: Ephemeral;
}

/** What notifies people, and how much of it they have not read. */
export function createPush({ db, caches, clock, events, ephemeral }: PushDeps) {
  const { reader, timeline } = events;
  const rules = new PushRules({ db, store: new PushRuleStore(), caches });
  const counts = new NotificationCounts({ reader, timeline, receipts: ephemeral.receipts, rules, caches });
  return {
    rules,
    counts,
    endpoints: pushRuleEndpoints(rules),
    jobs: [successionOfRules({ db, clock, events, rules })],
  };
}

export type Push = ReturnType<typeof createPush>;
