import type { Clock, Milliseconds } from '../../base/clock.js';
import { MatrixError } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { MediaQuotaStore } from './media-quotas.store.js';
import type { MediaStore } from './media.store.js';

/** So many bytes in so long a time. */
export interface UploadLimit {
  readonly period: Milliseconds;
  /** bytes */
  readonly maxSize: number;
}

/** How much one user may upload in a time. */
export class UploadQuota {
  /** Bytes of uploads that are on their way: many at once must not be more than one after the other. */
  readonly #underway = new Map<UserId, number>();

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: MediaStore;
      readonly clock: Clock;
      readonly limits: readonly UploadLimit[];
      /** what single people may keep in all */
      readonly quotas: MediaQuotaStore;
    },
  ) {}

  /**
   * Does `upload` when there is room for it.
   *
   * @param size bytes: as many as it may become
   * @throws MatrixError M_RESOURCE_LIMIT_EXCEEDED 400, or 403 where something must be deleted first; what `upload` throws
   */
  async run<T>(userId: UserId, size: number, upload: () => Promise<T>): Promise<T> {
    const { db, limits, quotas } = this.deps;
    const quota = await quotas.of(db, userId);
    if (limits.length === 0 && quota === undefined) return upload();
    this.#change(userId, size);
    try {
      await this.#check(userId);
      if (quota !== undefined) await this.#checkAll(userId, quota);
      return await upload();
    } finally {
      this.#change(userId, -size);
    }
  }

  async #check(userId: UserId): Promise<void> {
    const { db, store, clock, limits } = this.deps;
    for (const { period, maxSize } of limits) {
      const before = await store.uploadedSince(db, userId, clock.now() - period);
      if (before + (this.#underway.get(userId) ?? 0) <= maxSize) continue;
      throw new MatrixError(400, 'M_RESOURCE_LIMIT_EXCEEDED', 'you have uploaded as much as you may for now');
    }
  }

  async #checkAll(userId: UserId, quota: number): Promise<void> {
    const { db, quotas } = this.deps;
    if ((await quotas.stored(db, userId)) + (this.#underway.get(userId) ?? 0) <= quota) return;
    throw new MatrixError(403, 'M_RESOURCE_LIMIT_EXCEEDED', 'you keep as much here as you may');
  }

  #change(userId: UserId, bytes: number): void {
    const underway = (this.#underway.get(userId) ?? 0) + bytes;
    if (underway > 0) this.#underway.set(userId, underway);
    else this.#underway.delete(userId);
  }
}
