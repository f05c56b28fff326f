import { deadline, OVER } from '../../../base/abort.js';
import { type Clock, endsWithin, type Milliseconds } from '../../../base/clock.js';
import { isObject, type JsonObject, type JsonValue, stringAt } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import { eventIdOf } from '../../../spec/event-id.js';
import { isEventId, isRoomId } from '../../../spec/grammar.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import type { CheckedEvent, PduChecks, RefusedEvent, Room, RoomReader } from '../../events/index.js';
import type { PolicedIntake } from '../policy/policed-intake.js';
import type { Peers } from '../../servers/index.js';
import type { ServerAcls } from '../server-acls.js';
import type { Departures } from '../membership/departures.js';
import type { MessageTimes } from './message-times.js';
import type { StagedPdus } from './staged-pdus.js';
import type { StagedPdu } from './staged-pdus.store.js';

export interface IncomingPdusDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly reader: Pick<RoomReader, 'room' | 'isHere'>;
  readonly acls: ServerAcls;
  readonly pdus: PduChecks;
  readonly policed: PolicedIntake;
  readonly staged: StagedPdus;
  readonly peers: Pick<Peers, 'refused'>;
  readonly times: MessageTimes;
  /** of rooms that this server is not in */
  readonly departures: Pick<Departures, 'take'>;
  /** by origin: events that had to be looked at for nothing */
  readonly refusals: RateLimiter;
}

/** What became of each PDU; `error` where it was refused. */
export type PduResults = Record<EventId, { readonly error?: string }>;

/** What is not done by then is put aside on disk and done later: the sender waits for an answer. */
const LONGEST: Milliseconds = 20_000;
/** What cannot be checked by then counts as refused for now. */
const LONGEST_CHECK: Milliseconds = 60_000;

/** Events handed over at once: what is not done when the time is up is put aside. */
const TOGETHER = 16;

interface GoodPdu {
  readonly pdu: JsonObject;
  readonly checked: CheckedEvent;
}

/** Takes the PDUs of a transaction: each gets its place now, or waits on disk for what it rests on. */
export class IncomingPdus {
  constructor(private readonly deps: IncomingPdusDeps) {}

  /** Never fails because of what a PDU is. PDUs of rooms that this server does not know have no result. */
  async receive(origin: ServerName, values: readonly JsonValue[]): Promise<PduResults> {
    const byRoom = Map.groupBy(values.filter(isObject), (value) => stringAt(value, 'room_id') ?? '');
    const results = noResults();
    const receiving = [...byRoom].map(async ([roomId, pdus]) => {
      if (isRoomId(roomId)) Object.assign(results, await this.#receiveInRoom(origin, roomId, pdus));
    });
    await Promise.all(receiving);
    return results;
  }

  async #receiveInRoom(origin: ServerName, roomId: RoomId, pdus: readonly JsonObject[]): Promise<PduResults> {
    const { reader, acls, log } = this.deps;
    const room = await reader.room(roomId);
    if (!room) {
      log.debug('events of an unknown room are left aside', { origin, roomId });
      return {};
    }
    if (!(await reader.isHere(roomId))) {
      await this.#turnAway(origin, room, pdus);
      return resultsFor(pdus, room, {});
    }
    if (!(await acls.isAllowed(roomId, origin))) {
      this.deps.peers.refused(origin, { kind: 'event', roomId, why: 'Server is banned from room' });
      return resultsFor(pdus, room, { error: 'Server is banned from room' });
    }
    return new Receiving(this.deps, origin, room, pdus).run();
  }

  /** What cannot be checked in time is left aside. */
  async #turnAway(origin: ServerName, room: Room, pdus: readonly JsonObject[]): Promise<void> {
    const { clock, departures, log } = this.deps;
    const done = new AbortController();
    const over = new AbortController();
    void clock.sleep(LONGEST, done.signal).then(
      () => over.abort(new Error('it took too long')),
      () => undefined,
    );
    try {
      for (const pdu of pdus) await departures.take(origin, room, pdu, over.signal);
    } catch (error) {
      if (!over.signal.aborted) throw error;
      log.info('events could not be checked in time', { origin, roomId: room.roomId });
    } finally {
      done.abort(OVER);
    }
  }
}

/** The PDUs of one transaction in one room. */
class Receiving {
  readonly #results = noResults();
  readonly #began: Milliseconds;
  /** those that are not done yet */
  readonly #left: Set<JsonObject>;

  constructor(
    private readonly deps: IncomingPdusDeps,
    private readonly origin: ServerName,
    private readonly room: Room,
    private readonly pdus: readonly JsonObject[],
  ) {
    this.#left = new Set(pdus);
    this.#began = deps.clock.now();
  }

