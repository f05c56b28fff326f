import type { EventId } from '../ids.js';
import type { AuthGraph } from './auth-graph.js';

/**
 * Conflicted state subgraph: the events on the ways from one conflicted event through `auth_events` to another, both
 * ends included.
 *
 * @param graph the auth chains of the conflicted events, so that a conflicted event leads to each event in it
 * @see https://spec.matrix.org/v1.19/rooms/v12/#definitions
 */
export function conflictedSubgraph(graph: AuthGraph, conflicted: ReadonlySet<EventId>): Set<EventId> {
  const leads = new Uint8Array(graph.ids.length);
  return new Set(
    graph.ids.filter((id, place) => {
      const isOnTheWay = conflicted.has(id) || graph.authEvents[place]?.some((below) => leads[below] === 1);
      if (isOnTheWay) leads[place] = 1;
      return isOnTheWay;
    }),
  );
}
