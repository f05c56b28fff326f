import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Milliseconds } from '../../base/clock.js';
import type { ServerStatus } from '../../control/contract.js';

const AGE: Milliseconds = 60_000;
const AT_ONCE = 64;

/** How much the server's folder holds. Counting takes a while, so a count serves for a minute. */
export class DiskUse {
  #counted: { folder: string; used: number; at: Milliseconds } | undefined;
  #counting: Promise<number> | undefined;

  constructor(private readonly clock: Clock) {}

  /** undefined when the folder cannot be asked about. */
  async of(folder: string): Promise<ServerStatus['disk']> {
    const system = await statfs(folder).catch(() => undefined);
    if (!system) return undefined;
    const { bavail, blocks, bsize } = system;
    return { folder, free: bavail * bsize, total: blocks * bsize, used: await this.#used(folder) };
  }

  async #used(folder: string): Promise<number> {
    const known = this.#counted;
    if (known?.folder === folder && this.clock.now() - known.at < AGE) return known.used;
    this.#counting ??= this.#count(folder);
    return this.#counting;
  }

  async #count(folder: string): Promise<number> {
    try {
      const used = await sizeOf(folder);
      this.#counted = { folder, used, at: this.clock.now() };
      return used;
    } finally {
      this.#counting = undefined;
    }
  }
}

/** Bytes of all files below `folder`; what goes away meanwhile counts nothing. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  let sum = 0;
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const sizes = files.slice(start, start + AT_ONCE).map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    );
    sum += (await Promise.all(sizes)).reduce((a, b) => a + b, 0);
  }
  return sum;
}