  async run(): Promise<PduResults> {
    const work = this.#work();
    if (await endsWithin(this.deps.clock, work, LONGEST)) await work;
    else {
      work.catch((error: unknown) => this.deps.log.warn('events are left to later', { origin: this.origin, error }));
      await this.#putAside([...this.#left]);
    }
    return this.#results;
  }

  async #work(): Promise<void> {
    const { rules, roomId } = this.room;
    const { signal, end } = deadline(undefined, LONGEST_CHECK);
    const verdicts = await this.deps.pdus.check(this.pdus, rules, { roomId, signal }).finally(end);
    const good: GoodPdu[] = [];
    for (const [at, pdu] of this.pdus.entries()) {
      const verdict = verdicts[at];
      if (verdict && 'event' in verdict) good.push({ pdu, checked: verdict });
      else if (verdict) await this.#refuse(pdu, verdict);
    }
    this.deps.times.checked(
      good.map(({ checked }) => checked.event.eventId),
      this.origin,
      this.#began,
    );
    const ready = await this.#ready(good);
    for (let start = 0; start < ready; start += TOGETHER) {
      await this.#append(good.slice(start, Math.min(start + TOGETHER, ready)));
    }
    const others = good.slice(ready).map(({ pdu }) => pdu);
    for (const pdu of others) this.#left.delete(pdu);
    await this.#putAside(others);
  }

  /** How many of the first need no policy server to be asked: neither other rooms nor the sender wait for it. */
  #ready(good: readonly GoodPdu[]): Promise<number> {
    const events = good.map(({ checked }) => checked);
    return this.deps.policed.ready(this.room.roomId, events);
  }

  async #append(good: readonly GoodPdu[]): Promise<void> {
    const { log, policed, staged } = this.deps;
    const { roomId } = this.room;
    for (const { checked } of good) this.#results[checked.event.eventId] = {};
    const events = good.map(({ checked }) => checked);
    const appended = await policed.appendAll(roomId, events, { origin: this.origin });
    for (const { pdu } of good) this.#left.delete(pdu);
    await this.#putAside(good.filter((_pdu, at) => appended[at]?.outcome === 'incomplete').map(({ pdu }) => pdu));
    if (appended.some(({ outcome }) => outcome === 'accepted')) staged.came(roomId);
    for (const one of appended) {
      if (one.outcome === 'accepted') this.deps.times.stored(one.event.eventId);
      if (one.outcome !== 'rejected') continue;
      this.deps.refusals.charge(this.origin, 1);
      this.deps.peers.refused(this.origin, { kind: 'event', roomId, why: one.why });
      log.info('an event is rejected', { eventId: one.event.eventId, why: one.why });
    }
  }

  async #refuse(pdu: JsonObject, { eventId, refused: why, mayHoldLater }: RefusedEvent): Promise<void> {
    this.#left.delete(pdu);
    if (mayHoldLater) return this.#putAside([pdu]);
    this.deps.refusals.charge(this.origin, 1);
    this.deps.log.info('an event is refused', { origin: this.origin, roomId: this.room.roomId, eventId, why });
    this.deps.peers.refused(this.origin, { kind: 'event', roomId: this.room.roomId, why });
    if (eventId !== undefined) this.#results[eventId] = { error: why };
  }

  async #putAside(pdus: readonly JsonObject[]): Promise<void> {
    const { staged } = this.deps;
    const waiting: StagedPdu[] = [];
    for (const pdu of pdus) {
      const eventId = idOf(pdu, this.room);
      if (eventId === undefined) continue;
      this.#results[eventId] = {};
      this.deps.times.putAside(eventId, this.origin, this.#began);
      waiting.push({ eventId, json: JSON.stringify(pdu) });
    }
    if (waiting.length > 0) await staged.add(this.origin, this.room.roomId, waiting);
  }
}

/** Without a prototype it is a plain table: each new name in an ordinary object costs as much as a statement. */
const noResults = () => Object.create(null) as PduResults;

function resultsFor(pdus: readonly JsonObject[], room: Room, result: { readonly error?: string }): PduResults {
  const ids = pdus.map((pdu) => idOf(pdu, room)).filter((eventId) => eventId !== undefined);
  return Object.fromEntries(ids.map((eventId) => [eventId, result]));
}

/** Undefined for what is too far from an event to have an id; in room versions 1 and 2 anything may stand there. */
function idOf(pdu: JsonObject, { rules }: Room): EventId | undefined {
  try {
    const eventId = eventIdOf(pdu, rules);
    return isEventId(eventId) ? eventId : undefined;
  } catch {
    return undefined;
  }
}
