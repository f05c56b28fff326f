import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import { RateLimiter } from '../../http/rate-limit.js';
import type { OutgoingHttp } from '../../net/outgoing.js';
import type { Database } from '../../storage/database.js';
import { FileStore } from '../../storage/file-store.js';
import { mediaFederationEndpoints } from './content-repo.federation.js';
import type { ServerRequests } from '../servers/index.js';
import { downloadEndpoints, openDownloadEndpoints, uploadEndpoints } from './content-repo.client.js';
import { ContentRepo } from './content-repo.js';
import { LooseFileStore } from './loose-files.store.js';
import { MediaStore } from './media.store.js';
import { MediaRetention } from './media-retention.js';
import { quarantineEndpoints } from './quarantine.admin.js';
import { mediaRetention, remoteMediaUse } from './remote-media.job.js';
import { RemoteMedia } from './remote-media.js';
import { RemoteMediaStore } from './remote-media.store.js';
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
  /** how other servers are asked */
  readonly requests: Pick<ServerRequests, 'stream'>;
  /** where they send us for a file */
  readonly outgoing: OutgoingHttp;
}

/** Uploads, downloads and thumbnails, of this server and of others. */
export function createMedia(deps: MediaDeps) {
  const { db, clock, log, config } = deps;
  const { serverName, media } = config;
  const files = new FileStore(media.storePath, clock);
  const store = new MediaStore();
  const remoteStore = new RemoteMediaStore();
  const remote = new RemoteMedia({ ...deps, store: remoteStore, files, config: media });
  const content = new ContentRepo({
    db,
    store,
    files,
    clock,
    serverName,
    remote,
    createLimit: new RateLimiter(config.rateLimits.mediaCreate, clock),
    maxUploadSize: media.maxUploadSize,
  });
  const thumbnails = new Thumbnails({ db, store: new ThumbnailStore(), files, config: media, log });
  const { remoteLifetime } = media;
  const retention = new MediaRetention({
    db,
    clock,
    files,
    remote: remoteStore,
    loose: new LooseFileStore(),
    remoteLifetime,
  });
  const serving = { serverName, content, thumbnails, files };
  return {
    content,
    thumbnails,
    endpoints: [
      ...uploadEndpoints(serving),
      ...downloadEndpoints(serving),
      ...(media.unauthenticated ? openDownloadEndpoints(serving) : []),
      ...mediaFederationEndpoints(serving),
      ...quarantineEndpoints(content),
    ],
    jobs: [
      forgetUnusedMedia({ db, clock, store }),
      remoteMediaUse({ remote, clock }),
      mediaRetention({ retention, clock }),
    ],
  };
}
