import type { Milliseconds } from './clock.js';

/** A signal that aborts when `signal` does, or after `limit` ms. */
export const withTimeout = (signal: AbortSignal | undefined, limit: Milliseconds): AbortSignal =>
  signal ? AbortSignal.any([signal, AbortSignal.timeout(limit)]) : AbortSignal.timeout(limit);
