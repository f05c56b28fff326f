import type { Clock } from '../../../base/clock.js';
import { isObject, type JsonObject } from '../../../base/json.js';
import type { Job } from '../../../base/supervisor.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import { batchFollower, type Writing } from '../../../storage/batch-follower.js';
import type { Database } from '../../../storage/database.js';

import type { Accounts } from '../../accounts/index.js';
import type { Events } from '../../events/index.js';
import { type Succession, successionBy } from './succession.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly events: Pick<Events, 'stream' | 'reader'>;
  readonly accounts: Pick<Accounts, 'accountData' | 'tags'>;
}

/** Carries people's tags of a room, and that it is a direct chat, to the room that takes its place. */
export const successionOfTags = ({ events, accounts, ...deps }: Deps): Job =>
  batchFollower({
    ...deps,
    name: 'rooms.upgrades',
    stream: events.stream,
    gather: 50,
    async prepare(changes, signal) {
      let writing: Writing | undefined;
      for (const { change } of changes) {
        const succession = await successionBy(change, events.reader);
        if (!succession) continue;
        await carryAll(succession, accounts, signal);
        writing = PLACE_ONLY;
      }
      return writing;
    },
  });

/** Everything is written already: only that this is done needs to be. */
const PLACE_ONLY: Writing = async () => undefined;

async function carryAll({ from, to, userIds }: Succession, accounts: Deps['accounts'], signal: AbortSignal) {
  for (const userId of userIds) {
    signal.throwIfAborted();
    await carry(userId, from, to, accounts);
  }
}

async function carry(userId: UserId, from: RoomId, to: RoomId, { accountData, tags }: Deps['accounts']) {
  for (const [tag, facts] of Object.entries(await tags.list(userId, from))) {
    await tags.put(userId, to, tag, isObject(facts) ? facts : {});
  }
  const direct = await accountData.get(userId, undefined, 'm.direct');
  if (!direct || withSuccessor(direct, from, to) === direct) return;
  await accountData.change(userId, undefined, 'm.direct', (content) => withSuccessor(content ?? {}, from, to));
}

/** The same object when there is nothing to change. */
function withSuccessor(direct: JsonObject, from: RoomId, to: RoomId): JsonObject {
  const changed = Object.entries(direct).flatMap(([userId, rooms]) =>
    Array.isArray(rooms) && rooms.includes(from) && !rooms.includes(to) ? [[userId, [...rooms, to]]] : [],
  );
  return changed.length === 0 ? direct : { ...direct, ...Object.fromEntries(changed) };
}
