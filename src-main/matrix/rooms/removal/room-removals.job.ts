import type { Job } from '../../../base/supervisor.js';
import type { Database } from '../../../storage/database.js';
import { workOff } from '../../../storage/work-off.js';
import { REMOVALS_TOPIC, type RoomRemovals } from './room-removals.js';

/** Does what administrators asked to be removed, one after the other; what a stop broke off goes on. */
export const roomRemovals = ({ db, removals }: { readonly db: Database; readonly removals: RoomRemovals }): Job =>
  workOff({ name: 'rooms.removals', db, topic: REMOVALS_TOPIC, next: (signal) => removals.runNext(signal) });
