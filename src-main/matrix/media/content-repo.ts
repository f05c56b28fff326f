import type { Readable } from 'node:stream';
import type { Clock, Milliseconds } from '../../base/clock.js';
import { randomLetters } from '../../base/random.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import { forbidden, MatrixError, notFound, tooLarge } from '../../spec/errors.js';
import type { ServerName, UserId } from '../../spec/ids.js';
import { isMediaId, type MediaAddress, type MxcUri, mxcUri } from '../../spec/mxc.js';
import { isServerName } from '../../spec/server-name.js';
import type { Database } from '../../storage/database.js';
import type { DiskRoom } from '../../storage/disk-room.js';
import { type FileStore, FileTooLargeError, type StoredFile } from '../../storage/file-store.js';
import { streamTopic } from '../../storage/news.js';
import { safeContentType, safeName } from './disposition.js';
import type { MediaBudget } from './care/media-budget.js';
import type { MediaUse } from './care/media-use.js';
import type { Content, MediaStore, StoredMedia } from './media.store.js';
import type { RemoteMedia } from './remote-media.js';
import type { UploadQuota } from './upload-quota.js';

/** Bytes on their way in, with what their sender says of them. */
export interface Upload {
  readonly stream: Readable;
  readonly contentType: string | undefined;
  readonly name: string | undefined;
  /** as announced, bytes; undefined when it was not */
  readonly length: number | undefined;
}

/** How something is looked for. */
export interface FindOptions {
  /** for an upload that is under way, ms */
  readonly wait: Milliseconds;
  readonly signal: AbortSignal;
  /** for whom it is fetched from another server: an IP address */
  readonly address?: string;
  /** false: what is not of this server is not there */
  readonly isRemoteAllowed?: boolean;
}

const ID_LETTERS = 24;

/**
 * What users upload, for as long as somebody may want it.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#content-repository
 */
export class ContentRepo {
  constructor(
    private readonly deps: {
      db: Database;
      store: MediaStore;
      files: FileStore;
      clock: Clock;
      serverName: ServerName;
      remote: RemoteMedia;
      /** how often a user may ask for an address */
      createLimit: RateLimiter;
      quota: UploadQuota;
      budget: MediaBudget;
      disk: Pick<DiskRoom, 'require'>;
      use: MediaUse;
      /** bytes */
      maxUploadSize: number;
      /** media ids of a user that may wait for their content, and for how long */
      mostPending: number;
      unusedLifetime: Milliseconds;
    },
  ) {}

  /** The most bytes that may be uploaded at once. */
  get maxUploadSize(): number {
    return this.deps.maxUploadSize;
  }

