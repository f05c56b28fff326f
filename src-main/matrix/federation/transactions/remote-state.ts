import type { JsonValue } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import { Semaphore } from '../../../base/semaphore.js';
import { createEventIdOf } from '../../../spec/event-id.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import type { CheckedEvent, Intake, PduChecks, Room } from '../../events/index.js';
import { RemoteError } from '../../servers/index.js';
import type { RemoteGraph } from './remote-graph.js';

export interface RemoteStateDeps {
  readonly remote: RemoteGraph;
  readonly pdus: PduChecks;
  readonly intake: Intake;
  readonly log: Logger;
}

/** Events fetched one by one; when more are missing, the whole state is fetched at once. */
const FEW = 50;
const AT_ONCE = 5;
/** Events of a whole state that are checked and stored together. */
const STORED_AT_ONCE = 400;
/** Events that came before what they rest on. */
const MOST_WAITING = 300_000;

/** A server that will not tell what an event rests on may still tell the events one by one. */
function nothingIfRefused(error: unknown): readonly JsonValue[] {
  if (error instanceof RemoteError && error.kind === 'answered') return [];
  throw error;
}

/** Fetches what must be known of a room's state before an event can get its place. */
export class RemoteState {
  constructor(private readonly deps: RemoteStateDeps) {}

  /**
   * The state before an event as another server tells it, with all its events stored.
   *
   * @param progress called with how many entries of the state are stored, of how many
   * @returns ids of events that are stored now; undefined when there is no telling
   * @throws RemoteError
   */
  async before(
    server: ServerName,
    room: Room,
    eventId: EventId,
    signal: AbortSignal,
    progress: (known: number, of: number) => void = () => undefined,
  ): Promise<readonly EventId[] | undefined> {
    const { remote, intake } = this.deps;
    const { state, authChain } = await remote.stateIds(server, room.roomId, eventId, signal);
    const known = await intake.stored([...new Set([...state, ...authChain])]);
    const missing = new Set([...state, ...authChain].filter((id) => !known.has(id)));
    const unknown = new Set(state.filter((id) => missing.has(id)));
    const came = (ids: readonly EventId[]) => {
      for (const id of ids) unknown.delete(id);
      progress(state.length - unknown.size, state.length);
    };
    came([]);
    if (missing.size > FEW) await this.#fetchAll(server, room, eventId, signal, came);
    else if (missing.size > 0) await this.#fetchEach(server, room, [...missing], signal);
    const stored = await intake.stored(state);
    const found = state.filter((id) => stored.has(id));
    if (found.length === 0) return undefined;
    if (room.rules.roomIdIsCreateHash && !found.includes(createEventIdOf(room.roomId))) return undefined;
    return found;
  }

  /** The whole state, a few hundred events at a time: each is stored as soon as what it rests on is. */
  async #fetchAll(
    server: ServerName,
    room: Room,
    eventId: EventId,
    signal: AbortSignal,
    came: (ids: readonly EventId[]) => void,
  ): Promise<void> {
    let values: JsonValue[] = [];
    const waiting: CheckedEvent[] = [];
    const store = async () => {
      const checked = await this.check(room, values, signal);
      values = [];
      const open = await this.#add(room, checked);
      if (waiting.length < MOST_WAITING) waiting.push(...open);
      came(checked.map(({ event }) => event.eventId));
    };
    for await (const value of this.deps.remote.state(server, room.roomId, eventId, signal)) {
      values.push(value);
      if (values.length >= STORED_AT_ONCE) await store();
    }
    await store();
    await this.#add(room, waiting);
  }

  /** @returns those that rest on something that is not here yet */
  async #add(room: Room, events: readonly CheckedEvent[]): Promise<CheckedEvent[]> {
    if (events.length === 0) return [];
    const { incomplete } = await this.deps.intake.addOutliers(room.roomId, events);
    const open = new Set(incomplete);
    return events.filter(({ event }) => open.has(event.eventId));
  }

  /** Fetches and stores what an event rests on. @returns whether all of `missing` is known now. @throws RemoteError */
  async authEvents(
    server: ServerName,
    room: Room,
    { event }: CheckedEvent,
    missing: readonly EventId[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { remote, intake } = this.deps;
    const chain = await remote.authChain(server, room.roomId, event.eventId, signal).catch(nothingIfRefused);
    await this.#store(room, chain, signal);
    const left = await this.#unknown(missing);
    if (left.length > 0) await this.#fetchEach(server, room, left.slice(0, FEW), signal);
    return (await intake.known(missing)).size === new Set(missing).size;
  }

  async #unknown(eventIds: readonly EventId[]): Promise<EventId[]> {
    const known = await this.deps.intake.known(eventIds);
    return eventIds.filter((id) => !known.has(id));
  }

  async #fetchEach(server: ServerName, room: Room, eventIds: readonly EventId[], signal: AbortSignal): Promise<void> {
    const places = new Semaphore(AT_ONCE);
    const found = await Promise.all(eventIds.map((id) => places.run(() => this.deps.remote.event(server, id, signal))));
    await this.#store(
      room,
      found.filter((value) => value !== undefined),
      signal,
    );
  }

  async #store(room: Room, values: readonly JsonValue[], signal: AbortSignal): Promise<void> {
    const checked = await this.check(room, values, signal);
    if (checked.length > 0) await this.deps.intake.addOutliers(room.roomId, checked);
  }

  /** Those of `values` that are events of the room with good signatures. */
  async check(
    room: { readonly roomId: RoomId; readonly rules: Room['rules'] },
    values: readonly JsonValue[],
    signal: AbortSignal,
  ): Promise<CheckedEvent[]> {
    const { pdus, log } = this.deps;
    const verdicts = await pdus.check(values, room.rules, { roomId: room.roomId, signal });
    return verdicts.filter((verdict): verdict is CheckedEvent => {
      if ('event' in verdict) return true;
      log.debug('a fetched event is refused', { roomId: room.roomId, eventId: verdict.eventId, why: verdict.refused });
      return false;
    });
  }
}
