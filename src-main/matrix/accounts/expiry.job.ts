import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Job } from '../../base/supervisor.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { AccessTokenStore } from './access-tokens.store.js';
import type { Uia } from './uia.js';

const EVERY: Milliseconds = 5 * 60_000;
/** A client may come with an expired token and must learn that its session can be taken up again; for so long. */
const KEPT_EXPIRED: Milliseconds = 30 * 24 * 60 * 60_000;

/** Removes tokens and authentication sessions whose time is over. */
export const expiryJob = (deps: {
  db: Database;
  clock: Clock;
  accessTokens: AccessTokenStore;
  shortLived: readonly { removeExpired(tx: Transaction, now: Milliseconds): Promise<unknown> }[];
  uia: Uia;
}): Job => ({
  name: 'accounts.expiry',
  async run(signal) {
    for (;;) {
      await deps.db.write(async (tx) => {
        const now = deps.clock.now();
        await deps.accessTokens.removeExpired(tx, now - KEPT_EXPIRED);
        for (const store of deps.shortLived) await store.removeExpired(tx, now);
        await deps.uia.removeExpired(tx);
      });
      await deps.clock.sleep(EVERY, signal);
    }
  },
});
