import type { Clock } from '../../../base/clock.js';
import { isObject, type JsonObject } from '../../../base/json.js';
import type { Job } from '../../../base/supervisor.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { Accounts } from '../../accounts/index.js';
import type { Events } from '../../events/index.js';
import { successionFollower } from './succession-follower.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly events: Pick<Events, 'stream' | 'reader'>;
  readonly accounts: Pick<Accounts, 'accountData' | 'tags'>;
}

/** Carries people's tags of a room, and that it is a direct chat, to the room that takes its place. */
export const successionOfTags = ({ accounts, ...deps }: Deps): Job =>
  successionFollower({
    ...deps,
    name: 'rooms.upgrades',
    carry: (userId, from, to) => carry(userId, from, to, accounts),
  });

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
