import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import type { OutgoingHttp } from '../../net/outgoing.js';
import { OutgoingError } from '../../net/outgoing.js';
import { forbidden, MatrixError, notFound } from '../../spec/errors.js';
import type { ServerName, UserId } from '../../spec/ids.js';
import { type MediaAddress, mxcUri } from '../../spec/mxc.js';
import type { Database } from '../../storage/database.js';
import type { DiskRoom } from '../../storage/disk-room.js';
import { type FileStore, FileTooLargeError } from '../../storage/file-store.js';
import { RemoteError, type ServerRequests } from '../servers/index.js';
import { nameIn, safeContentType, safeName } from './disposition.js';
import type { Content } from './media.store.js';
import { MultipartError, mediaPart } from './multipart.js';
import type { RemoteMediaStore, UsedMedia } from './remote-media.store.js';

/** A file on its way from another server. */
interface Arrival {
  readonly contentType: string | undefined;
  readonly disposition: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** How long a file may take beyond the wait for its upload. */
const LONGEST_TRANSFER: Milliseconds = 3 * 60_000;
/** Files on their way, in all and of one server: one that hangs keeps nobody from what others have. */
const MOST_AT_ONCE = 400;
const MOST_OF_ONE = 20;
const MOST_REDIRECTS = 3;
/** Around the file, in an answer: boundaries, headers, the description. */
const AROUND = 128 * 1024;

/**
 * Copies of what people elsewhere uploaded, fetched from their servers when first asked for.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#content-repository
 */
export class RemoteMedia {
  /** What is being fetched, so that it is fetched once however many ask. */
  readonly #fetching = new Map<string, Promise<Content>>();
  readonly #ofServers = new Map<ServerName, number>();
  #used = new Map<string, UsedMedia>();
  /** the last note of use, perhaps still being written */
  #saved: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: {
      db: Database;
      store: RemoteMediaStore;
      files: FileStore;
      disk: Pick<DiskRoom, 'require'>;
      clock: Clock;
      log: Logger;
      requests: Pick<ServerRequests, 'stream'>;
      outgoing: Pick<OutgoingHttp, 'stream'>;
      /** bytes for one address */
      limit: RateLimiter;
      config: { readonly maxUploadSize: number; readonly deniedOrigins: readonly ServerName[] };
    },
  ) {}

  /**
   * The copy of what is at `address`, fetched if need be.
   *
   * @param wait for an upload that is under way there, ms
   * @param asker the IP address for which it is: what is fetched for one address is limited
   * @throws MatrixError M_NOT_FOUND; M_NOT_YET_UPLOADED 504; M_TOO_LARGE 502; M_UNKNOWN 502 when its server does not
   *   give it; M_LIMIT_EXCEEDED while too many are being fetched, or too much was for this address; what
   *   `DiskRoom.require` throws
   */
  async find(address: MediaAddress, wait: Milliseconds, asker: string): Promise<Content> {
    const { db, store, files, clock, disk, limit, config } = this.deps;
    if (config.deniedOrigins.includes(address.server)) throw notFound('media of that server are not shown here');
    const copy = await store.one(db, address);
    if (copy?.isQuarantined) throw notFound('this media is not shown here');
    this.#used.set(mxcUri(address), { ...address, at: clock.now() });
    if (copy && (await files.has(copy.hash))) return copy;
    await disk.require('copies');
    limit.check(asker);
    const content = await this.#fetchOnce(address, wait);
    limit.charge(asker, content.size);
    return content;
  }

  /** Notes when what was asked for of late was last used. */
  saveUse(): Promise<void> {
    const used = [...this.#used.values()];
    if (used.length === 0) return this.#saved;
    this.#used = new Map();
    this.#saved = this.deps.db.write((tx) => this.deps.store.setUsed(tx, used));
    return this.#saved;
  }

  /** Takes a copy out of sight, or lets it be seen again. @returns false when there is none */
  setQuarantined(address: MediaAddress, by: UserId | undefined): Promise<boolean> {
    return this.deps.db.write((tx) => this.deps.store.setQuarantined(tx, address, by));
  }

  #fetchOnce(address: MediaAddress, wait: Milliseconds): Promise<Content> {
    const name = mxcUri(address);
    const underway = this.#fetching.get(name);
    if (underway) return underway;
    const { server } = address;
    const ofServer = this.#ofServers.get(server) ?? 0;
    if (this.#fetching.size >= MOST_AT_ONCE || ofServer >= MOST_OF_ONE) {
      throw new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too many files are being fetched', { retry_after_ms: 2000 });
    }
    this.#ofServers.set(server, ofServer + 1);
    const fetching = this.#fetch(address, wait).finally(() => this.#ended(name, server));
    this.#fetching.set(name, fetching);
    return fetching;
  }

  #ended(name: string, server: ServerName): void {
    this.#fetching.delete(name);
    const left = (this.#ofServers.get(server) ?? 1) - 1;
    if (left > 0) this.#ofServers.set(server, left);
    else this.#ofServers.delete(server);
  }

  async #fetch(address: MediaAddress, wait: Milliseconds): Promise<Content> {
    const { db, store, files, clock, log, config } = this.deps;
    try {
      const { body, contentType, disposition } = await this.#open(address, wait);
      const stored = await files.put(body, config.maxUploadSize);
      const name = safeName(nameIn(disposition));
      const content = { ...stored, contentType: safeContentType(contentType), name };
      await db.write((tx) => store.put(tx, address, content, clock.now()));
      return content;
    } catch (error) {
      log.info('media not fetched', { ...address, error });
      throw refusal(error);
    }
  }

  async #open(address: MediaAddress, wait: Milliseconds): Promise<Arrival> {
    const { server, mediaId } = address;
    try {
      return await this.#openMultipart(address, wait);
    } catch (error) {
      if (!isUnknownEndpoint(error)) throw error;
    }
    // Servers of before v1.11 have the paths without a signature only.
    const path = `/_matrix/media/v3/download/${encodeURIComponent(server)}/${encodeURIComponent(mediaId)}`;
    const { headers, body } = await this.#ask(server, path, { allow_remote: false, timeout_ms: wait }, wait);
    return { contentType: headers['content-type'], disposition: headers['content-disposition'], body };
  }

  async #openMultipart({ server, mediaId }: MediaAddress, wait: Milliseconds): Promise<Arrival> {
    const path = `/_matrix/federation/v1/media/download/${encodeURIComponent(mediaId)}`;
    const answer = await this.#ask(server, path, { timeout_ms: wait }, wait);
    const part = await mediaPart(answer.headers['content-type'] ?? '', answer.body);
    const location = part.headers.get('location');
    if (location !== undefined) {
      await part.body.return(undefined);
      return this.#follow(location);
    }
    const { headers, body } = part;
    return { contentType: headers.get('content-type'), disposition: headers.get('content-disposition'), body };
  }

  #ask(destination: ServerName, path: string, query: Record<string, number | boolean>, wait: Milliseconds) {
    const timeout = wait + LONGEST_TRANSFER;
    const maxBytes = this.deps.config.maxUploadSize + AROUND;
    return this.deps.requests.stream({
      destination,
      method: 'GET',
      path,
      query,
      timeout,
      maxBytes,
      evenIfDown: true,
    });
  }

  /** Some keep their media with a service for files, and say where. */
  async #follow(url: string): Promise<Arrival> {
    const { outgoing, config } = this.deps;
    const maxBytes = config.maxUploadSize;
    const reply = await outgoing.stream({ url, timeout: LONGEST_TRANSFER, maxBytes, redirects: MOST_REDIRECTS });
    if (reply.status !== 200) {
      reply.body.on('error', () => undefined).destroy();
      throw new MultipartError(`the file is said to be where the answer is ${reply.status}`);
    }
    const { 'content-type': contentType, 'content-disposition': disposition } = reply.headers;
    return { contentType, disposition, body: reply.body };
  }
}

