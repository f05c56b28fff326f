import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import { RateLimiter } from '../../http/rate-limit.js';
import type { OutgoingHttp } from '../../net/outgoing.js';
import type { Database } from '../../storage/database.js';
import type { UserId } from '../../spec/ids.js';
import type { DiskRoom } from '../../storage/disk-room.js';
import { FileStore } from '../../storage/file-store.js';
import { mediaFederationEndpoints } from './content-repo.federation.js';
import type { ServerRequests } from '../servers/index.js';
import { downloadEndpoints, openDownloadEndpoints, uploadEndpoints } from './content-repo.client.js';
import { CopiesOfServers } from './care/copies-of-servers.js';
import { CopiesOfServersStore } from './care/copies-of-servers.store.js';
import { MediaBudget } from './care/media-budget.js';
import { mediaBudget } from './care/media-budget.job.js';
import { MediaCare } from './care/media-care.js';
import { MediaCareStore } from './care/media-care.store.js';
import { MediaUse } from './care/media-use.js';
import { PersonMedia } from './care/person-media.js';
import { PersonMediaStore } from './care/person-media.store.js';
import { ContentRepo } from './content-repo.js';
import { LooseFileStore } from './loose-files.store.js';
import { MediaQuotaStore } from './media-quotas.store.js';
import { MediaStore } from './media.store.js';
import { MediaUseStore } from './media-use.store.js';
import { MediaRetention } from './media-retention.js';
import { PreviewPictures } from './previews/preview-pictures.js';
import { urlPreviewEndpoints } from './previews/url-previews.client.js';
import { forgetExpired } from './previews/expired-previews.js';
import { forgetOldPreviews } from './previews/url-previews.job.js';
import { UrlPreviews } from './previews/url-previews.js';
import { UrlPreviewStore } from './previews/url-previews.store.js';
import { WebPages } from './previews/web-pages.js';
import { quarantineEndpoints } from './quarantine.admin.js';
import { mediaRetention, mediaUse } from './remote-media.job.js';
import { RemoteMedia } from './remote-media.js';
import { RemoteMediaStore } from './remote-media.store.js';
import { Thumbnails } from './thumbnails.js';
import { ThumbnailStore } from './thumbnails.store.js';
import { forgetUnusedMedia } from './unused-media.job.js';
import { UploadQuota } from './upload-quota.js';

export type { CopiesOfServers } from './care/copies-of-servers.js';
export type { Budget, BudgetState, MediaBudget } from './care/media-budget.js';
export type { ClearUp, MediaAmounts, MediaCare } from './care/media-care.js';
export type { MediaAmount, MediaFile, MediaKind, MediaOrder } from './care/media-care.store.js';
export type { ContentRepo } from './content-repo.js';
export type { Content } from './media.store.js';
export type { MediaUse, UploadedFile } from './media-use.store.js';
export type { PersonMedia } from './care/person-media.js';
export type { Thumbnails } from './thumbnails.js';

export interface MediaDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly disk: Pick<DiskRoom, 'require'>;
  readonly config: Pick<Config, 'serverName' | 'media' | 'rateLimits' | 'urlPreviews'>;
  /** how other servers are asked */
  readonly requests: Pick<ServerRequests, 'stream'>;
  /** where they send us for a file */
  readonly outgoing: OutgoingHttp;
  /** how pages that are previewed are asked */
  readonly web: OutgoingHttp;
}

