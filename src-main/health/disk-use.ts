import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Milliseconds } from '../base/clock.js';
import { type DiskRung, type DiskSpaceOf, rungOf, systemSpaceOf } from '../storage/disk-room.js';

const AGE: Milliseconds = 60_000;
/** Counting takes at most this part of the time. */
const SHARE = 0.01;

/** The disk that holds a folder, and how much of it is the folder's: bytes. */
export interface DiskState {
  readonly folder: string;
  readonly free: number;
  readonly total: number;
  readonly used: number;
  readonly rung: DiskRung;
}
const LONGEST_AGE: Milliseconds = 6 * 3_600_000;
const AT_ONCE = 64;

/** How much the server's folder holds. Counting takes a while, so a count serves for some time. */
export class DiskUse {
  #counted: { folder: string; used: number; until: Milliseconds } | undefined;
  #counting: Promise<number> | undefined;

  /** @param age for how long a count serves; longer where counting takes long */
  constructor(
    private readonly clock: Clock,
    private readonly age: Milliseconds = AGE,
    private readonly spaceOf: DiskSpaceOf = systemSpaceOf,
  ) {}

  /** undefined when the folder cannot be asked about. */
  async of(folder: string): Promise<DiskState | undefined> {
    const space = await this.spaceOf(folder);
    return space && { folder, ...space, used: await this.#used(folder), rung: rungOf(space) };
  }

  async #used(folder: string): Promise<number> {
    const known = this.#counted;
    const left = (known?.until ?? 0) - this.clock.now();
    if (known?.folder === folder && left > 0 && left <= LONGEST_AGE) return known.used;
    this.#counting ??= this.#count(folder);
    return this.#counting;
  }

  async #count(folder: string): Promise<number> {
    try {
      const began = performance.now();
      const used = await sizeOf(folder);
      const age = Math.min(LONGEST_AGE, Math.max(this.age, (performance.now() - began) / SHARE));
      this.#counted = { folder, used, until: this.clock.now() + age };
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
