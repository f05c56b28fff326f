import type { JsonValue } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import type { EventId, ServerName } from '../../../spec/ids.js';
import type { Appended, CheckedEvent, Graph, Intake, Room } from '../../events/index.js';
import { RemoteError } from '../../servers/index.js';
import type { PolicedIntake } from '../policy/policed-intake.js';
import { inGraphOrder, referredElsewhere } from './graph-order.js';
import type { RemoteGraph } from './remote-graph.js';
import type { RemoteState } from './remote-state.js';

export interface MissingEventsDeps {
  readonly remote: RemoteGraph;
  readonly state: RemoteState;
  readonly intake: Pick<Intake, 'known'>;
  readonly policed: PolicedIntake;
  readonly graph: Pick<Graph, 'leaves' | 'firstDepth'>;
  readonly log: Logger;
}

/** Events asked for at once, how often, and how many in all before an event gets its place with a gap before it. */
const AT_ONCE = 20;
const MOST_ROUNDS = 5;
/** Leaves that are named to the other server. */
const MOST_EARLIEST = 20;
/** How often the state before some event is fetched for one event that came. */
const MOST_STATES = 5;

/** What became of an event; `given-up`: what it rests on cannot be had. */
export type Placed = Appended | { readonly outcome: 'given-up'; readonly why: string };

/**
 * Gives a place to events whose previous or auth events are not known: asks the server that sent them, a few times and
 * for few events, and then for the state before the gap that is left.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#backfilling-and-retrieving-missing-events
 */
export class MissingEvents {
  constructor(private readonly deps: MissingEventsDeps) {}

  /** @throws RemoteError when the other server does not answer: perhaps it does later */
  async place(checked: CheckedEvent, room: Room, origin: ServerName, signal: AbortSignal): Promise<Placed> {
    const work = new Placing(this.deps, room, origin, signal);
    const first = await work.append(checked);
    if (first.outcome !== 'incomplete') return first;
    await work.fillGap(checked);
    return work.appendWithState(checked);
  }
}

/** The work for one event. */
class Placing {
  #states = 0;

  constructor(
    private readonly deps: MissingEventsDeps,
    private readonly room: Room,
    private readonly origin: ServerName,
    private readonly signal: AbortSignal,
  ) {}

  /** Appends with what is known, and with the auth events that can be had. */
  async append(checked: CheckedEvent, stateBefore?: readonly EventId[]): Promise<Appended> {
    const options = { origin: this.origin, ...(stateBefore && { stateBefore }) };
    const appended = await this.deps.policed.append(checked, options);
    if (appended.outcome !== 'incomplete' || appended.missingAuth.length === 0) return appended;
    const { room, origin, signal } = this;
    const areKnown = await this.deps.state.authEvents(origin, room, checked, appended.missingAuth, signal);
    return areKnown ? this.deps.policed.append(checked, options) : appended;
  }

  /** Fetches what lies between the event and what is known, as far as the bounds allow, and appends it. */
  async fillGap(checked: CheckedEvent): Promise<void> {
    const fetched = await this.#fetch(checked);
    for (const event of inGraphOrder(fetched)) {
      this.signal.throwIfAborted();
      const { outcome } = await this.appendWithState(event);
      if (outcome === 'given-up') {
        this.deps.log.debug('a missing event has no place', { eventId: event.event.eventId, origin: this.origin });
      }
    }
  }

  /** Appends; where previous events stay unknown, with the state before it as the other server tells it. */
  async appendWithState(checked: CheckedEvent): Promise<Placed> {
    const appended = await this.append(checked);
    if (appended.outcome !== 'incomplete') return appended;
    if (appended.missingAuth.length > 0) return givenUp('its auth events are not to be had');
    this.#states += 1;
    if (this.#states > MOST_STATES) return givenUp('too many gaps');
    const { eventId } = checked.event;
    const stateBefore = await this.deps.state.before(this.origin, this.room, eventId, this.signal);
    if (!stateBefore) return givenUp('the state before it is not to be had');
    const placed = await this.append(checked, stateBefore);
    return placed.outcome === 'incomplete' ? givenUp('what it follows is not to be had') : placed;
  }

  /** Events before `checked`, until nothing is missing, nothing new comes, or it is enough. */
  async #fetch(checked: CheckedEvent): Promise<CheckedEvent[]> {
    const { remote, state, intake, graph } = this.deps;
    const { room, origin, signal } = this;
    const leaves = await graph.leaves(room.roomId);
    // What lies before our time here is history: for what forks off from it the state is fetched.
    const minDepth = await graph.firstDepth(room.roomId);
    const earliest = leaves.slice(0, MOST_EARLIEST).map(({ eventId }) => eventId);
    const gathered = new Map([[checked.event.eventId, checked]]);
    let latest = [checked.event.eventId];
    for (let round = 0; round < MOST_ROUNDS && latest.length > 0; round += 1) {
      const asked = { earliest, latest, limit: AT_ONCE, minDepth };
      const values = await remote.missingEvents(origin, room.roomId, asked, signal).catch(nothingIfRefused);
      const events = await state.check(room, values, signal);
      const isNew = ({ event }: CheckedEvent) => !gathered.has(event.eventId) && event.depth >= minDepth;
      const fresh = events.filter(isNew);
      if (fresh.length === 0) break;
      for (const found of fresh) gathered.set(found.event.eventId, found);
      const known = await intake.known(referredElsewhere(gathered));
      const isOpen = ({ event }: CheckedEvent) =>
        event.prevEvents.some((prev) => !gathered.has(prev) && known.get(prev) !== 'placed');
      latest = [...gathered.values()]
        .filter(isOpen)
        .map(({ event }) => event.eventId)
        .slice(0, AT_ONCE);
    }
    gathered.delete(checked.event.eventId);
    return [...gathered.values()];
  }
}

/** A server that will not tell what lies between may still tell the state. */
function nothingIfRefused(error: unknown): readonly JsonValue[] {
  if (error instanceof RemoteError && (error.kind === 'answered' || error.kind === 'invalid')) return [];
  throw error;
}

const givenUp = (why: string): Placed => ({ outcome: 'given-up', why });
