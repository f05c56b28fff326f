import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import { RateLimiter } from '../../http/rate-limit.js';
import type { Database } from '../../storage/database.js';
import { FileStore } from '../../storage/file-store.js';
import { downloadEndpoints, openDownloadEndpoints, uploadEndpoints } from './content-repo.client.js';
import { ContentRepo } from './content-repo.js';
import { MediaStore } from './media.store.js';
import { Thumbnails } from './thumbnails.js';
import { ThumbnailStore } from './thumbnails.store.js';
import { forgetUnusedMedia } from './unused-media.job.js';

export type { ContentRepo } from './content-repo.js';
export type { Content } from './media.store.js';
export type { Thumbnails } from './thumbnails.js';

export interface MediaDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Pick<Config, 'serverName' | 'media' | 'rateLimits'>;
}

/** Uploads, downloads and thumbnails. */
export function createMedia({ db, clock, log, config }: MediaDeps) {
  const { serverName, media } = config;
  const files = new FileStore(media.storePath);
  const store = new MediaStore();
  const content = new ContentRepo({
    db,
    store,
    files,
    clock,
    serverName,
    createLimit: new RateLimiter(config.rateLimits.mediaCreate, clock),
    maxUploadSize: media.maxUploadSize,
  });
  const thumbnails = new Thumbnails({ db, store: new ThumbnailStore(), files, config: media, log });
  const deps = { content, thumbnails, files };
  return {
    content,
    thumbnails,
    endpoints: [
      ...uploadEndpoints(deps),
      ...downloadEndpoints(deps),
      ...(media.unauthenticated ? openDownloadEndpoints(deps) : []),
    ],
    jobs: [forgetUnusedMedia({ db, clock, store })],
  };
}
