import { backoff } from '../../../base/backoff.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import { isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import type { ServerName } from '../../../spec/ids.js';
import type { Database, Position, Transaction } from '../../../storage/database.js';
import { type Destinations, RemoteError, type ServerRequests, type Traffic } from '../../servers/index.js';
import type { OutgoingEdu } from '../edus/edu-types.js';
import { CatchUp } from './catch-up.js';
import { eduText, writeEdu } from './edu-box.js';
import { type Batch, Outbox } from './outbox.js';
import type { OutgoingEvents, OutgoingPdu } from './outgoing-events.js';
import { Places } from './places.js';
import { ProgressStore } from './progress.store.js';
import type { Sending } from './sending.js';
import { StoredEduStore } from './stored-edus.store.js';
import { firstThatFit, MOST_EDUS, MOST_PDUS, transactionText } from './transaction-text.js';

export interface SenderDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly serverName: ServerName;
  readonly requests: Pick<ServerRequests, 'json'>;
  readonly destinations: Pick<Destinations, 'isResting' | 'nextTry' | 'onAwake'>;
  readonly events: OutgoingEvents;
  readonly traffic: Pick<Traffic, 'note'>;
}

/** Servers sent to at once while they answer promptly, and in all. */
const PROMPT = 100;
const IN_ALL = 1_000;
const PATIENCE: Milliseconds = 5_000;
/** Bytes of an answer, which says a few words of each event. */
const MOST_ANSWER = 1024 * 1024;
/** For EDUs of the moment there is always room beside the stored ones. */
const MOST_STORED = 80;
/** Stored EDUs kept for a server that does not answer. */
const MOST_STORED_KEPT = 10_000;
const FIRST_RETRY: Milliseconds = 2_000;
const LONGEST_RETRY: Milliseconds = 3_600_000;
/** Statuses that say nothing of what was sent: it is sent again. */
const TRY_AGAIN: ReadonlySet<number> = new Set([401, 403, 404, 405, 408, 425, 429]);

/**
 * Sends each server what is for it: one transaction after another, PDUs in order, each at least once. Servers that
 * answer have what waits for them in memory; of those that do not only their place is kept.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#transactions
 */
export class Sender implements Sending {
  readonly #boxes = new Map<ServerName, Outbox>();
  readonly #storedEdus = new StoredEduStore();
  readonly #progress = new ProgressStore();
  readonly #places: Places;
  readonly #catchUp: CatchUp;
  readonly #transactionIds: () => string;
  readonly #running = new Set<Promise<void>>();
  #distributed: Position = 0;
  #signal: AbortSignal | undefined;

  constructor(private readonly deps: SenderDeps) {
    const { clock, events } = deps;
    this.#places = new Places({ clock, prompt: PROMPT, all: IN_ALL, patience: PATIENCE });
    this.#catchUp = new CatchUp({ events, distributed: () => this.#distributed });
    const started = clock.now();
    let count = 0;
    this.#transactionIds = () => `${started}.${(count += 1)}`;
  }

  /** All PDUs up to here were given to the servers that are not behind. */
  get distributed(): Position {
    return this.#distributed;
  }

  get boxes(): ReadonlyMap<ServerName, Outbox> {
    return this.#boxes;
  }

  edu(destinations: Iterable<ServerName>, edu: OutgoingEdu): void {
    const { serverName, clock, destinations: known } = this.deps;
    const written = writeEdu(edu);
    const given: ServerName[] = [];
    for (const server of destinations) {
      if (server === serverName || (edu.type !== 'm.receipt' && known.isResting(server))) continue;
      this.#box(server).edus.put(written);
      given.push(server);
    }
    const signal = this.#signal;
    if (given.length === 0 || !signal) return;
    void clock.sleep(edu.patience ?? 0, signal).then(
      () => this.#sendEdus(given),
      () => undefined,
    );
  }

