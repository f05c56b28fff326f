import { buffer } from 'node:stream/consumers';
import { fileTypeFromBuffer } from 'file-type';
import type { Metadata, Sharp } from 'sharp';
import type { Logger } from '../../base/logger.js';
import { lazy } from '../../base/lazy.js';
import { Semaphore } from '../../base/semaphore.js';
import { MatrixError, notFound, tooLarge } from '../../spec/errors.js';
import type { Database } from '../../storage/database.js';
import type { FileStore } from '../../storage/file-store.js';
import type { Content } from './media.store.js';
import { nearestSize, type ThumbnailSize } from './thumbnail-size.js';
import type { Thumbnail, ThumbnailKey, ThumbnailStore } from './thumbnails.store.js';

/** Formats that thumbnails are made of, by what their first bytes say. Vector graphics can do too much to be opened. */
const PICTURES: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/apng',
]);
const SNIFFED_BYTES = 4100;
const AT_ONCE = 2;
const MOST_WAITING = 100;
const MOST_SECONDS = 20;
const LARGEST = 2048;
const MOST_BYTES = 64 * 1024 * 1024;

/** Loaded with the first picture: a server at rest has no use for its ten megabytes. */
const loadSharp = lazy(async () => {
  const { default: sharp } = await import('sharp');
  // Pixels are worked on outside of the event loop, one picture on one thread; nothing is kept between pictures.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
});

/** What a picture is like; pixels. */
export interface Picture {
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
}

/** Small versions of uploaded pictures, made when first asked for and kept. */
export class Thumbnails {
  readonly #places = new Semaphore(AT_ONCE);
  /** What is being made, so that it is made once. */
  readonly #making = new Map<string, Promise<Thumbnail>>();

  constructor(
    private readonly deps: {
      db: Database;
      store: ThumbnailStore;
      files: FileStore;
      log: Logger;
      config: {
        readonly maxImagePixels: number;
        readonly dynamicThumbnails: boolean;
        readonly thumbnailSizes: readonly ThumbnailSize[];
      };
    },
  ) {}

  /**
   * The thumbnail of `content` that is nearest to `wanted`; never larger than the picture.
   *
   * @param animated whether it may move, where the picture does
   * @throws MatrixError M_UNKNOWN 400 for what is no picture; M_TOO_LARGE 413 for one with too many pixels;
   *   M_LIMIT_EXCEEDED while too many are waited for
   * @see https://spec.matrix.org/v1.19/client-server-api/#thumbnails
   */
  async get(content: Content, wanted: ThumbnailSize, animated: boolean): Promise<Thumbnail> {
    const { db, store } = this.deps;
    const key = { source: content.hash, ...this.#size(wanted), animated };
    return (await store.one(db, key)) ?? this.#makeOnce(key);
  }

  /** What kind of picture `bytes` are, by what stands in them; undefined for what no thumbnail can be made of. */
  async pictureIn(bytes: Uint8Array): Promise<Picture | undefined> {
    const type = await fileTypeFromBuffer(bytes.subarray(0, SNIFFED_BYTES));
    if (!type || !PICTURES.has(type.mime)) return undefined;
    return this.#places.run(async () => {
      const sharp = await loadSharp();
      const metadata = await sharp(bytes, { limitInputPixels: false })
        .metadata()
        .catch(() => undefined);
      if (!metadata || metadata.width * metadata.height > this.deps.config.maxImagePixels) return undefined;
      return { contentType: type.mime, width: metadata.width, height: metadata.height };
    });
  }

  #size(wanted: ThumbnailSize): ThumbnailSize {
    const { dynamicThumbnails, thumbnailSizes } = this.deps.config;
    const { width, height, method } = wanted;
    if (dynamicThumbnails) return { width: Math.min(width, LARGEST), height: Math.min(height, LARGEST), method };
    const size = nearestSize(thumbnailSizes, wanted);
    if (!size) throw noThumbnail();
    return { width: size.width, height: size.height, method };
  }

  #makeOnce(key: ThumbnailKey): Promise<Thumbnail> {
    const name = JSON.stringify(key);
    const underway = this.#making.get(name);
    if (underway) return underway;
    if (this.#making.size >= MOST_WAITING) {
      throw new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too many thumbnails are being made', { retry_after_ms: 1000 });
    }
    const making = this.#places.run(() => this.#make(key)).finally(() => this.#making.delete(name));
    this.#making.set(name, making);
    return making;
  }

  async #make(key: ThumbnailKey): Promise<Thumbnail> {
    const { db, store, files, config, log } = this.deps;
    await checkIsPicture(files, key.source);
    const { bytes, contentType } = await shrink(files.pathOf(key.source), key, config.maxImagePixels, log);
    const { hash, size } = await files.put(once(bytes), MOST_BYTES);
    const made = { hash, size, contentType };
    await db.write((tx) => store.put(tx, key, made));
    return made;
  }
}

const noThumbnail = () => new MatrixError(400, 'M_UNKNOWN', 'no thumbnail can be made of this');

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What the uploader said it is does not count. */
async function checkIsPicture(files: FileStore, hash: string): Promise<void> {
  const start = await files.read(hash, { start: 0, end: SNIFFED_BYTES - 1 });
  if (!start) throw notFound('this media is gone');
  const type = await fileTypeFromBuffer(await buffer(start));
  if (!type || !PICTURES.has(type.mime)) throw noThumbnail();
}

async function shrink(path: string, key: ThumbnailKey, maxPixels: number, log: Logger) {
  try {
    const sharp = await loadSharp();
    const metadata = await sharp(path, { limitInputPixels: false }).metadata();
    const { width, height, pages = 1 } = metadata;
    if (width * height > maxPixels) throw tooLarge('this picture has too many pixels to be made smaller');
    const moves = key.animated && pages > 1 && width * height * pages <= maxPixels;
    const picture = sharp(path, { animated: moves, limitInputPixels: maxPixels, sequentialRead: true, failOn: 'error' })
      .timeout({ seconds: MOST_SECONDS })
      .autoOrient()
      .resize({
        width: key.width,
        height: key.height,
        fit: key.method === 'crop' ? 'cover' : 'inside',
        withoutEnlargement: true,
      });
    return await encode(picture, metadata, moves);
  } catch (error) {
    if (error instanceof MatrixError) throw error;
    log.info('picture not made smaller', { source: key.source, error });
    throw new MatrixError(400, 'M_UNKNOWN', 'this picture cannot be read');
  }
}

/** Photographs stay JPEG; what has sharp edges or holes stays lossless. */
async function encode(picture: Sharp, { format, hasAlpha }: Metadata, moves: boolean) {
  if (moves) return { bytes: await picture.webp({ quality: 80 }).toBuffer(), contentType: 'image/webp' };
  if (format === 'png' || format === 'gif' || hasAlpha) {
    return { bytes: await picture.png().toBuffer(), contentType: 'image/png' };
  }
  return { bytes: await picture.jpeg({ quality: 80 }).toBuffer(), contentType: 'image/jpeg' };
}
