import type { Milliseconds } from '../../../base/clock.js';
import type { Position } from '../../../storage/database.js';
import { EduBox, type TakenEdus } from './edu-box.js';
import type { OutgoingPdu } from './outgoing-events.js';
import type { StoredEdu } from './stored-edus.store.js';

/** PDUs kept in memory for one server, and their characters; of more only the place is remembered. */
const MOST_KEPT = 500;
const MOST_LENGTH = 4_000_000;
/** After a refusal, so many things go alone before several go together again. */
const CAREFUL_FOR = 100;

/** What goes into one transaction. */
export interface Batch {
  readonly pdus: readonly OutgoingPdu[];
  /** once it has arrived, all PDUs up to here have */
  readonly reached: Position;
  readonly stored: readonly StoredEdu[];
  readonly moment: TakenEdus;
}

/** What waits for one server, and where it stands. */
export class Outbox {
  readonly edus = new EduBox();
  /** PDUs that wait, oldest first; nothing while it is behind */
  #pdus: OutgoingPdu[] = [];
  #length = 0;
  /** all PDUs after this are to be read from the store: there were too many, or the server was down */
  behind: Position | undefined;
  /** it did not answer since it last had everything */
  wasDown = false;
  /** the newest of each room, instead of all that it missed */
  plan: { readonly positions: readonly Position[]; readonly upTo: Position } | undefined;
  /** there may be stored EDUs */
  hasStored = false;
  /** EDUs of the moment have waited long enough */
  areEdusDue = false;
  isRunning = false;
  /** when something arrived, or came to wait where nothing waited */
  progressAt: Milliseconds = 0;
  failures = 0;
  /** ends the wait for the next try */
  retry: AbortController | undefined;
  #careful = 0;

  get pdus(): readonly OutgoingPdu[] {
    return this.#pdus;
  }

  get isIdle(): boolean {
    const isDone = this.#pdus.length === 0 && this.behind === undefined && !this.hasStored;
    return isDone && this.edus.isEmpty && !this.isRunning && !this.retry;
  }

  /** One thing a transaction: something that was sent is refused, and nobody knows what. */
  get isCareful(): boolean {
    return this.#careful > 0;
  }

  push(pdu: OutgoingPdu, now: Milliseconds): void {
    if (this.behind !== undefined) return;
    if (this.#pdus.length === 0) this.progressAt = now;
    this.#pdus.push(pdu);
    this.#length += pdu.text.length;
    if (this.#pdus.length > MOST_KEPT || this.#length > MOST_LENGTH) this.fallBehind(pdu.position);
  }

  /** Forgets the PDUs in memory: they are read again. @param distributed nothing beyond this was ever pushed */
  fallBehind(distributed: Position): void {
    const [first] = this.#pdus;
    this.behind ??= first ? first.position - 1 : distributed;
    this.#pdus = [];
    this.#length = 0;
  }

  /** All PDUs up to here have arrived. @param distributed for a server that has everything */
  low(distributed: Position): Position {
    const [first] = this.#pdus;
    return this.behind ?? (first ? first.position - 1 : distributed);
  }

  confirm({ reached }: Batch, now: Milliseconds): void {
    this.progressAt = now;
    this.failures = 0;
    this.#careful = Math.max(0, this.#careful - 1);
    if (this.behind === undefined) this.#drop(reached);
    else if (!this.plan) this.behind = Math.max(this.behind, reached);
    else this.plan = { ...this.plan, positions: this.plan.positions.filter((position) => position > reached) };
  }

  /** The server does not answer, or not with what can be used. */
  rest(distributed: Position): void {
    this.fallBehind(distributed);
    this.wasDown = true;
    this.plan = undefined;
    this.edus.rest();
    this.failures += 1;
  }

  /** Forgets all that waits: the server will not get it. */
  empty(): void {
    this.#pdus = [];
    this.#length = 0;
    this.behind = undefined;
    this.plan = undefined;
    this.wasDown = false;
    this.hasStored = false;
    this.failures = 0;
    this.edus.take(Number.MAX_SAFE_INTEGER);
  }

  /** What was sent together is refused: from now on one by one. */
  beCareful(): void {
    this.#careful = CAREFUL_FOR;
  }

  #drop(upTo: Position): void {
    const left = this.#pdus.findIndex(({ position }) => position > upTo);
    const gone = left < 0 ? this.#pdus.splice(0) : this.#pdus.splice(0, left);
    for (const { text } of gone) this.#length -= text.length;
  }
}
