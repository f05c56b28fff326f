import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Config } from '../../config/config.js';
import type { Edit } from '../../config/save.js';
import type { Activity, Measurements } from '../../health/index.js';
import type { DatabaseCare } from '../../maintenance/database-care.js';
import { databaseBytes } from '../../maintenance/database-size.js';
import type { CleanUp, CleanUps } from '../../matrix/admin/index.js';
import type { Media, MediaFile } from '../../matrix/media/index.js';
import type { RoomCare } from '../../matrix/rooms/index.js';
import type { UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type {
  CleanUpChoice,
  CleanUpRun,
  DatabaseRoom,
  DatabaseShrinking,
  MediaListQuery,
  MediaPage,
  MediaRow,
} from '../contract.js';
import type { StorageDesk } from '../desks/storage.js';
import { type DiskSpace, storageOverview } from './storage-overview.js';

const PAGE = 100;
const DAY: Milliseconds = 86_400_000;
/** In whose name files are taken out of sight. */
const CONSOLE: UserId = '@console:';

export interface StorageDeskDeps {
  readonly db: Database;
  readonly config: Config;
  readonly clock: Clock;
  readonly media: Pick<Media, 'care' | 'budget' | 'content'>;
  readonly cleanUps: CleanUps;
  readonly rooms: RoomCare;
  readonly databaseCare: Pick<DatabaseCare, 'size' | 'shrinking' | 'shrink' | 'cancel'>;
  readonly measurements: Pick<Measurements, 'series'>;
  readonly activity: Pick<Activity, 'note'>;
  /** of the disk that holds the server's folder */
  disk(): Promise<DiskSpace | undefined>;
  /** Writes settings into the configuration. @throws ConfigError */
  save(edits: readonly Edit[]): void;
}

/** The console's desk for what lies on the disk: what `matrix/media` knows and clears, in the console's words. */
export function createStorageDesk(deps: StorageDeskDeps): StorageDesk {
  const { clock, config, media, cleanUps, save, activity, databaseCare } = deps;
  const address = ({ server, mediaId }: { server?: string; mediaId: string }) => ({
    server: server ?? config.serverName,
    mediaId,
  });
  const requestOf = ({ kind, days }: CleanUpChoice) => ({ kind, unusedSince: clock.now() - days * DAY });
  return {
    overview: () => storageOverview(deps),
    cleanUpAmount: (choice) => cleanUps.amount(requestOf(choice)),
    cleanUp: async (choice) => toRun(await cleanUps.begin(requestOf(choice))),
    cleanUps: async () => (await cleanUps.list()).map(toRun),
    cancelCleanUp: () => cleanUps.cancel(),
    async setLimit(limit) {
      save([{ path: ['media_storage_limit'], value: limit }]);
      media.budget.setLimit(limit);
      await activity.note('settings-changed', { setting: 'media_storage_limit' });
    },
    async setLifetime(days) {
      const value = days === undefined ? undefined : `${days}d`;
      save([{ path: ['media_retention', 'remote_media_lifetime'], value }]);
      await activity.note('settings-changed', { setting: 'remote_media_lifetime' });
    },
    database: () => databaseRoom(deps),
    async shrink() {
      const onEnd = ({ state, before, after = before }: DatabaseShrinking) => {
        if (state === 'done') void activity.note('database-shrunk', { free: Math.max(0, before - after) });
      };
      return databaseCare.shrink(onEnd);
    },
    cancelShrink: () => databaseCare.cancel(),
    media: (query) => listMedia(deps, query),
    quarantine: (place, on) => media.content.setQuarantined(address(place), on ? CONSOLE : undefined),
    protect: (mediaId, on) => media.care.protect(mediaId, on),
    async remove(place) {
      await media.care.remove(address(place));
      await activity.note('media-deleted', { kind: place.server === undefined ? 'own' : 'copies', files: 1 });
    },
  };
}

async function listMedia({ media }: StorageDeskDeps, query: MediaListQuery): Promise<MediaPage> {
  const { kind, search = '', order = 'size', descending = true, after = '0' } = query;
  const offset = Number(after);
  const { files, total } = await media.care.page({
    kind,
    search: search.toLowerCase(),
    order,
    isDescending: descending,
    offset,
    limit: PAGE,
  });
  const end = offset + files.length;
  return { files: files.map(toRow), total, next: files.length > 0 && end < total ? String(end) : undefined };
}

const toRow = ({ server, mediaId, created, ...file }: MediaFile): MediaRow => ({
  ...(server === undefined ? {} : { server }),
  mediaId,
  userId: file.userId,
  name: file.name,
  contentType: file.contentType,
  size: file.size,
  createdAt: created,
  lastUsed: file.lastUsed,
  isQuarantined: file.isQuarantined,
  isProtected: file.isProtected,
});

async function databaseRoom({ db, databaseCare }: StorageDeskDeps): Promise<DatabaseRoom> {
  const { shrinking } = databaseCare;
  const file = databaseCare.size();
  if (!file) return { bytes: await databaseBytes(db), file: undefined, shrinking };
  const { bytes, free, givesBack, neededToShrink: needed } = file;
  return { bytes, file: { free, givesBack, needed }, shrinking };
}

const toRun = ({ id, kind, isAutomatic, state, total, gone, started, ended }: CleanUp): CleanUpRun => ({
  id,
  kind,
  isAutomatic,
  state,
  total,
  gone,
  startedAt: started,
  endedAt: ended,
});
