import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import { MatrixError } from '../../../spec/errors.js';
import type { MediaCare } from './media-care.js';

/** Shares of the limit from which on one is warned, copies are cleared, it is urgent, nothing more is taken. */
const STEPS = [
  ['full', 1],
  ['urgent', 0.97],
  ['tight', 0.9],
  ['near', 0.8],
] as const;
/** Copies are cleared down to this share. */
const CLEARED_TO = 0.85;
/** Sums are asked for anew so often; between, what comes is added. */
const RECOUNT: Milliseconds = 10 * 60_000;

export type BudgetState = 'none' | 'fine' | (typeof STEPS)[number][0];

export interface Budget {
  /** bytes; undefined: as much as the disk holds */
  readonly limit: number | undefined;
  /** of uploads, copies, thumbnails and previews together */
  readonly used: number;
  readonly state: BudgetState;
}

/** How much media may take in all, and what happens when it nears that. */
export class MediaBudget {
  #limit: number | undefined;
  #known: { readonly at: Milliseconds; used: number } | undefined;
  #clearing = false;

  constructor(
    private readonly deps: {
      readonly clock: Clock;
      readonly log: Logger;
      readonly care: MediaCare;
      readonly limit: number | undefined;
      /** named to those who are refused */
      readonly adminContact: string | undefined;
    },
  ) {
    this.#limit = deps.limit;
  }

  async now(): Promise<Budget> {
    const used = await this.#used();
    return { limit: this.#limit, used, state: stateOf(used, this.#limit) };
  }

  /** Holds from now on. @param limit bytes; undefined: none */
  setLimit(limit: number | undefined): void {
    this.#limit = limit;
    this.#known = undefined;
  }

  /**
   * @param size of what is to come, bytes; 0 where that is not known
   * @throws MatrixError M_RESOURCE_LIMIT_EXCEEDED 403 when there is no room for it
   */
  async requireRoom(size: number): Promise<void> {
    const limit = this.#limit;
    if (limit === undefined || (await this.#used()) + size <= limit) return;
    const { adminContact } = this.deps;
    throw new MatrixError(403, 'M_RESOURCE_LIMIT_EXCEEDED', 'this server has no room for more files', {
      ...(adminContact !== undefined && { admin_contact: adminContact }),
    });
  }

  /** Something came. */
  add(size: number): void {
    if (this.#known) this.#known.used += size;
  }

  /** Clears copies of others' media that were not asked for longest, once it is tight. */
  async keep(signal: AbortSignal): Promise<void> {
    const limit = this.#limit;
    const { care, clock, log } = this.deps;
    if (limit === undefined || this.#clearing) return;
    this.#known = undefined;
    const used = await this.#used();
    if (used < limit * 0.9) return;
    this.#clearing = true;
    try {
      const target = used - limit * CLEARED_TO;
      const what = { kind: 'copies', unusedSince: clock.now(), keep: new Set<string>() } as const;
      const gone = await care.clearUp(what, signal, { enough: ({ bytes }) => bytes >= target });
      if (gone.count > 0) log.info('copies of others’ media were cleared to stay within the limit', { ...gone });
    } finally {
      this.#clearing = false;
      this.#known = undefined;
    }
  }

  async #used(): Promise<number> {
    const now = this.deps.clock.now();
    const known = this.#known;
    if (known && now - known.at < RECOUNT && now >= known.at) return known.used;
    const { own, copies, thumbnails, previews } = await this.deps.care.amounts();
    const used = own.bytes + copies.bytes + thumbnails.bytes + previews.bytes;
    this.#known = { at: now, used };
    return used;
  }
}

function stateOf(used: number, limit: number | undefined): BudgetState {
  if (limit === undefined) return 'none';
  return STEPS.find(([, share]) => used >= limit * share)?.[0] ?? 'fine';
}
