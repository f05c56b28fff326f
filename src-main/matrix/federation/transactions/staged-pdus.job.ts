import type { Job } from '../../../base/supervisor.js';
import type { StagedPdus } from './staged-pdus.js';

/** Gives events a place that were taken before what they rest on was here. */
export const stagedPdusJob = (staged: StagedPdus): Job => ({
  name: 'federation.staged-pdus',
  run: (signal) => staged.run(signal),
});
