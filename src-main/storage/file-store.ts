import { createHash, randomUUID } from 'node:crypto';
import { access, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Clock, type Milliseconds, systemClock } from '../base/clock.js';
import { Lanes } from '../base/lane.js';
import { StorageError } from './database.js';
import { FileOutflow } from './file-outflow.js';

/** What was stored. */
export interface StoredFile {
  /** SHA-256 of the content in hexadecimal: the file's name */
  readonly hash: string;
  /** bytes */
  readonly size: number;
}

/** Bytes from `start` to `end`, both counted. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** There is more to store than was allowed. */
export class FileTooLargeError extends Error {
  override readonly name = 'FileTooLargeError';
}

const UNFINISHED = 'unfinished';
/** So long after it was stored, everybody who stored a file has noted that they have it. */
const SETTLED_AFTER = 15 * 60_000;

/**
 * Files named by what they hold: the same content is stored once, and what a name stands for never changes. A file is
 * there whole or not at all, also after a power cut.
 */
export class FileStore {
  #ready: Promise<void> | undefined;
  /** Each file is stored and removed by one at a time. */
  readonly #lanes = new Lanes<string>();
  /** When files were stored last, as long as that matters. */
  readonly #stored = new Map<string, Milliseconds>();

  constructor(
    private readonly folder: string,
    private readonly clock: Pick<Clock, 'now'> = systemClock,
  ) {}

  /**
   * Stores what `source` gives; resolves when it would survive a power cut.
   *
   * @param maxBytes more is refused, and nothing of it stays
   * @throws FileTooLargeError, StorageError, and what `source` throws
   */
  async put(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredFile> {
    await this.#prepare();
    const unfinished = join(this.folder, UNFINISHED, randomUUID());
    try {
      const stored = await write(unfinished, source, maxBytes);
      await this.#lanes.run(stored.hash, () => this.#take(unfinished, stored.hash));
      return stored;
    } catch (error) {
      await rm(unfinished, { force: true });
      throw translated(error);
    }
  }

  /** Opens a file for reading, whole or in part; undefined when there is none. The stream closes the file. */
  async read(hash: string, range?: ByteRange): Promise<Readable | undefined> {
    const file = await this.#open(hash);
    return file?.createReadStream(range ?? {});
  }

  /** Opens a part of a file to be sent; undefined when there is no such file. */
  async open(hash: string, range: ByteRange): Promise<FileOutflow | undefined> {
    const file = await this.#open(hash);
    return file && new FileOutflow(file, range);
  }

  async #open(hash: string): Promise<FileHandle | undefined> {
    try {
      return await open(this.pathOf(hash), 'r');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw translated(error);
    }
  }

  async has(hash: string): Promise<boolean> {
    try {
      await access(this.pathOf(hash));
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw translated(error);
    }
  }

  /** Removes a file, if it is there. */
  async remove(hash: string): Promise<void> {
    await this.#lanes.run(hash, () => rm(this.pathOf(hash), { force: true }));
  }

  /**
   * Removes a file, but not one that was stored a moment ago, perhaps by somebody who has not noted yet that they have it.
   *
   * @returns false when it is to be tried again later
   */
  removeSettled(hash: string): Promise<boolean> {
    return this.#lanes.run(hash, async () => {
      const settled = this.clock.now() - SETTLED_AFTER;
      for (const [name, at] of this.#stored) if (at < settled) this.#stored.delete(name);
      if (this.#stored.has(hash)) return false;
      await rm(this.pathOf(hash), { force: true });
      return true;
    });
  }

  /** Where a file is. @param hash as `put` gave it */
  pathOf(hash: string): string {
    return join(this.folder, hash.slice(0, 2), hash.slice(2, 4), hash.slice(4));
  }

  /** Makes the folder, and removes what an earlier run left unfinished. */
  #prepare(): Promise<void> {
    this.#ready ??= prepare(join(this.folder, UNFINISHED)).catch((error: unknown) => {
      this.#ready = undefined;
      throw translated(error);
    });
    return this.#ready;
  }

  async #take(unfinished: string, hash: string): Promise<void> {
    this.#stored.set(hash, this.clock.now());
    const path = this.pathOf(hash);
    const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(unfinished, path);
    await syncFolder(dirname(path));
    if (made === undefined) return;
    await syncFolder(dirname(dirname(path)));
    await syncFolder(this.folder);
  }
}

async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const left = await readdir(folder);
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}

async function write(path: string, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredFile> {
  const hash = createHash('sha256');
  let size = 0;
  await using file = await open(path, 'wx', 0o600);
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maxBytes) throw new FileTooLargeError(`more than ${maxBytes} bytes`);
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  await file.sync();
  return { hash: hash.digest('hex'), size };
}

/** A new name in a folder survives a power cut once the folder is synced; Windows does that by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** A failing disk by its name; anything else as it is. */
function translated(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StorageError('full', 'the disk is full', { cause: error });
  if (code === 'EIO' || code === 'EROFS') return new StorageError('broken', 'the disk failed', { cause: error });
  return error;
}
