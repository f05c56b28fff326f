import { once } from 'node:events';
import type { Cache, Caches } from '../../base/caches.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { RoomId, ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { type PeerFacts, PeerFactsStore } from './peer-facts.store.js';
import type { Traffic } from './traffic.js';

/** Something of a server's that we did not take. */
export interface Refusal {
  /** `server-server/transactions.yaml#sendTransaction`, or `event` for one of a transaction */
  readonly kind: string;
  readonly roomId: RoomId | undefined;
  /** a status, or why an event was refused */
  readonly why: string;
  readonly count: number;
  readonly lastAt: Milliseconds;
}

interface Notes {
  lastSent: Milliseconds | undefined;
  lastHeard: Milliseconds | undefined;
  clockAhead: Milliseconds | undefined;
  clockAt: Milliseconds;
  software: string | undefined;
  /** the last ones, in a ring */
  readonly times: Float32Array;
  count: number;
  readonly refusals: Map<string, Refusal>;
}

export interface PeersDeps {
  readonly db: Database;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
  readonly traffic: Pick<Traffic, 'note'>;
}

const SECOND: Milliseconds = 1000;
const DAY = 86_400 * SECOND;
const KEPT_TIMES = 40;
const MOST_REFUSALS = 30;
const LOOK_AT_CLOCK_EVERY = 60 * SECOND;
const SAVE_EVERY = 300 * SECOND;
const LONGEST = 200;
const NOTES_BYTES = 1500;

/**
 * What is noticed of other servers in passing: when they spoke last, how quickly they answer, what their clocks say, and
 * what we did not take from them. Kept in memory, and written down now and then.
 */
export class Peers {
  /** Writes the last changes when the server stops. */
  readonly job: Job = {
    name: 'servers.peers',
    run: async (signal) => {
      if (!signal.aborted) await once(signal, 'abort');
      await this.#saving;
      await this.#save();
    },
  };
  readonly #notes: Cache<ServerName, Notes>;
  readonly #store = new PeerFactsStore();
  readonly #changed = new Set<ServerName>();
  #savedAt: Milliseconds;
  #saving: Promise<void> = Promise.resolve();

  constructor(private readonly deps: PeersDeps) {
    this.#notes = deps.caches.lru('what is known of servers', { share: 0.001, entryBytes: NOTES_BYTES });
    this.#savedAt = deps.clock.now();
  }

  /** It answered. @param date its Date header */
  answered(server: ServerName, began: Milliseconds, date: string | undefined): void {
    const now = this.deps.clock.now();
    const notes = this.#of(server);
    this.deps.traffic.note(server, 'requestsSent');
    notes.times[notes.count % KEPT_TIMES] = now - began;
    notes.count += 1;
    if (date !== undefined && Math.abs(now - notes.clockAt) >= LOOK_AT_CLOCK_EVERY) {
      notes.clockAt = now;
      notes.clockAhead = clockAhead(date, began, now) ?? notes.clockAhead;
    }
    this.#touch(server, now);
  }

  /** It took a transaction. */
  tookTransaction(server: ServerName): void {
    this.#of(server).lastSent = this.deps.clock.now();
  }

  /** It asked us for something. */
  heard(server: ServerName, userAgent: string): void {
    const now = this.deps.clock.now();
    const notes = this.#of(server);
    notes.lastHeard = now;
    this.deps.traffic.note(server, 'requestsReceived');
    if (userAgent !== '') notes.software = userAgent.slice(0, LONGEST);
    this.#touch(server, now);
  }

  /** We did not take something of it. */
  refused(server: ServerName, { kind, roomId, why }: Pick<Refusal, 'kind' | 'roomId' | 'why'>): void {
    const { refusals } = this.#of(server);
    const short = why.slice(0, LONGEST);
    const key = `${kind} ${roomId ?? ''} ${short}`;
    const count = (refusals.get(key)?.count ?? 0) + 1;
    refusals.delete(key);
    refusals.set(key, { kind, roomId, why: short, count, lastAt: this.deps.clock.now() });
    const [oldest] = refusals.keys();
    if (refusals.size > MOST_REFUSALS && oldest !== undefined) refusals.delete(oldest);
  }

  /** What we did not take of it in the last day, the newest first. */
  refusalsOf(server: ServerName): readonly Refusal[] {
    const since = this.deps.clock.now() - DAY;
    const all = [...(this.#notes.peek(server)?.refusals.values() ?? [])];
    return all.filter(({ lastAt }) => lastAt >= since).reverse();
  }

  /** How far its clock is ahead of ours, in ms; undefined when it never said. */
  async clockAhead(server: ServerName): Promise<Milliseconds | undefined> {
    return (await this.facts([server])).get(server)?.clockAhead;
  }

  async facts(servers: readonly ServerName[]): Promise<ReadonlyMap<ServerName, PeerFacts>> {
    const stored = await this.#store.of(this.deps.db, servers);
    return new Map(servers.map((server) => [server, together(stored.get(server), this.#notes.peek(server))]));
  }

  /** Forgets a server that is gone. */
  async forget(server: ServerName): Promise<void> {
    this.#notes.delete(server);
    this.#changed.delete(server);
    await this.#saving;
    await this.deps.db.write((tx) => this.#store.remove(tx, server));
  }

  #of(server: ServerName): Notes {
    const known = this.#notes.get(server);
    if (known) return known;
    const made: Notes = {
      lastSent: undefined,
      lastHeard: undefined,
      clockAhead: undefined,
      clockAt: 0,
      software: undefined,
      times: new Float32Array(KEPT_TIMES),
      count: 0,
      refusals: new Map(),
    };
    this.#notes.set(server, made);
    return made;
  }

  #touch(server: ServerName, now: Milliseconds): void {
    this.#changed.add(server);
    if (Math.abs(now - this.#savedAt) < SAVE_EVERY) return;
    this.#savedAt = now;
    this.#saving = this.#saving.then(() => this.#save());
  }

  async #save(): Promise<void> {
    const servers = [...this.#changed];
    this.#changed.clear();
    if (servers.length === 0) return;
    const facts = new Map(servers.map((server) => [server, together(undefined, this.#notes.peek(server))]));
    try {
      await this.deps.db.write((tx) => this.#store.put(tx, facts));
    } catch (error) {
      this.deps.log.error('what is known of servers could not be written', { error });
    }
  }
}

function together(stored: PeerFacts | undefined, notes: Notes | undefined): PeerFacts {
  return {
    lastSent: notes?.lastSent ?? stored?.lastSent,
    lastHeard: notes?.lastHeard ?? stored?.lastHeard,
    clockAhead: notes?.clockAhead ?? stored?.clockAhead,
    software: notes?.software ?? stored?.software,
    replyTime: (notes && slowest(notes)) ?? stored?.replyTime,
  };
}

/** All but the slowest of twenty came within this. */
function slowest({ times, count }: Notes): Milliseconds | undefined {
  const known = [...times.subarray(0, Math.min(count, KEPT_TIMES))].sort((a, b) => a - b);
  const at = known[Math.min(known.length - 1, Math.floor(known.length * 0.95))];
  return at === undefined ? undefined : Math.round(at);
}

/** A Date is the second in which it was written, which is somewhere between the two. */
function clockAhead(date: string, began: Milliseconds, ended: Milliseconds): Milliseconds | undefined {
  const said = Date.parse(date);
  if (Number.isNaN(said)) return undefined;
  return said > ended ? said - ended : Math.min(0, said + SECOND - began);
}
