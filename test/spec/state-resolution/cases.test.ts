import { describe, expect, it } from 'vitest';
import { type Pdu, type RoomEvent, roomEvent } from '../../../src-main/spec/event.js';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import type { RoomVersionRules } from '../../../src-main/spec/room-version.js';
import { resolveState } from '../../../src-main/spec/state-resolution/resolve.js';
import { type StateMap, type StateMapKey, stateMapKey } from '../../../src-main/spec/state-view.js';
import { fixture } from '../../support/fixtures.js';
import { rulesOf } from '../../support/rooms.js';

interface Case {
  readonly name: string;
  readonly batches?: readonly string[];
  readonly stateMaps?: readonly string[];
  readonly pdus?: readonly string[];
}

interface ExpectedEvent {
  readonly type: string;
  readonly state_key: string;
  readonly event_id: EventId;
}

const FOLDER = 'state-resolution';
const cases = fixture<Case[]>(`${FOLDER}/cases.json`);
const read = <T>(name: string) => fixture<T>(`${FOLDER}/fixtures/${name}`);

const expected = (name: string): StateMap =>
  new Map(
    fixture<ExpectedEvent[]>(`${FOLDER}/expected/${name}.json`).map((event) => [
      stateMapKey(event.type, event.state_key),
      event.event_id,
    ]),
  );

/** The cases run by the rules that their create event names, except two that say it in their name. */
function eventsOf(pdus: readonly Pdu[], rules: RoomVersionRules): RoomEvent[] {
  return pdus.map((pdu) => {
    const eventId = pdu.event_id as EventId;
    const roomId = pdu.room_id ?? (`!${eventId.slice(1)}` as RoomId);
    return roomEvent({ ...pdu, signatures: {} }, rules, eventId, roomId);
  });
}

/** The state after some events, by id of the event after which it holds. */
class Timeline {
  private readonly after = new Map<EventId, StateMap>();
  private readonly events = new Map<EventId, RoomEvent>();

  constructor(private readonly rules: RoomVersionRules) {}

  resolve(stateSets: readonly StateMap[]): StateMap {
    return resolveState(this.rules, stateSets, { event: (id) => this.events.get(id) });
  }

  /** @returns the state after the event */
  append(event: RoomEvent): StateMap {
    this.events.set(event.eventId, event);
    const before = this.resolve(event.prevEvents.map((id) => this.after.get(id) ?? new Map()));
    const after = new Map<StateMapKey, EventId>(before);
    if (event.stateKey !== undefined) after.set(stateMapKey(event.type, event.stateKey), event.eventId);
    this.after.set(event.eventId, after);
    return after;
  }

  /** @returns the state after all events that no other has as its previous */
  appendAll(events: readonly RoomEvent[]): StateMap {
    const previous = new Set(events.flatMap((event) => event.prevEvents));
    for (const event of events) this.append(event);
    return this.resolve(
      events.filter(({ eventId }) => !previous.has(eventId)).map(({ eventId }) => this.after.get(eventId) ?? new Map()),
    );
  }
}

const versionOf = (pdus: readonly Pdu[]): string =>
  (pdus.find(({ type }) => type === 'm.room.create')?.content['room_version'] as string | undefined) ?? '1';

describe.each(cases.filter(({ batches }) => batches))('case $name', ({ name, batches = [] }) => {
  const pdus = batches.map((batch) => read<Pdu[]>(batch));
  const rules = rulesOf(versionOf(pdus.flat()));
  const events = pdus.map((batch) => eventsOf(batch, rules));

  it('resolves event by event', () => {
    const timeline = new Timeline(rules);
    let state: StateMap = new Map();
    const heads = new Map<EventId, StateMap>();
    for (const event of events.flat()) {
      for (const id of event.prevEvents) heads.delete(id);
      heads.set(event.eventId, timeline.append(event));
      state = timeline.resolve([...heads.values()]);
    }
    expect(state).toEqual(expected(name));
  });

  it('resolves batch by batch', () => {
    const timeline = new Timeline(rules);
    let state: StateMap | undefined;
    for (const batch of events) {
      const next = timeline.appendAll(batch);
      state = state ? timeline.resolve([state, next]) : next;
    }
    expect(state).toEqual(expected(name));
  });

  it('resolves all at once', () => {
    expect(new Timeline(rules).appendAll(events.flat())).toEqual(expected(name));
  });
});

describe.each(cases.filter(({ stateMaps }) => stateMaps))('case $name', ({ name, stateMaps = [], pdus = [] }) => {
  const rules = rulesOf(name.endsWith('_v2_1') ? '12' : '11');
  const events = new Map(
    eventsOf(
      pdus.flatMap((file) => read<Pdu[]>(file)),
      rules,
    ).map((event) => [event.eventId, event]),
  );
  const stateSet = (file: string): StateMap =>
    new Map(
      read<EventId[]>(file).map((id) => {
        const event = events.get(id);
        if (event?.stateKey === undefined) throw new Error(`${id} is no state of the case`);
        return [stateMapKey(event.type, event.stateKey), id];
      }),
    );

  it('resolves its state sets', () => {
    const sets = stateMaps.map(stateSet);
    expect(resolveState(rules, sets, { event: (id) => events.get(id) })).toEqual(expected(name));
    expect(resolveState(rules, sets.toReversed(), { event: (id) => events.get(id) })).toEqual(expected(name));
  });
});
