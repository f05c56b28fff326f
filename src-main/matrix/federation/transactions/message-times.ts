import type { Cache, Caches } from '../../../base/caches.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { EventId, ServerName } from '../../../spec/ids.js';

/** When an event of another server came how far; all by our clock, in ms since the epoch. */
export interface EventTimes {
  /** the server that sent it to us, which need not be the sender's own */
  readonly from: ServerName;
  readonly received: Milliseconds;
  /** its signatures and hashes were found good */
  readonly checked: Milliseconds | undefined;
  /** it had to wait on disk for what it rests on, or for its turn */
  readonly putAside: Milliseconds | undefined;
  /** it has its place in the room */
  readonly stored: Milliseconds | undefined;
  /** the first device of ours was told */
  readonly delivered: Milliseconds | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const ENTRY_BYTES = 400;
/** Stored events of which no device was told yet; those that wait longest are forgotten. */
const MOST_UNDELIVERED = 2_000;

/** When events of other servers came, for the newest of them: to find out later where a late one was kept. */
export class MessageTimes {
  readonly #times: Cache<EventId, Mutable<EventTimes>>;
  readonly #undelivered = new Set<EventId>();

  constructor(private readonly deps: { readonly caches: Caches; readonly clock: Clock }) {
    this.#times = deps.caches.lru('times of events', { share: 0.002, entryBytes: ENTRY_BYTES });
  }

  checked(eventIds: readonly EventId[], from: ServerName, received: Milliseconds): void {
    const checked = this.deps.clock.now();
    for (const eventId of eventIds) {
      // Several servers may send it: the first counts.
      if (this.#times.peek(eventId)) continue;
      this.#times.set(eventId, {
        from,
        received,
        checked,
        putAside: undefined,
        stored: undefined,
        delivered: undefined,
      });
    }
  }

  putAside(eventId: EventId, from: ServerName, received: Milliseconds): void {
    const now = this.deps.clock.now();
    const times = this.#times.peek(eventId);
    if (times) times.putAside ??= now;
    else {
      const none = { checked: undefined, stored: undefined, delivered: undefined };
      this.#times.set(eventId, { from, received, putAside: now, ...none });
    }
  }

  stored(eventId: EventId): void {
    const times = this.#times.peek(eventId);
    if (!times || times.stored !== undefined) return;
    times.stored = this.deps.clock.now();
    this.#undelivered.add(eventId);
    const [oldest] = this.#undelivered;
    if (this.#undelivered.size > MOST_UNDELIVERED && oldest !== undefined) this.#undelivered.delete(oldest);
  }

  /** A device is told of these. Costs next to nothing while none of them is new. */
  delivered(events: readonly { readonly eventId: EventId }[]): void {
    if (this.#undelivered.size === 0) return;
    for (const { eventId } of events) {
      if (!this.#undelivered.delete(eventId)) continue;
      const times = this.#times.peek(eventId);
      if (times) times.delivered = this.deps.clock.now();
    }
  }

  /** Undefined for one that came long ago, before the last start, or from here. */
  of(eventId: EventId): EventTimes | undefined {
    return this.#times.peek(eventId);
  }
}
