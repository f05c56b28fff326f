import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import { serverOf } from '../../spec/grammar.js';
import type { UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { follower } from '../../storage/follower.js';
import type { Events, StoredEvent } from '../events/index.js';
import type { OtherServers } from './other-servers.js';
import type { Presence } from './presence.js';

interface IntroductionsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Events;
  readonly presence: Presence;
  readonly others: OtherServers;
}

/** People here whom a newcomer's server is told of. */
const MOST_INTRODUCED = 100;

/**
 * When people of several servers meet in a room, each server is told how the people of the other are. Of the moment: it
 * begins with what comes, and what it tells twice does no harm.
 */
export const introductions = ({ events, presence, others, ...deps }: IntroductionsDeps) =>
  follower<StoredEvent>({
    ...deps,
    name: 'ephemeral.introductions',
    stream: events.stream,
    from: 'now',
    async handle(event) {
      if (event.type !== 'm.room.member' || event.content['membership'] !== 'join') return;
      const userId = event.stateKey as UserId;
      const { roomId } = event;
      const membership = await events.reader.membership(roomId, userId);
      // A change of name is no arrival.
      if (membership?.since !== event.nid || membership.membership !== 'join') return;
      if (others.isLocal(userId)) {
        presence.introduce([userId], await events.reader.serversIn(roomId));
        return;
      }
      const here = await events.reader.localMembers(roomId, MOST_INTRODUCED);
      presence.introduce(
        here.map((member) => member.userId),
        [serverOf(userId)],
      );
    },
  });
