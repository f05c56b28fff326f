import type { EventId } from '../../../spec/ids.js';
import type { CheckedEvent } from '../../events/index.js';

/**
 * Events in an order in which each comes after all of the others that it follows. Events that follow themselves in a
 * circle, which ids of room versions 1 and 2 allow, are left out with all that follow them.
 */
export function inGraphOrder(events: Iterable<CheckedEvent>): CheckedEvent[] {
  const byId = new Map<EventId, CheckedEvent>();
  for (const checked of events) byId.set(checked.event.eventId, checked);
  const followers = new Map<EventId, EventId[]>();
  const waitsFor = new Map<EventId, number>();
  for (const [eventId, { event }] of byId) {
    const before = new Set(event.prevEvents.filter((prev) => byId.has(prev)));
    waitsFor.set(eventId, before.size);
    for (const prev of before) followers.set(prev, [...(followers.get(prev) ?? []), eventId]);
  }
  const ready = [...byId.values()].filter(({ event }) => waitsFor.get(event.eventId) === 0);
  ready.sort((a, b) => a.event.depth - b.event.depth);
  const inOrder: CheckedEvent[] = [];
  for (let next = ready.shift(); next; next = ready.shift()) {
    inOrder.push(next);
    for (const follower of followers.get(next.event.eventId) ?? []) {
      const left = (waitsFor.get(follower) ?? 0) - 1;
      waitsFor.set(follower, left);
      const checked = left === 0 ? byId.get(follower) : undefined;
      if (checked) ready.push(checked);
    }
  }
  return inOrder;
}

/** Which events the given ones follow that are none of them. */
export function referredElsewhere(events: ReadonlyMap<EventId, CheckedEvent>): EventId[] {
  const elsewhere = new Set<EventId>();
  for (const { event } of events.values()) {
    for (const prev of event.prevEvents) if (!events.has(prev)) elsewhere.add(prev);
  }
  return [...elsewhere];
}
