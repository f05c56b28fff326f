import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { Job } from '../../../base/supervisor.js';
import type { RoomId } from '../../../spec/ids.js';
import { batchFollower, type Writing } from '../../../storage/batch-follower.js';
import type { Database } from '../../../storage/database.js';
import type { Events } from '../../events/index.js';
import type { StandingRooms } from '../standing-rooms.js';
import type { GuestRules, Guests } from './guest-rules.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Pick<Events, 'stream' | 'reader'>;
  readonly guests: Guests;
  readonly guestRules: GuestRules;
  readonly standingRooms: StandingRooms;
}

/** Everything is written already: only that this is done needs to be. */
const PLACE_ONLY: Writing = async () => undefined;
/** More people of this server in one room than any home has. */
const MOST_MEMBERS = 100_000;

/** Takes guests out of rooms where they are not welcome any more. */
export const guestDepartures = (deps: Deps): Job =>
  batchFollower({
    name: 'rooms.guests',
    stream: deps.events.stream,
    db: deps.db,
    clock: deps.clock,
    gather: 50,
    async prepare(changes, signal) {
      const closed = changes.filter(({ change }) => change.type === 'm.room.guest_access' && change.stateKey === '');
      const roomIds = new Set(closed.map(({ change }) => change.roomId));
      for (const roomId of roomIds) await sendAway(deps, roomId, signal);
      return roomIds.size > 0 ? PLACE_ONLY : undefined;
    },
  });

async function sendAway({ events, guests, guestRules, standingRooms, log }: Deps, roomId: RoomId, signal: AbortSignal) {
  if (await guestRules.areWelcome(roomId)) return;
  const members = await events.reader.localMembers(roomId, MOST_MEMBERS);
  const leaving = await guests.guestsAmong(members.map(({ userId }) => userId));
  for (const userId of leaving) {
    signal.throwIfAborted();
    await standingRooms.leaveOne(userId, roomId);
  }
  if (leaving.length > 0) log.info('guests left a room', { roomId, guests: leaving.length });
}
