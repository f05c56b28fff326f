import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { Database } from '../../storage/database.js';
import { follower } from '../../storage/follower.js';
import type { RoomCare } from '../rooms/index.js';
import type { GoneServers } from './gone-servers.js';

/** Forgets servers that were tidied up after, once the rooms shared with them alone are gone. Done again, it finds none. */
export const forgettingServers = ({
  rooms,
  gone,
  ...deps
}: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rooms: Pick<RoomCare, 'gone'>;
  readonly gone: GoneServers;
}): Job => follower({ ...deps, name: 'admin.tidied-servers', stream: rooms.gone, handle: () => gone.forgetMarked() });
