import type { Clock } from '../../../base/clock.js';
import type { Job } from '../../../base/supervisor.js';
import { batchFollower } from '../../../storage/batch-follower.js';
import type { Database } from '../../../storage/database.js';
import type { Events } from '../../events/index.js';
import type { RoomFiguresIndex } from './room-figures.js';

/** Keeps the figures of rooms as events come. */
export const roomFigures = ({
  figures,
  events,
  ...deps
}: {
  readonly db: Database;
  readonly clock: Clock;
  readonly events: Pick<Events, 'stream'>;
  readonly figures: RoomFiguresIndex;
}): Job =>
  batchFollower({
    ...deps,
    name: 'rooms.figures',
    stream: events.stream,
    gather: 500,
    prepare: (changes) => figures.prepare(changes.map(({ change }) => change)),
  });