  async storedEdu(tx: Transaction, destinations: Iterable<ServerName>, edu: OutgoingEdu): Promise<void> {
    const servers = [...new Set(destinations)].filter((server) => server !== this.deps.serverName);
    if (servers.length === 0) return;
    await this.#storedEdus.add(tx, servers, eduText(edu.type, edu.content as JsonObject), edu.key);
    tx.afterCommit(() => this.#wakeForStored(servers));
  }

  /** Begins where the last run ended, as it was stored: what was in memory is read again. */
  async start(
    stored: { readonly place: Position; readonly lagging: ReadonlyMap<ServerName, Position> },
    signal: AbortSignal,
  ): Promise<void> {
    for (const box of this.#boxes.values()) box.retry?.abort();
    this.#boxes.clear();
    this.#signal = signal;
    this.#distributed = stored.place;
    for (const [server, position] of stored.lagging) {
      const box = this.#box(server);
      box.behind = position;
      box.wasDown = true;
    }
    const withEdus = await this.#storedEdus.servers(this.deps.db);
    this.#wakeForStored(withEdus);
    for (const server of stored.lagging.keys()) this.wake(server);
  }

  /** Gives a PDU, which is on disk, to all servers that must have it. */
  distribute(pdu: OutgoingPdu, servers: Iterable<ServerName>): void {
    const now = this.deps.clock.now();
    for (const server of servers) {
      if (server === this.deps.serverName) continue;
      this.#box(server).push(pdu, now);
      this.wake(server);
    }
    this.#distributed = pdu.position;
  }

  /** Goes on sending to a server for which something waits. */
  wake(server: ServerName): void {
    const box = this.#boxes.get(server);
    const signal = this.#signal;
    if (!box || box.isRunning || !signal || signal.aborted) return;
    box.isRunning = true;
    const running = this.#run(server, box, signal);
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  /** Resolves once nothing is being sent any more: after the signal of `start` has aborted. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  #sendEdus(servers: readonly ServerName[]): void {
    for (const server of servers) {
      const box = this.#boxes.get(server);
      if (!box || box.edus.isEmpty) continue;
      box.areEdusDue = true;
      this.wake(server);
    }
  }

  #wakeForStored(servers: readonly ServerName[]): void {
    for (const server of servers) {
      this.#box(server).hasStored = true;
      this.wake(server);
    }
  }

  async #run(server: ServerName, box: Outbox, signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted && (await this.#sendNext(server, box, signal)));
    } catch (error) {
      if (!signal.aborted) this.deps.log.error('sending to a server failed', { server, error });
      box.rest(this.#distributed);
      this.#retryLater(server, box, undefined);
    } finally {
      box.isRunning = false;
      if (box.isIdle && this.#boxes.get(server) === box) this.#boxes.delete(server);
    }
  }

  /** @returns whether there may be more to send now */
  async #sendNext(server: ServerName, box: Outbox, signal: AbortSignal): Promise<boolean> {
    const { db, destinations, clock } = this.deps;
    if (destinations.isResting(server)) {
      box.rest(this.#distributed);
      this.#retryLater(server, box, undefined);
      return false;
    }
    const batch = await this.#next(server, box);
    if (!batch) return false;
    await db.durable();
    signal.throwIfAborted();
    try {
      await this.#places.run(() => this.#send(server, batch, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      return this.#failed(server, box, batch, error);
    }
    await this.#arrived(server, batch);
    this.deps.traffic.note(server, 'eventsSent', batch.pdus.length);
    box.confirm(batch, clock.now());
    return true;
  }

  async #next(server: ServerName, box: Outbox): Promise<Batch | undefined> {
    const most = box.isCareful ? 1 : MOST_PDUS;
    const page = box.behind === undefined ? undefined : await this.#catchUp.next(server, box, most);
    const pdus = page?.pdus ?? (box.behind === undefined ? firstThatFit(box.pdus, most) : []);
    const reached = page?.reached ?? pdus.at(-1)?.position ?? 0;
    const isFull = box.isCareful && pdus.length > 0;
    const stored = box.hasStored && !isFull ? await this.#nextStored(server, box) : [];
    const mayTake = !isFull && !(box.isCareful && stored.length > 0);
    const isDue = pdus.length > 0 || stored.length > 0 || box.areEdusDue;
    box.areEdusDue = false;
    const moment = mayTake && isDue ? box.edus.take(box.isCareful ? 2 : MOST_EDUS - stored.length) : NOTHING;
    if (pdus.length + stored.length + moment.texts.length === 0) return undefined;
    return { pdus, reached, stored, moment };
  }

  async #nextStored(server: ServerName, box: Outbox) {
    const most = box.isCareful ? 1 : MOST_STORED;
    box.hasStored = false;
    const found = await this.#storedEdus.first(this.deps.db, server, most);
    const stored = firstThatFit(found, most);
    if (found.length >= most || stored.length < found.length) box.hasStored = true;
    return stored;
  }

  async #send(server: ServerName, { pdus, stored, moment }: Batch, signal: AbortSignal): Promise<void> {
    const { requests, serverName, clock, log } = this.deps;
    const edus = [...stored.map(({ text }) => text), ...moment.texts];
    const pduTexts = pdus.map(({ text }) => text);
    const path = `/_matrix/federation/v1/send/${this.#transactionIds()}`;
    const bodyText = transactionText(serverName, clock.now(), pduTexts, edus);
    const answer = await requests.json({
      destination: server,
      method: 'PUT',
      path,
      bodyText,
      maxBytes: MOST_ANSWER,
      signal,
    });
    this.#noteRefusals(server, answer);
    log.debug('transaction sent', { server, pdus: pdus.length, edus: edus.length });
  }

