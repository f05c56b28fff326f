import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Database } from '../../../storage/database.js';
import type { MediaCareStore } from './media-care.store.js';

/** Noted before they are written; beyond that they are written at once. */
const MOST_NOTED = 5_000;

/** When people last asked for what was uploaded here: gathered, and written a minute later. */
export class MediaUse {
  #used = new Map<string, Milliseconds>();
  #saved: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: { readonly db: Database; readonly clock: Clock; readonly store: MediaCareStore },
  ) {}

  note(mediaId: string): void {
    if (this.#used.size < MOST_NOTED) this.#used.set(mediaId, this.deps.clock.now());
  }

  save(): Promise<void> {
    const used = this.#used;
    if (used.size === 0) return this.#saved;
    this.#used = new Map();
    this.#saved = this.deps.db.write((tx) => this.deps.store.setUsed(tx, used));
    return this.#saved;
  }
}