/** @see https://spec.matrix.org/v1.19/server-server-api/#unsupported-endpoints */
const isUnknownEndpoint = (error: unknown): boolean =>
  error instanceof RemoteError &&
  (error.status === 404 || error.status === 405 || error.status === 400) &&
  (error.errcode === undefined || error.errcode === 'M_UNRECOGNIZED');

function refusal(error: unknown): unknown {
  if (error instanceof FileTooLargeError) return tooLargeThere();
  if (error instanceof OutgoingError) return error.kind === 'too-large' ? tooLargeThere() : notGiven();
  if (error instanceof MultipartError) return notGiven();
  if (!(error instanceof RemoteError)) return error;
  if (error.errcode === 'M_NOT_YET_UPLOADED') {
    return new MatrixError(504, 'M_NOT_YET_UPLOADED', 'this media was not uploaded yet');
  }
  if (error.errcode === 'M_TOO_LARGE') return tooLargeThere();
  if (error.status === 404) return notFound('there is no such media');
  return error.kind === 'refused' ? forbidden('this server does not talk to that one') : notGiven();
}

const tooLargeThere = () => new MatrixError(502, 'M_TOO_LARGE', 'this media is larger than this server takes');
const notGiven = () => new MatrixError(502, 'M_UNKNOWN', 'the server of this media does not give it');
