import { checkAuth } from '../../../src-main/spec/auth-rules/auth-rules.js';
import type { RoomEvent } from '../../../src-main/spec/event.js';
import type { EventId } from '../../../src-main/spec/ids.js';
import { powerLevelsOf } from '../../../src-main/spec/power-levels.js';
import { type StateMap, stateMapKey, viewOfEvents } from '../../../src-main/spec/state-view.js';
import type { TestRoom } from '../../support/rooms.js';

/**
 * State resolution of versions 2 and 2.1 written down as the spec says it, with no thought of speed: what the product's
 * is compared with. It differs from the letter where the product does: state belongs to its own auth chain, and the
 * create event is a power event.
 */
export function resolveByTheLetter(room: TestRoom, sides: readonly StateMap[]): StateMap {
  const fromScratch = room.rules.stateResolution === 'v2.1';
  const events = (ids: Iterable<EventId>) => [...ids].map((id) => room.event(id)!);
  const keys = new Set(sides.flatMap((side) => [...side.keys()]));
  const isAgreed = (key: string) => new Set(sides.map((side) => side.get(key))).size === 1;
  const unconflicted = new Map([...keys].filter(isAgreed).map((key) => [key, sides[0]!.get(key)!]));
  const conflicted = new Set(
    [...keys]
      .filter((key) => !isAgreed(key))
      .flatMap((key) => sides.map((side) => side.get(key)).filter((id) => id !== undefined)),
  );

  const { union, difference, chainOf } = authChains(room, sides);
  const leadsToConflicted = (id: EventId) => [...chainOf(id)].some((other) => conflicted.has(other));
  const below = [...conflicted].flatMap((id) => [...chainOf(id)]);
  const full = new Set([...conflicted, ...difference, ...(fromScratch ? below.filter(leadsToConflicted) : [])]);

  const picked = new Set<EventId>();
  const pick = (event: RoomEvent): void => {
    picked.add(event.eventId);
    for (const id of event.authEvents) if (full.has(id) && !picked.has(id)) pick(room.event(id)!);
  };
  for (const event of events(full)) if (isPowerEvent(event)) pick(event);

  const state = new Map<string, EventId>(fromScratch ? [] : unconflicted);
  const apply = (event: RoomEvent) => {
    const create = events(union).filter(({ type }) => type === 'm.room.create');
    const named = events(event.authEvents.filter((id) => !room.rejected.has(id)));
    if (!checkAuth(event, viewOfEvents([...create, ...named, ...events(state.values())])).allowed) return;
    state.set(stateMapKey(event.type, event.stateKey!), event.eventId);
  };
  topological(events(picked), room).forEach(apply);
  const levels = state.get(stateMapKey('m.room.power_levels', ''));
  const rest = events([...full].filter((id) => !picked.has(id)));
  byMainline(rest, levels === undefined ? undefined : room.event(levels), room).forEach(apply);
  return new Map([...state, ...unconflicted]);
}

/** What lies in the auth chain of any state set, and what of it not in all; state belongs to its own chain. */
export function authChains(room: TestRoom, sides: readonly StateMap[]) {
  const chainOf = (id: EventId): Set<EventId> =>
    new Set([id, ...room.event(id)!.authEvents.flatMap((other) => [...chainOf(other)])]);
  const chains = sides.map((side) => new Set([...side.values()].flatMap((id) => [...chainOf(id)])));
  const union = new Set(chains.flatMap((chain) => [...chain]));
  return { union, difference: [...union].filter((id) => !chains.every((chain) => chain.has(id))), chainOf };
}

function isPowerEvent({ type, sender, stateKey, content }: RoomEvent): boolean {
  if (['m.room.create', 'm.room.power_levels', 'm.room.join_rules'].includes(type)) return true;
  return type === 'm.room.member' && ['leave', 'ban'].includes(String(content['membership'])) && sender !== stateKey;
}

function topological(events: RoomEvent[], room: TestRoom): RoomEvent[] {
  const power = ({ authEvents, sender }: RoomEvent) => {
    const create = [...room.events.values()].find(({ type }) => type === 'm.room.create')!;
    const named = authEvents.map((id) => room.event(id)!);
    const isFirst = named.length === 0 && !room.rules.roomIdIsCreateHash;
    return powerLevelsOf(viewOfEvents(isFirst ? [] : [create, ...named])).powerOf(sender);
  };
  const left = new Set(events);
  const sorted: RoomEvent[] = [];
  while (left.size > 0) {
    const ready = [...left].filter((event) => ![...left].some((other) => event.authEvents.includes(other.eventId)));
    const [next] = ready.sort((a, b) => {
      const [powerA, powerB] = [power(a), power(b)];
      return powerA === powerB ? byAge(a, b) : powerA > powerB ? -1 : 1;
    });
    left.delete(next!);
    sorted.push(next!);
  }
  return sorted;
}

function byMainline(events: RoomEvent[], levels: RoomEvent | undefined, room: TestRoom): RoomEvent[] {
  const levelsBefore = (event: RoomEvent): RoomEvent[] => {
    const before = event.authEvents.map((id) => room.event(id)!).find(({ type }) => type === 'm.room.power_levels');
    return before ? [before, ...levelsBefore(before)] : [];
  };
  const mainline = levels ? [levels, ...levelsBefore(levels)] : [];
  const position = (event: RoomEvent) => {
    const first = levelsBefore(event).find((before) => mainline.includes(before));
    return first ? mainline.indexOf(first) : 1_000_000;
  };
  return events.sort((a, b) => position(b) - position(a) || byAge(a, b));
}

const byAge = (a: RoomEvent, b: RoomEvent): number =>
  a.originServerTs - b.originServerTs || (a.eventId < b.eventId ? -1 : 1);
