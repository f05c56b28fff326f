import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ControlError } from '../procedure.js';

/** Exports that are kept; the oldest goes. */
const MOST_KEPT = 6;
const PIECE = 512 * 1024;
const NAME = /^[\w.-]{1,100}$/;

/** A folder for files that a console made: they are there to be taken away. */
export class SavedFiles {
  /** @param keepsAll take nothing away to make room */
  constructor(
    private readonly folder: string,
    private readonly keepsAll = false,
  ) {}

  /**
   * Writes a file that only its owner may read; what could not be written whole is not there.
   *
   * @param name without a folder; one of that name is replaced
   */
  async write(name: string, fill: (file: FileHandle) => Promise<void>): Promise<{ path: string; bytes: number }> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    if (!this.keepsAll) await this.#dropOld();
    const path = join(this.folder, name);
    await rm(path, { force: true });
    const file = await open(path, 'wx', 0o600);
    try {
      await fill(file);
      return { path, bytes: (await file.stat()).size };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Whole lines from `offset` on. @throws ControlError M_NOT_FOUND */
  async piece(name: string, offset: number): Promise<{ text: string; next: number | undefined }> {
    if (!NAME.test(name) || basename(name) !== name || name.startsWith('.')) throw noSuchFile();
    const file = await open(join(this.folder, name)).catch(() => undefined);
    if (!file) throw noSuchFile();
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.min(PIECE, Math.max(0, size - offset)));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
      const isEnd = offset + bytesRead >= size;
      const end = isEnd ? bytesRead : bytes.lastIndexOf(0x0a, bytesRead - 1) + 1 || bytesRead;
      return { text: bytes.toString('utf8', 0, end), next: isEnd ? undefined : offset + end };
    } finally {
      await file.close();
    }
  }

  async #dropOld(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => NAME.test(name));
    const dated = await Promise.all(
      names.map(async (name) => ({ name, at: (await stat(join(this.folder, name))).mtimeMs })),
    );
    const old = dated.toSorted((a, b) => b.at - a.at).slice(MOST_KEPT - 1);
    await Promise.all(old.map(({ name }) => rm(join(this.folder, name), { force: true })));
  }
}

const noSuchFile = () => new ControlError('M_NOT_FOUND', 'there is no such file any more');