  /** Events that a server does not want stay unwanted: it is for people to find out why. */
  #noteRefusals(server: ServerName, answer: JsonValue): void {
    const results = isObject(answer) ? (objectAt(answer, 'pdus') ?? {}) : {};
    for (const [eventId, result] of Object.entries(results).slice(0, MOST_PDUS)) {
      const why = isObject(result) ? stringAt(result, 'error') : undefined;
      if (why !== undefined)
        this.deps.log.info('a server refuses an event', { server, eventId, why: why.slice(0, 200) });
    }
  }

  async #arrived(server: ServerName, { stored }: Batch): Promise<void> {
    if (stored.length === 0) return;
    const positions = stored.map(({ position }) => position);
    await this.deps.db.write((tx) => this.#storedEdus.remove(tx, server, positions));
  }

  async #failed(server: ServerName, box: Outbox, batch: Batch, error: unknown): Promise<boolean> {
    const { log, db } = this.deps;
    if (!(error instanceof RemoteError)) throw error;
    if (batch.stored.length > 0) box.hasStored = true;
    box.edus.giveBack(batch.moment.receipts);
    if (error.kind === 'refused') {
      await db.write((tx) => this.#storedEdus.trim(tx, server, 0));
      box.hasStored = false;
      box.edus.take(Number.MAX_SAFE_INTEGER);
      box.confirm({ ...batch, reached: this.#distributed }, this.deps.clock.now());
      box.behind = undefined;
      return false;
    }
    if (error.kind === 'answered' && isAboutContent(error.status)) return this.#refused(server, box, batch, error);
    log.info('a transaction was not taken', { server, why: error.why, status: error.status });
    box.rest(this.#distributed);
    if (box.failures % 10 === 0) await db.write((tx) => this.#storedEdus.trim(tx, server, MOST_STORED_KEPT));
    this.#retryLater(server, box, retryAfter(error));
    return false;
  }

  /** The other server will not take this, today or tomorrow: one by one, until it is known what it will not take. */
  async #refused(server: ServerName, box: Outbox, batch: Batch, error: RemoteError): Promise<boolean> {
    const { log, clock } = this.deps;
    const { pdus, stored, moment } = batch;
    log.warn('a transaction was refused', { server, status: error.status, why: error.why, pdus: pdus.length });
    if (pdus.length + stored.length > 1 || (pdus.length + stored.length === 1 && moment.texts.length > 0)) {
      box.beCareful();
      return true;
    }
    const [pdu] = pdus;
    if (pdu) log.warn('an event is given up for a server', { server, eventId: pdu.eventId });
    await this.#arrived(server, batch);
    box.confirm(batch, clock.now());
    return true;
  }

  #retryLater(server: ServerName, box: Outbox, wait: Milliseconds | undefined): void {
    const { clock, destinations } = this.deps;
    box.retry?.abort();
    const signal = this.#signal;
    if (!signal || signal.aborted) return;
    const retry = new AbortController();
    box.retry = retry;
    const nextTry = destinations.nextTry(server);
    const own = wait ?? backoff(box.failures, FIRST_RETRY, LONGEST_RETRY);
    const delay = nextTry === undefined ? own : Math.max(0, nextTry - clock.now()) + 1;
    const waiting = clock.sleep(delay, AbortSignal.any([signal, retry.signal]));
    void waiting.then(
      () => this.awake(server),
      () => undefined,
    );
  }

  /** A server that rested is there again, or it is time to try whether it is. */
  awake(server: ServerName): void {
    const box = this.#boxes.get(server);
    if (!box?.retry) return;
    box.retry.abort();
    box.retry = undefined;
    this.wake(server);
  }

  /** Gives up what waits for a server: it will not get it. What comes later is sent as ever. */
  async drop(server: ServerName): Promise<void> {
    await this.deps.db.write(async (tx) => {
      await this.#storedEdus.trim(tx, server, 0);
      await this.#progress.remove(tx, [server]);
    });
    const box = this.#boxes.get(server);
    if (!box) return;
    box.retry?.abort();
    box.retry = undefined;
    box.empty();
    if (box.isIdle) this.#boxes.delete(server);
  }

  #box(server: ServerName): Outbox {
    const known = this.#boxes.get(server);
    if (known) return known;
    const box = new Outbox();
    this.#boxes.set(server, box);
    return box;
  }
}

const NOTHING = { texts: [], receipts: [] };

const isAboutContent = (status: number | undefined): boolean =>
  status !== undefined && status >= 400 && status < 500 && !TRY_AGAIN.has(status);

function retryAfter({ fields }: RemoteError): Milliseconds | undefined {
  const wait = fields['retry_after_ms'];
  return typeof wait === 'number' && wait >= 0 ? Math.min(wait, LONGEST_RETRY) : undefined;
}
