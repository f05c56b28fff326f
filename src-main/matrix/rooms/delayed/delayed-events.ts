import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { JsonObject } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import { randomLetters } from '../../../base/random.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import { MatrixError, notFound, tooLarge } from '../../../spec/errors.js';
import { MAX_EVENT_BYTES } from '../../../spec/event-limits.js';
import type { UserId } from '../../../spec/ids.js';
import type { Database, Transaction } from '../../../storage/database.js';
import { streamTopic } from '../../../storage/news.js';
import type { RoomAccess } from '../room-access.js';
import type { RoomLimits } from '../room-limits.js';
import type { Sending, SendRequest } from '../send.js';
import type { DelayedEvent, DelayedEventStore } from './delayed-events.store.js';

interface DelayedEventsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: DelayedEventStore;
  readonly access: RoomAccess;
  readonly sending: Sending;
  readonly limits: RoomLimits;
  /** of sending, cancelling, restarting and listing */
  readonly limit: RateLimiter;
  /** undefined: this server delays nothing */
  readonly longestDelay: Milliseconds | undefined;
}

const ID_LETTERS = 32;
const MOST_OF_USER = 100;
const MOST_AT_ONCE = 100;
/** Told of whenever there is another event to wait for. */
export const DELAYED_EVENTS_TOPIC = streamTopic('delayed_events');

/**
 * Events that are sent later, unless their sender says otherwise: what says that somebody left a call is to be sent
 * even when their device no longer can.
 *
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/4140
 */
export class DelayedEvents {
  constructor(private readonly deps: DelayedEventsDeps) {}

