import type { Clock } from '../../base/clock.js';
import type { Job } from '../../base/supervisor.js';
import type { Presence } from './presence.js';

const EVERY = 5_000;

/** Looks every few seconds who is gone. */
export const presenceTimeouts = ({ presence, clock }: { presence: Presence; clock: Clock }): Job => ({
  name: 'ephemeral.presence-timeouts',
  async run(signal) {
    while (!signal.aborted) {
      await clock.sleep(EVERY, signal).catch(() => undefined);
      if (!signal.aborted) await presence.sweep();
    }
  },
});