  /** @throws MatrixError M_TOO_LARGE 413, M_RESOURCE_LIMIT_EXCEEDED, and then nothing of it is kept */
  async upload(userId: UserId, upload: Upload): Promise<MxcUri> {
    const { db, store, clock, serverName } = this.deps;
    const mediaId = randomLetters(ID_LETTERS);
    await this.#receive(userId, upload, async (content) => {
      const media = { mediaId, userId, created: clock.now(), expires: undefined, content };
      await db.write((tx) => store.insert(tx, media));
    });
    return mxcUri({ server: serverName, mediaId });
  }

  /**
   * Gives out an id to which its owner uploads later, while it lasts.
   *
   * @throws MatrixError M_LIMIT_EXCEEDED 429 while too many of the user's are open, or when asked too often
   */
  async create(userId: UserId): Promise<{ uri: MxcUri; expires: Milliseconds }> {
    const { db, store, clock, serverName, createLimit, mostPending, unusedLifetime } = this.deps;
    createLimit.take(userId);
    const created = clock.now();
    const expires = created + unusedLifetime;
    const mediaId = randomLetters(ID_LETTERS);
    await db.write(async (tx) => {
      if ((await store.countWaiting(tx, userId, created)) >= mostPending) {
        throw new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too many of your uploads are still open', {
          retry_after_ms: 60_000,
        });
      }
      await store.insert(tx, { mediaId, userId, created, expires, content: undefined });
    });
    return { uri: mxcUri({ server: serverName, mediaId }), expires };
  }

  /**
   * Uploads to an id given out before.
   *
   * @throws MatrixError M_NOT_FOUND for an id that there is not or that expired; M_FORBIDDEN for somebody else's;
   *   M_CANNOT_OVERWRITE_MEDIA 409 for one that has its content; M_TOO_LARGE 413; M_RESOURCE_LIMIT_EXCEEDED
   */
  async uploadTo(userId: UserId, address: MediaAddress, upload: Upload): Promise<void> {
    const { db, store } = this.deps;
    const { mediaId } = await this.#open(userId, address);
    await this.#receive(userId, upload, (content) =>
      db.write(async (tx) => {
        if (!(await store.fill(tx, mediaId, content))) throw cannotOverwrite();
        tx.announce(uploadTopic(mediaId));
      }),
    );
  }

  /**
   * Finds what is at `address`, here or on another server, waiting for it while its upload is under way.
   *
   * @throws MatrixError M_NOT_FOUND; M_NOT_YET_UPLOADED 504 when the wait is over; what `RemoteMedia.find` throws
   */
  async find(address: MediaAddress, { wait, signal, ...options }: FindOptions): Promise<Content> {
    const { address: asker = '', isRemoteAllowed = true } = options;
    if (!isMediaId(address.mediaId) || !isServerName(address.server)) throw noSuchMedia();
    if (address.server !== this.deps.serverName && isRemoteAllowed) return this.deps.remote.find(address, wait, asker);
    const media = await this.#existing(address);
    if (media.isQuarantined) throw notFound('this media is not shown here');
    this.deps.use.note(media.mediaId);
    if (media.content) return media.content;
    const content = await this.#arrival(media.mediaId, wait, signal);
    if (content) return content;
    throw new MatrixError(504, 'M_NOT_YET_UPLOADED', 'this media was not uploaded yet');
  }

  /** Takes media of this server, or a copy, out of sight; or lets it be seen again. @throws MatrixError M_NOT_FOUND */
  async setQuarantined(address: MediaAddress, by: UserId | undefined): Promise<void> {
    const { db, store, serverName, remote } = this.deps;
    const isOurs = address.server === serverName;
    const isThere = isOurs
      ? await db.write((tx) => store.setQuarantined(tx, address.mediaId, by))
      : await remote.setQuarantined(address, by);
    if (!isThere) throw noSuchMedia();
  }

  async #arrival(mediaId: string, wait: Milliseconds, signal: AbortSignal): Promise<Content | undefined> {
    const { db, store, clock } = this.deps;
    const over = new AbortController();
    const unwatch = db.news.watch([uploadTopic(mediaId)], () => over.abort());
    const stop = () => over.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const now = (await store.one(db, mediaId))?.content;
      if (now || signal.aborted) return now;
      await clock.sleep(wait, over.signal).catch(() => undefined);
      return (await store.one(db, mediaId))?.content;
    } finally {
      unwatch();
      signal.removeEventListener('abort', stop);
    }
  }

  async #existing({ server, mediaId }: MediaAddress): Promise<StoredMedia> {
    const { db, store, clock, serverName } = this.deps;
    const media = server === serverName ? await store.one(db, mediaId) : undefined;
    if (!media || (media.expires !== undefined && media.expires <= clock.now())) throw noSuchMedia();
    return media;
  }

  async #open(userId: UserId, address: MediaAddress): Promise<StoredMedia> {
    const media = await this.#existing(address);
    if (media.userId !== userId) throw forbidden('only who created this media id may upload to it');
    if (media.content) throw cannotOverwrite();
    return media;
  }

  /** @param keep enters what came, before room for more is given out */
  async #receive(userId: UserId, upload: Upload, keep: (content: Content) => Promise<void>): Promise<void> {
    const { stream, contentType, name, length } = upload;
    const { files, quota, budget, disk, maxUploadSize } = this.deps;
    if (length !== undefined && length > maxUploadSize) throw refusal(maxUploadSize);
    await disk.require('uploads');
    await budget.requireRoom(length ?? 0);
    await quota.run(userId, length ?? maxUploadSize, async () => {
      const stored = await store(files, stream, maxUploadSize);
      budget.add(stored.size);
      await keep({ ...stored, contentType: safeContentType(contentType), name: safeName(name) });
    });
  }
}

/** The stream is not closed when it is too long: its sender must still hear why. */
async function store(files: FileStore, stream: Readable, maxBytes: number): Promise<StoredFile> {
  try {
    return await files.put(stream.iterator({ destroyOnReturn: false }), maxBytes);
  } catch (error) {
    if (error instanceof FileTooLargeError) throw refusal(maxBytes);
    throw error;
  }
}

const refusal = (maxBytes: number) => tooLarge(`uploads may have ${maxBytes} bytes at most`);
const noSuchMedia = () => notFound('there is no such media');
const cannotOverwrite = () => new MatrixError(409, 'M_CANNOT_OVERWRITE_MEDIA', 'this media id has its content');
const uploadTopic = (mediaId: string) => streamTopic(`media.${mediaId}`);
