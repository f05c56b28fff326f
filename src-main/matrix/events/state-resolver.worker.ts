/**
 * One state resolution, away from the event loop. It is told `{ events }` and `{ set, entries }` in pieces, then
 * `{ version, shortcuts }`; it says `{ resolved }` in pieces, then `{ done: true }`.
 */
/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { parentPort } from 'node:worker_threads';
import { type Pdu, type RoomEvent, roomEvent } from '../../spec/event.js';
import type { EventId } from '../../spec/ids.js';
import { parseJsonLossless } from '../../spec/json-text.js';
import { type RoomVersionRules, roomVersionRules } from '../../spec/room-version.js';
import { resolveState } from '../../spec/state-resolution/resolve.js';
import type { StateMapKey } from '../../spec/state-view.js';
import { type Asked, PIECE, type SentEvent } from './resolution-messages.js';

const sent = new Map<EventId, SentEvent>();
const read = new Map<EventId, RoomEvent>();
const sets: Map<StateMapKey, EventId>[] = [];

parentPort?.on('message', (asked: Asked) => {
  if ('events' in asked) for (const event of asked.events) sent.set(event[0], event);
  else if ('entries' in asked) {
    const set = (sets[asked.set] ??= new Map());
    for (const [key, id] of asked.entries) set.set(key, id);
  } else answer(asked.version, new Map(asked.shortcuts));
});

function answer(version: string, shortcuts: ReadonlyMap<EventId, readonly EventId[]>): void {
  const rules = roomVersionRules(version);
  if (!rules) throw new Error(`there is no room version ${version}`);
  const resolved = [
    ...resolveState(rules, sets, {
      event: (id) => eventOf(id, rules),
      authEvents: (id) => shortcuts.get(id) ?? eventOf(id, rules)?.authEvents,
      isRejected: (id) => sent.get(id)?.[3] === true,
    }),
  ];
  for (let start = 0; start < resolved.length; start += PIECE) {
    parentPort?.postMessage({ resolved: resolved.slice(start, start + PIECE) });
  }
  parentPort?.postMessage({ done: true });
}

function eventOf(id: EventId, rules: RoomVersionRules): RoomEvent | undefined {
  const known = read.get(id);
  const event = sent.get(id);
  if (known || !event) return known;
  const made = roomEvent(parseJsonLossless(event[2]).value as unknown as Pdu, rules, id, event[1]);
  read.set(id, made);
  return made;
}