  /**
   * Keeps an event to be sent after `delay`.
   *
   * @returns its id; for a transaction that waits already, the id given then
   * @throws MatrixError M_UNKNOWN for delays that are too long here, or all of them, and when too many wait;
   *   M_FORBIDDEN, M_TOO_LARGE, M_LIMIT_EXCEEDED
   */
  async add(request: SendRequest, delay: Milliseconds): Promise<string> {
    const { db, access, clock, limits } = this.deps;
    this.#checkDelay(delay);
    limits.message(request.sender);
    checkSize(request.content);
    await access.requireJoined(request.roomId, request.sender);
    const runningSince = clock.now();
    return db.write((tx) => this.#insert(tx, request, { delay, runningSince }));
  }

  /** The id of an event that waits and came with this transaction; undefined when there is none. */
  async ofTransaction(request: Omit<SendRequest, 'content'>): Promise<string | undefined> {
    return find(await this.deps.store.ofUser(this.deps.db, request.sender), request)?.delayId;
  }

  /** What waits of a user. @throws MatrixError M_LIMIT_EXCEEDED */
  async list(userId: UserId): Promise<DelayedEvent[]> {
    this.deps.limit.take(userId);
    return this.deps.store.ofUser(this.deps.db, userId);
  }

  /** Never to be sent. @throws MatrixError M_NOT_FOUND when it does not wait any more; M_LIMIT_EXCEEDED */
  async cancel(delayId: string, address: string): Promise<void> {
    const { db, store, limit } = this.deps;
    limit.take(address);
    const isThere = await db.write((tx) => store.remove(tx, delayId));
    if (!isThere) throw unknown();
  }

  /** The delay begins anew. @throws MatrixError M_NOT_FOUND, M_LIMIT_EXCEEDED */
  async restart(delayId: string, address: string): Promise<void> {
    const { db, store, limit, clock } = this.deps;
    limit.take(address);
    const isThere = await db.write(async (tx) => {
      tx.announce(DELAYED_EVENTS_TOPIC);
      return store.restart(tx, delayId, clock.now());
    });
    if (!isThere) throw unknown();
  }

  /** Sent now. @throws MatrixError M_NOT_FOUND, M_LIMIT_EXCEEDED, and what sending throws: then it waits no longer either */
  async send(delayId: string, address: string): Promise<void> {
    const { db, store, limit } = this.deps;
    limit.take(address);
    const event = await store.one(db, delayId);
    if (!event) throw unknown();
    await this.#send(event);
  }

  /** Sends what is due. @returns when the next one is, or undefined when none waits */
  async sendDue(signal: AbortSignal): Promise<Milliseconds | undefined> {
    const { db, store, clock, log } = this.deps;
    for (const event of await store.due(db, clock.now(), MOST_AT_ONCE)) {
      if (signal.aborted) break;
      await this.#send(event).catch((error: unknown) => {
        if (!(error instanceof MatrixError)) throw error;
        const { roomId, type, userId } = event;
        log.info('a delayed event was not sent', { roomId, type, userId, error: error.message });
      });
    }
    return store.nextDue(db);
  }

  /** Takes it out of the queue and into the room in one step; what nobody may send is not tried again. */
  async #send({ delayId, userId, roomId, type, stateKey, content }: DelayedEvent): Promise<void> {
    const { db, store, sending } = this.deps;
    const claim = async (tx: Transaction) => {
      if (!(await store.remove(tx, delayId))) throw unknown();
    };
    const transaction = { deviceId: 'delayed event', txnId: delayId };
    const request = { sender: userId, roomId, type, content, transaction, ...(stateKey !== undefined && { stateKey }) };
    try {
      await sending.sendUncounted(request, claim);
    } catch (error) {
      if (error instanceof MatrixError) await db.write((tx) => store.remove(tx, delayId));
      throw error;
    }
  }

  async #insert(
    tx: Transaction,
    request: SendRequest,
    { delay, runningSince }: { delay: Milliseconds; runningSince: Milliseconds },
  ): Promise<string> {
    const { store } = this.deps;
    const { sender: userId, roomId, type, stateKey, content, transaction } = request;
    const waiting = await store.ofUser(tx, userId);
    const same = find(waiting, request);
    if (same) return same.delayId;
    if (waiting.length >= MOST_OF_USER)
      throw refusal(400, 'too many events wait already', 'M_MAX_DELAYED_EVENTS_EXCEEDED');
    const delayId = randomLetters(ID_LETTERS);
    const position = tx.position();
    await store.insert(tx, {
      delayId,
      userId,
      transaction,
      roomId,
      type,
      stateKey,
      content,
      delay,
      runningSince,
      position,
    });
    tx.announce(DELAYED_EVENTS_TOPIC);
    return delayId;
  }

  #checkDelay(delay: Milliseconds): void {
    const { longestDelay } = this.deps;
    if (longestDelay === undefined) {
      throw refusal(400, 'this server delays no events', 'M_MAX_DELAY_UNSUPPORTED');
    }
    if (delay <= longestDelay) return;
    throw refusal(400, `an event may be delayed by ${longestDelay} ms at most`, 'M_MAX_DELAY_EXCEEDED', {
      'org.matrix.msc4140.max_delay': longestDelay,
    });
  }
}

/** What came with the same transaction, to the same room. */
const find = (waiting: readonly DelayedEvent[], { roomId, type, transaction }: Omit<SendRequest, 'content'>) =>
  transaction &&
  waiting.find(
    (event) =>
      event.roomId === roomId &&
      event.type === type &&
      event.transaction?.deviceId === transaction.deviceId &&
      event.transaction.txnId === transaction.txnId,
  );

const unknown = () => notFound('this event does not wait, or not any more');

const refusal = (status: number, why: string, errcode: string, more: JsonObject = {}) =>
  new MatrixError(status, 'M_UNKNOWN', why, { 'org.matrix.msc4140.errcode': errcode, ...more });

function checkSize(content: JsonObject): void {
  if (Buffer.byteLength(JSON.stringify(content)) > MAX_EVENT_BYTES) {
    throw tooLarge(`an event may have ${MAX_EVENT_BYTES} bytes`);
  }
}
