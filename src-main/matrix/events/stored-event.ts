import type { StoredEvent } from './events.store.js';

/** Whether the state around an event is known: it has a place in the timeline, or was judged at one. */
export const isPlaced = ({ ord, snapshot, isRejected, isSoftFailed }: StoredEvent): boolean =>
  ord !== undefined || (snapshot !== undefined && (isRejected || isSoftFailed));

/** Whether an event was fetched long after it came to its place in the timeline: it is history, and no news. */
export const isFetchedLater = ({ ord, nid }: StoredEvent): boolean => ord !== undefined && ord < nid;
