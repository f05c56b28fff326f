import { backoff } from './backoff.js';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';

/** Something that runs as long as the server does. */
export interface Job {
  readonly name: string;
  /** Runs until `signal` aborts; when it throws before, it is started again after a wait. */
  run(signal: AbortSignal): Promise<void>;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 60_000;

/** Runs `jobs` until stopped; a job that fails is logged and started again with a growing wait. */
export function runJobs(jobs: readonly Job[], deps: { clock: Clock; log: Logger }): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = jobs.map((job) => keepRunning(job, stopping.signal, deps));
  return {
    async stop() {
      stopping.abort(new Error('the server is stopping'));
      await Promise.all(running);
    },
  };
}

async function keepRunning(
  job: Job,
  signal: AbortSignal,
  { clock, log }: { clock: Clock; log: Logger },
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      await job.run(signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      log.error('job failed, starting it again', { job: job.name, attempt, error });
      await clock.sleep(backoff(attempt, FIRST_WAIT, LONGEST_WAIT), signal).catch(() => undefined);
    }
  }
}
