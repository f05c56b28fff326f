import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { Job } from '../../../base/supervisor.js';
import type { RetentionConfig } from '../../../config/config.js';
import type { RoomId } from '../../../spec/ids.js';
import type { Transaction } from '../../../storage/database.js';
import type { EventRemoval, Retention, RoomReader, TimePlace } from '../../events/index.js';

interface Deps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: RetentionConfig | undefined;
  readonly reader: Pick<RoomReader, 'room'>;
  readonly removal: EventRemoval;
  readonly retention: Retention;
  /** what else goes with the messages, in the same transaction */
  readonly also: (tx: Transaction, nids: readonly number[]) => Promise<void>;
}

type Range = RetentionConfig['purgeJobs'][number];

/** However short a time the configuration says. */
const SHORTEST_INTERVAL: Milliseconds = 1000;

/** Delete messages that rooms keep no longer: at the start, and each in its own interval for the rooms in its range. */
export const purgeJobs = (deps: Deps): Job[] =>
  (deps.settings?.purgeJobs ?? []).map((range, at) => ({
    name: `rooms.purge.${at + 1}`,
    async run(signal) {
      while (!signal.aborted) {
        await purgeRooms(deps, range, signal);
        await deps.clock.sleep(Math.max(range.interval, SHORTEST_INTERVAL), signal);
      }
    },
  }));

async function purgeRooms(deps: Deps, range: Range, signal: AbortSignal): Promise<void> {
  let after: number | undefined = 0;
  while (after !== undefined && !signal.aborted) {
    const { rooms, next } = await deps.retention.rooms(after);
    for (const { roomId, said, kept } of rooms) {
      if (isIn(range, said)) await purgeRoom(deps, roomId, deps.clock.now() - kept, signal);
    }
    after = next;
  }
}

async function purgeRoom(deps: Deps, roomId: RoomId, before: Milliseconds, signal: AbortSignal): Promise<void> {
  const { log, reader, removal, also } = deps;
  const room = await reader.room(roomId);
  if (!room) return;
  let messages = 0;
  let place: TimePlace | undefined;
  do {
    const { events, next } = await removal.removeHistory(room, { before }, place, also);
    messages += events;
    place = next;
  } while (place && !signal.aborted);
  for (let more = 1; more > 0 && !signal.aborted; messages += more) {
    more = (await removal.removeHidden(room, before, also)).events;
  }
  if (messages > 0) log.info('old messages deleted', { roomId, messages });
}

const isIn = ({ shortest, longest }: Range, lifetime: Milliseconds): boolean =>
  (shortest === undefined || lifetime > shortest) && (longest === undefined || lifetime <= longest);
