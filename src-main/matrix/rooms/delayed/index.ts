import { RateLimiter } from '../../../http/rate-limit.js';
import { delayedEventEndpoints } from './delayed-events.client.js';
import { delayedEventsJob } from './delayed-events.job.js';
import { DelayedEvents } from './delayed-events.js';
import { DelayedEventStore } from './delayed-events.store.js';
import { OvertakenEvents } from './overtaken-events.js';
import type { RoomAccess } from '../room-access.js';
import type { RoomLimits } from '../room-limits.js';
import type { Sending } from '../send.js';
import type { RoomsDeps } from '../rooms-deps.js';

/** Events that are sent later. */
export function createDelaying(
  { db, clock, log, config, events }: RoomsDeps,
  rooms: { access: RoomAccess; sending: Sending; limits: RoomLimits },
) {
  const store = new DelayedEventStore();
  const limit = new RateLimiter(config.rateLimits.delayedEvents, clock);
  const longestDelay = config.rooms.longestEventDelay;
  const delayedEvents = new DelayedEvents({ ...rooms, db, clock, log, store, limit, longestDelay });
  const overtaken = new OvertakenEvents({ db, store, reader: events.reader, stateNews: events.stateNews });
  const job = delayedEventsJob({ db, clock, delayed: delayedEvents, overtaken });
  return { delayedEvents, endpoints: delayedEventEndpoints(delayedEvents), job };
}
