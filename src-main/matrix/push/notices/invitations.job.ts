import type { Job } from '../../../base/supervisor.js';
import type { UserId } from '../../../spec/ids.js';
import { BookmarkStore } from '../../../storage/bookmarks.js';
import type { Database, Position } from '../../../storage/database.js';
import { userTopic } from '../../../storage/news.js';
import { MEMBERSHIPS_TOPIC, type RoomReader, type StoredEvent } from '../../events/index.js';
import type { Pushers } from '../pushers/pushers.js';
import type { NoticeStore } from './notices.store.js';
import { NOTICES_TOPIC, type Noticing } from './noticing.js';

interface Deps {
  readonly db: Database;
  readonly reader: RoomReader;
  readonly pushers: Pick<Pushers, 'users'>;
  readonly noticing: Noticing;
  readonly store: NoticeStore;
}

const NAME = 'push.invitations';
const bookmarks = new BookmarkStore();

/**
 * Writes down invitations to rooms that this server is not in, to people who have pushers: they stand in no timeline, so
 * they come by no stream of events.
 */
export const invitationNotices = (deps: Deps): Job => ({
  name: NAME,
  async run(signal) {
    const { db } = deps;
    let position = (await bookmarks.find(db, NAME)) ?? (await begin(db));
    while (!signal.aborted) {
      const news = Promise.withResolvers<void>();
      const unwatch = db.news.watch([MEMBERSHIPS_TOPIC], news.resolve);
      const onAbort = () => news.resolve();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const upTo = db.position();
        await notice(deps, position, upTo);
        position = upTo;
        if (!signal.aborted) await news.promise;
      } finally {
        unwatch();
        signal.removeEventListener('abort', onAbort);
      }
    }
    await db.write((tx) => bookmarks.put(tx, NAME, position));
  },
});

async function begin(db: Database): Promise<Position> {
  const position = db.position();
  await db.write((tx) => bookmarks.put(tx, NAME, position));
  return position;
}

async function notice({ db, reader, pushers, noticing, store }: Deps, after: Position, upTo: Position): Promise<void> {
  const events: StoredEvent[] = [];
  for (const userId of await pushers.users()) {
    if (db.news.mayHaveChangedSince(userTopic(userId), after)) {
      events.push(...(await invitations(reader, userId, after, upTo)));
    }
  }
  if (events.length === 0) return;
  const notices = await noticing.of(events);
  await db.durable();
  await db.write(async (tx) => {
    await store.insert(tx, notices);
    await bookmarks.put(tx, NAME, upTo);
    if (notices.length > 0) tx.announce(NOTICES_TOPIC);
  });
}

async function invitations(reader: RoomReader, userId: UserId, after: Position, upTo: Position) {
  const changes = await reader.membershipChangesOf(userId, after, upTo);
  const invited = changes.filter(({ membership }) => membership === 'invite').map(({ eventNid }) => eventNid);
  const events = invited.length > 0 ? await reader.eventsByNid(invited) : [];
  return events.filter(({ ord }) => ord === undefined);
}
