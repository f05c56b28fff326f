import type { EventId } from '../ids.js';

/** Events and the events that authorize them, all the way down; numbers stand for events. */
export interface AuthGraph {
  /** Each event after all of its auth events. */
  readonly ids: readonly EventId[];
  /** The places of the auth events of the event at each place. */
  readonly authEvents: readonly (readonly number[])[];
  readonly placeOf: ReadonlyMap<EventId, number>;
}

/**
 * The auth chains of `roots` together, the roots included.
 *
 * @param authEventIds the auth events of an event, or none where they are not known
 * @see https://spec.matrix.org/v1.19/rooms/v2/#definitions
 */
export function authGraph(roots: Iterable<EventId>, authEventIds: (id: EventId) => readonly EventId[]): AuthGraph {
  const ids: EventId[] = [];
  const authEvents: number[][] = [];
  const placeOf = new Map<EventId, number>();
  const seen = new Set<EventId>();
  const place = (id: EventId, named: readonly EventId[]) => {
    placeOf.set(id, ids.length);
    ids.push(id);
    authEvents.push(named.map((other) => placeOf.get(other)).filter((at) => at !== undefined));
  };
  // Depth first without recursion: chains of old rooms are longer than a stack is deep.
  const open: { id: EventId; named: readonly EventId[]; next: number }[] = [];
  const enter = (id: EventId) => {
    if (seen.has(id)) return;
    seen.add(id);
    open.push({ id, named: authEventIds(id), next: 0 });
  };
  for (const root of roots) {
    enter(root);
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const child = top.named[top.next];
      top.next += 1;
      if (child !== undefined) enter(child);
      else {
        place(top.id, top.named);
        open.pop();
      }
    }
  }
  return { ids, authEvents, placeOf };
}

/** Whether an event of `wanted` lies in the auth chains of `roots`: those that do. Stops when all are found. */
export function foundInAuthChains(
  wanted: ReadonlySet<EventId>,
  roots: Iterable<EventId>,
  authEventIds: (id: EventId) => readonly EventId[],
): Set<EventId> {
  const found = new Set<EventId>();
  const seen = new Set<EventId>();
  const open = [...roots];
  for (let id = open.pop(); id !== undefined && found.size < wanted.size; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (wanted.has(id)) found.add(id);
    open.push(...authEventIds(id));
  }
  return found;
}
