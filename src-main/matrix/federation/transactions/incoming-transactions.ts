import type { Cache, Caches } from '../../../base/caches.js';
import { type Clock, endsWithin, type Milliseconds } from '../../../base/clock.js';
import type { JsonValue } from '../../../base/json.js';
import { Lanes } from '../../../base/lane.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import { MatrixError } from '../../../spec/errors.js';
import type { ServerName } from '../../../spec/ids.js';
import type { Traffic } from '../../servers/index.js';
import type { Edus } from '../edus/edus.js';
import type { IncomingPdus, PduResults } from './incoming-pdus.js';
import type { StagedPdus } from './staged-pdus.js';

/** What another server sends at once. */
export interface IncomingTransaction {
  readonly origin: ServerName;
  readonly txnId: string;
  readonly pdus: readonly JsonValue[];
  readonly edus: readonly JsonValue[];
}

export interface IncomingTransactionsDeps {
  readonly caches: Caches;
  readonly clock: Clock;
  readonly pdus: IncomingPdus;
  readonly staged: StagedPdus;
  readonly edus: Edus;
  /** by origin: events that were looked at for nothing */
  readonly refusals: RateLimiter;
  readonly traffic: Pick<Traffic, 'note'>;
}

/** Transactions of one server at a time, with those that wait: it should send one after another. */
const MOST_WAITING = 4;
/** Events of one transaction: who was refused much waits until so many more may be refused. */
const MOST_PDUS = 50;
const RETRY_AFTER: Milliseconds = 10_000;
/** EDUs wait so long for the PDUs that came with them. */
const PATIENCE: Milliseconds = 1_000;

/** What an answer takes in memory, about. */
const bytesOf = (results: PduResults): number => 300 + 300 * Object.keys(results).length;

/**
 * Takes transactions: those of one server in order, each once, those of different servers beside each other.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#transactions
 */
export class IncomingTransactions {
  readonly #lanes = new Lanes<ServerName>();
  readonly #waiting = new Map<ServerName, number>();
  readonly #running = new Map<string, Promise<PduResults>>();
  /** by origin and transaction id: another server repeats what it got no answer to */
  readonly #answers: Cache<string, PduResults>;

  constructor(private readonly deps: IncomingTransactionsDeps) {
    this.#answers = deps.caches.lru('transactions of servers', { share: 0.002, entryBytes: bytesOf });
  }

  /** @throws MatrixError M_LIMIT_EXCEEDED when too much of this server waits already, or was refused of late */
  async receive(transaction: IncomingTransaction): Promise<PduResults> {
    const { origin, txnId } = transaction;
    const key = `${origin} ${txnId}`;
    const answer = this.#answers.get(key) ?? this.#running.get(key);
    if (answer) return answer;
    this.deps.refusals.check(origin, MOST_PDUS);
    const running = this.#inTurn(transaction).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    const results = await running;
    this.#answers.set(key, results);
    return results;
  }

  async #inTurn(transaction: IncomingTransaction): Promise<PduResults> {
    const { origin } = transaction;
    const waiting = this.#waiting.get(origin) ?? 0;
    if (waiting >= MOST_WAITING || this.deps.staged.isFull(origin)) throw tooMuch();
    this.#waiting.set(origin, waiting + 1);
    try {
      return await this.#lanes.run(origin, () => this.#receive(transaction));
    } finally {
      const left = (this.#waiting.get(origin) ?? 1) - 1;
      if (left > 0) this.#waiting.set(origin, left);
      else this.#waiting.delete(origin);
    }
  }

  async #receive({ origin, pdus, edus }: IncomingTransaction): Promise<PduResults> {
    this.deps.traffic.note(origin, 'eventsReceived', pdus.length);
    const receiving = this.deps.pdus.receive(origin, pdus);
    if (edus.length === 0) return receiving;
    // Receipts speak of events that come with them; but keys and messages to devices wait for no fork of a room.
    await endsWithin(this.deps.clock, receiving, PATIENCE);
    for (const edu of edus) await this.deps.edus.receive(origin, edu);
    return receiving;
  }
}

const tooMuch = () =>
  new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too much of what your server sent waits already', {
    retry_after_ms: RETRY_AFTER,
  });
