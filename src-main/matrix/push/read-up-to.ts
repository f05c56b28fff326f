import type { Receipt } from '../ephemeral/index.js';

/** How far somebody has read a room. */
export interface ReadUpTo {
  /** a receipt for no thread reads them all */
  readonly everything: number;
  /** by a thread's root, or `main` */
  readonly threads: ReadonlyMap<string, number>;
}

/** Both kinds of receipts count, the public and the private. */
export function readUpTo(receipts: readonly Receipt[]): ReadUpTo {
  let everything = 0;
  const threads = new Map<string, number>();
  for (const { threadId, ord } of receipts) {
    if (threadId === undefined) everything = Math.max(everything, ord);
    else threads.set(threadId, Math.max(threads.get(threadId) ?? 0, ord));
  }
  return { everything, threads };
}

/** Whether what stands at `ord` in `thread` was read. */
export const isRead = (read: ReadUpTo, ord: number, thread: string): boolean =>
  ord <= read.everything || ord <= (read.threads.get(thread) ?? 0);
