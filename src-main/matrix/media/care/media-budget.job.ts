import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Job } from '../../../base/supervisor.js';
import type { MediaBudget } from './media-budget.js';

const EVERY: Milliseconds = 10 * 60_000;

/** Sees to it that media stay within their limit. */
export const mediaBudget = ({ budget, clock }: { readonly budget: MediaBudget; readonly clock: Clock }): Job => ({
  name: 'media.budget',
  async run(signal) {
    while (!signal.aborted) {
      await clock.sleep(EVERY, signal);
      await budget.keep(signal);
    }
  },
});