/** Uploads, downloads and thumbnails, of this server and of others. */
export function createMedia(deps: MediaDeps) {
  const { db, clock, log, config } = deps;
  const { serverName, media } = config;
  const files = new FileStore(media.storePath, clock);
  const store = new MediaStore();
  const remoteStore = new RemoteMediaStore();
  const remote = new RemoteMedia({
    ...deps,
    limit: new RateLimiter(media.remoteDownloads, clock),
    store: remoteStore,
    files,
    config: media,
  });
  const { remoteLifetime } = media;
  const loose = new LooseFileStore();
  const retention = new MediaRetention({
    db,
    clock,
    files,
    copies: remote,
    remote: remoteStore,
    loose,
    remoteLifetime,
  });
  const { care, budget, use } = createCare(deps, { loose, copies: remote, retention });
  const quotas = new MediaQuotaStore();
  const content = new ContentRepo({
    db,
    store,
    files,
    clock,
    serverName,
    remote,
    createLimit: new RateLimiter(config.rateLimits.mediaCreate, clock),
    quota: new UploadQuota({ db, store, clock, limits: media.uploadLimits, quotas }),
    maxUploadSize: media.maxUploadSize,
    mostPending: media.mostPending,
    unusedLifetime: media.unusedLifetime,
    budget,
    disk: deps.disk,
    use,
  });
  const thumbnails = new Thumbnails({ db, store: new ThumbnailStore(), files, config: media, log });
  const previews = createPreviews(deps, { media: store, files, thumbnails, loose });
  const serving = { serverName, content, thumbnails, files };
  const uses = new MediaUseStore();
  return {
    content,
    thumbnails,
    /** for those who look after the server */
    care,
    budget,
    ofServers: new CopiesOfServers({ db, log, store: new CopiesOfServersStore(), loose, retention }),
    ofPerson: new PersonMedia({ db, store: new PersonMediaStore(), loose, retention }),
    /** for those who look after the server */
    uses: {
      of: (userIds: readonly UserId[]) => uses.of(db, userIds),
      newest: (userId: UserId, limit: number) => uses.newest(db, userId, limit),
      /** how many bytes somebody may keep; undefined: as many as they like */
      quotaOf: (userId: UserId) => quotas.of(db, userId),
      setQuota: (userId: UserId, bytes: number | undefined) => db.write((tx) => quotas.set(tx, userId, bytes)),
    },
    endpoints: [
      ...uploadEndpoints(serving),
      ...downloadEndpoints(serving),
      ...openDownloadEndpoints({ ...serving, isFrozen: !media.unauthenticated }),
      ...mediaFederationEndpoints(serving),
      ...quarantineEndpoints(content),
      ...previews.endpoints,
    ],
    jobs: [
      forgetUnusedMedia({ db, clock, store }),
      mediaUse({ remote, own: use, clock }),
      mediaBudget({ budget, clock }),
      mediaRetention({ retention, clock }),
      previews.job,
    ],
  };
}

export type Media = ReturnType<typeof createMedia>;

/** What there is, what can be cleared, and how much it may be. */
function createCare(
  { db, clock, log, config }: MediaDeps,
  parts: { loose: LooseFileStore; copies: RemoteMedia; retention: MediaRetention },
) {
  const store = new MediaCareStore();
  const use = new MediaUse({ db, clock, store });
  const previews = { db, clock, store: new UrlPreviewStore(), loose: parts.loose };
  const care = new MediaCare({
    ...parts,
    db,
    clock,
    serverName: config.serverName,
    store,
    use,
    forgetOldPreviews: (signal, watch) => forgetExpired(previews, signal, watch),
  });
  const { limit, adminContact } = config.media;
  return { care, use, budget: new MediaBudget({ clock, log, care, limit, adminContact }) };
}

/** New pages that one user may have looked at: as many as stand in a busy room when it is opened. */
const PREVIEW_RATE = { perSecond: 1, burst: 100 };

/** What pages on the web are about. What was kept for that is forgotten in time, also once it is switched off. */
function createPreviews(
  { db, clock, log, config, web }: MediaDeps,
  parts: { media: MediaStore; files: FileStore; thumbnails: Thumbnails; loose: LooseFileStore },
) {
  const { serverName, urlPreviews } = config;
  const store = new UrlPreviewStore();
  const pages = new WebPages(web, urlPreviews);
  const pictures = new PreviewPictures({ ...parts, db, clock, serverName, store });
  const limit = new RateLimiter(PREVIEW_RATE, clock);
  const previews = new UrlPreviews({ db, clock, log, store, pages, pictures, limit });
  return {
    endpoints: urlPreviews.enabled ? urlPreviewEndpoints(previews) : [],
    job: forgetOldPreviews({ db, clock, store, loose: parts.loose }),
  };
}

/** Who uploaded how much. */
export type MediaUses = ReturnType<typeof createMedia>['uses'];
