import { compareCodePoints } from '../canonical-json.js';
import type { RoomEvent } from '../event.js';
import type { EventId } from '../ids.js';
import { powerLevels } from '../power-levels.js';
import { membershipIn } from '../state-view.js';
import { Heap } from './heap.js';
import { authEventOf, createEventFor, type EventLookup } from './lookup.js';

/** The events of a room by id. */
export type Events = ReadonlyMap<EventId, RoomEvent>;

const POWER_TYPES: ReadonlySet<string> = new Set(['m.room.create', 'm.room.power_levels', 'm.room.join_rules']);

/**
 * Whether an event might take from somebody the right to do something. The spec leaves out the create event, Synapse
 * counts it in; it comes first either way.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v2/#definitions
 */
export function isPowerEvent({ type, stateKey, sender, content }: RoomEvent): boolean {
  if (type !== 'm.room.member') return stateKey === '' && POWER_TYPES.has(type);
  const membership = membershipIn(content);
  return (membership === 'leave' || membership === 'ban') && sender !== stateKey;
}

/**
 * The power events of the full conflicted set, with those of their auth events that are in it too, and so on; each comes
 * after its auth events, and of those that could come next the one of the most powerful sender, then the oldest, then
 * the least by id.
 *
 * As in other servers a chain of auth events ends where it leaves the full conflicted set.
 *
 * @param full the full conflicted set
 * @see https://spec.matrix.org/v1.19/rooms/v2/#definitions "reverse topological power ordering"
 */
export function sortPowerEvents(full: Events, lookup: EventLookup): RoomEvent[] {
  const nodes = withAuthEvents(full, lookup);
  const ready = new Heap<Node>(compareNodes);
  for (const node of nodes) if (node.waitsFor === 0) ready.push(node);
  const sorted: RoomEvent[] = [];
  for (let node = ready.pop(); node; node = ready.pop()) {
    sorted.push(node.event);
    for (const dependent of node.dependents) {
      dependent.waitsFor -= 1;
      if (dependent.waitsFor === 0) ready.push(dependent);
    }
  }
  return sorted;
}

interface Node {
  readonly event: RoomEvent;
  readonly power: number;
  readonly dependents: Node[];
  waitsFor: number;
}

function withAuthEvents(full: Events, lookup: EventLookup): Node[] {
  const nodes = new Map<EventId, Node>();
  const open: Node[] = [];
  const nodeOf = (event: RoomEvent): Node => {
    const known = nodes.get(event.eventId);
    if (known) return known;
    const node = { event, power: powerOfSender(event, lookup), dependents: [], waitsFor: 0 };
    nodes.set(event.eventId, node);
    open.push(node);
    return node;
  };
  for (const event of full.values()) if (isPowerEvent(event)) nodeOf(event);
  for (let node = open.pop(); node; node = open.pop()) {
    for (const id of new Set(node.event.authEvents)) {
      const named = full.get(id);
      if (!named) continue;
      nodeOf(named).dependents.push(node);
      node.waitsFor += 1;
    }
  }
  return [...nodes.values()];
}

/** The sender's power as the event's own auth events have it. */
const powerOfSender = (event: RoomEvent, lookup: EventLookup): number =>
  powerLevels(createEventFor(event, lookup), authEventOf(event, 'm.room.power_levels', lookup)).powerOf(event.sender);

function compareNodes(a: Node, b: Node): number {
  if (a.power !== b.power) return a.power > b.power ? -1 : 1;
  return compareAge(a.event, b.event);
}

/** The older event first, then the one with the lesser id. */
export const compareAge = (a: RoomEvent, b: RoomEvent): number =>
  a.originServerTs - b.originServerTs || compareCodePoints(a.eventId, b.eventId);
