import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { Job } from '../../../base/supervisor.js';
import { batchFollower } from '../../../storage/batch-follower.js';
import type { Database } from '../../../storage/database.js';
import { follower } from '../../../storage/follower.js';
import type { Accounts } from '../../accounts/index.js';
import type { Events } from '../../events/index.js';
import type { UserDirectoryIndex } from './user-directory-index.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Pick<Events, 'stream' | 'wholeRooms'>;
  readonly streams: Accounts['streams'];
  readonly index: UserDirectoryIndex;
}

/** Keeps the user directory up with who is in which room, how people are called, and who left the server. */
export const userDirectoryJobs = ({ events, streams, index, ...deps }: Deps): Job[] => [
  batchFollower({
    ...deps,
    name: 'rooms.user-directory',
    stream: events.stream,
    gather: 100,
    prepare: (changes) => index.prepare(changes.map(({ change }) => change)),
  }),
  follower({
    ...deps,
    name: 'rooms.user-directory.whole-rooms',
    stream: events.wholeRooms,
    handle: ({ roomId }) => index.listRoom(roomId),
  }),
  follower({
    ...deps,
    name: 'rooms.user-directory.profiles',
    stream: streams.profiles,
    handle: ({ userId }) => index.renew(userId),
  }),
  follower({
    ...deps,
    name: 'rooms.user-directory.deactivations',
    stream: streams.deactivations,
    handle: ({ userId }) => index.renew(userId),
  }),
];
