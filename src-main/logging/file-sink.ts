import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Sink } from './sink.js';

export interface FileSinkOptions {
  /** `logs/homeserver.log`; older ones are beside it as `homeserver.log.1`, the newest of them, and so on */
  readonly path: string;
  /** bytes after which a new file is begun */
  readonly size?: number;
  /** how many files there are at most, the current one included */
  readonly files?: number;
  /** told once of each kind of failure: a log that cannot be written must not stop the server */
  readonly onFailure?: (why: string) => void;
}

const SIZE = 10 * 1024 * 1024;
const FILES = 10;
/** Characters that wait for the disk; what comes when there are more is left out and counted. */
const MOST_WAITING = 4 * 1024 * 1024;

/** A log in files of bounded size and number. Lines wait in memory while the disk is busy; nobody waits for it. */
export class FileSink implements Sink {
  readonly #options: Required<FileSinkOptions>;
  #waiting: string[] = [];
  #waitingLength = 0;
  #lost = 0;
  #writing: Promise<void> | undefined;
  #file: FileHandle | undefined;
  #written = 0;
  #failure = '';

  constructor(options: FileSinkOptions) {
    this.#options = { size: SIZE, files: FILES, onFailure: () => undefined, ...options };
  }

  write(line: string): void {
    if (this.#waitingLength > MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(`${line}\n`);
    this.#waitingLength += line.length + 1;
    this.#writing ??= this.#writeAll();
  }

  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#file?.close();
    this.#file = undefined;
  }

  async #writeAll(): Promise<void> {
    // one turn of the loop later, so that lines that come together are written together
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const text = this.#take();
      try {
        await this.#append(text);
        this.#failure = '';
      } catch (error) {
        await this.#fail(error);
      }
    }
    this.#writing = undefined;
  }

  #take(): string {
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#waitingLength = 0;
    if (this.#lost === 0) return text;
    const lost = { time: Date.now(), level: 'warn', part: 'logging', msg: 'log lines were lost', lines: this.#lost };
    this.#lost = 0;
    return `${text}${JSON.stringify(lost)}\n`;
  }

  async #append(text: string): Promise<void> {
    const file = this.#file ?? (await this.#open());
    await file.appendFile(text);
    this.#written += Buffer.byteLength(text);
    if (this.#written >= this.#options.size) await this.#rotate();
  }

  async #open(): Promise<FileHandle> {
    await mkdir(dirname(this.#options.path), { recursive: true, mode: 0o700 });
    const file = await open(this.#options.path, 'a', 0o600);
    this.#written = (await file.stat()).size;
    this.#file = file;
    return file;
  }

  /** Every file gets the next number; the one that would get too high a number goes. */
  async #rotate(): Promise<void> {
    const { path, files } = this.#options;
    await this.#file?.close();
    this.#file = undefined;
    const name = (n: number) => (n === 0 ? path : `${path}.${n}`);
    await rm(name(files - 1), { force: true });
    for (let n = files - 2; n >= 0; n -= 1) {
      await rename(name(n), name(n + 1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }

  /** The lines are lost; the next try opens the file anew. */
  async #fail(cause: unknown): Promise<void> {
    const why = cause instanceof Error ? cause.message : String(cause);
    const file = this.#file;
    this.#file = undefined;
    if (why !== this.#failure) this.#options.onFailure(why);
    this.#failure = why;
    await Promise.allSettled([file?.close()]);
  }
}
