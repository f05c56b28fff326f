import type { Milliseconds } from '../../../base/clock.js';
import type { Job } from '../../../base/supervisor.js';
import { type ExpiredPreviewsDeps, forgetExpired } from './expired-previews.js';

const HOUR: Milliseconds = 3_600_000;

/** Forgets, hourly, previews that are too old, and later their pictures. */
export const forgetOldPreviews = (deps: ExpiredPreviewsDeps): Job => ({
  name: 'media.forget-previews',
  async run(signal) {
    while (!signal.aborted) {
      await forgetExpired(deps, signal);
      await deps.clock.sleep(HOUR, signal);
    }
  },
});
