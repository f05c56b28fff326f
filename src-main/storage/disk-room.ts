import { statfs } from 'node:fs/promises';
import type { Clock, Milliseconds } from '../base/clock.js';
import { MatrixError } from '../spec/errors.js';

/** Of the disk that holds a folder: bytes. */
export interface DiskSpace {
  readonly free: number;
  readonly total: number;
}

/** Undefined when the folder cannot be asked about. */
export type DiskSpaceOf = (folder: string) => Promise<DiskSpace | undefined>;

/**
 * How little room is left. `low`: one is warned; `very-low`: nothing is fetched of what was uploaded elsewhere;
 * `no-uploads`: nor are uploads taken; `read-only`: nor messages.
 */
export const DISK_RUNGS = ['fine', 'low', 'very-low', 'no-uploads', 'read-only'] as const;
export type DiskRung = (typeof DISK_RUNGS)[number];

/** What needs room, and from which rung on there is none for it. */
const REFUSED_FROM = { copies: 'very-low', uploads: 'no-uploads', messages: 'read-only' } as const;
const MB = 1_000_000;
const GB = 1000 * MB;
/** Of a large disk a small share is much. */
const LOW = { share: 0.15, bytes: 20 * GB };
const VERY_LOW = { share: 0.05, bytes: 5 * GB };
const FOR_MESSAGES = 1 * GB;
/** For what clearing up writes, and the log. */
const FOR_CARE = 300 * MB;
const LOOK_EVERY: Milliseconds = 5_000;

export const systemSpaceOf: DiskSpaceOf = async (folder) => {
  const system = await statfs(folder).catch(() => undefined);
  return system && { free: system.bavail * system.bsize, total: system.blocks * system.bsize };
};

export function rungOf({ free, total }: DiskSpace): DiskRung {
  const isBelow = ({ share, bytes }: typeof LOW) => free < total * share && free < bytes;
  if (free < FOR_CARE) return 'read-only';
  if (free < FOR_MESSAGES) return 'no-uploads';
  if (isBelow(VERY_LOW)) return 'very-low';
  return isBelow(LOW) ? 'low' : 'fine';
}

/** Sees to it that the disk never gets so full that nobody can clear it up. */
export class DiskRoom {
  #seen: { readonly at: Milliseconds; readonly rung: Promise<DiskRung> } | undefined;

  constructor(
    private readonly deps: { readonly folder: string; readonly clock: Clock; readonly spaceOf: DiskSpaceOf },
  ) {}

  /** As of at most five seconds ago. */
  rung(): Promise<DiskRung> {
    const now = this.deps.clock.now();
    const seen = this.#seen;
    if (seen && now - seen.at < LOOK_EVERY && now >= seen.at) return seen.rung;
    const rung = this.#look();
    this.#seen = { at: now, rung };
    return rung;
  }

  /** @throws MatrixError M_UNKNOWN 507 when there is no room for that: who asks may try again later */
  async require(what: keyof typeof REFUSED_FROM): Promise<void> {
    const rung = await this.rung();
    if (DISK_RUNGS.indexOf(rung) < DISK_RUNGS.indexOf(REFUSED_FROM[what])) return;
    throw new MatrixError(507, 'M_UNKNOWN', 'the disk of this server is nearly full; nothing was stored');
  }

  async #look(): Promise<DiskRung> {
    const { spaceOf, folder } = this.deps;
    const space = await spaceOf(folder);
    return space ? rungOf(space) : 'fine';
  }
}
