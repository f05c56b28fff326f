import type { Job } from '../../base/supervisor.js';
import type { Database } from '../../storage/database.js';
import { workOff } from '../../storage/work-off.js';
import { ERASURES_TOPIC, type Erasures } from './erasures.js';

/** Erases whom administrators asked to erase, one after the other; what a stop broke off goes on. */
export const erasing = ({ db, erasures }: { readonly db: Database; readonly erasures: Erasures }): Job =>
  workOff({ name: 'admin.erasures', db, topic: ERASURES_TOPIC, next: (signal) => erasures.runNext(signal) });
