import { LRUCache } from 'lru-cache';

/** How much one cache may hold. */
export interface CacheBounds<K, V> {
  /** its part of the memory of all caches, above 0; all parts together are at most 1 */
  readonly share: number;
  /** bytes that an entry takes, estimated: its key, its value, and about a hundred for what holds them */
  readonly entryBytes: number | ((value: V, key: K) => number);
  /** what it holds is nowhere else, such as a token given out a moment ago: `clear` leaves it */
  readonly isOnlyCopy?: true;
}

/** What became of one cache since the server started. */
export interface CacheReport {
  readonly name: string;
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
  /** estimated */
  readonly bytes: number;
  readonly mostBytes: number;
}

/** Remembers what was used last, up to a number of bytes. What alone is larger than that it does not keep. */
export class Cache<K extends {}, V extends {}> {
  readonly #entries: LRUCache<K, V>;
  readonly #sizeOf: (value: V, key: K) => number;
  #hits = 0;
  #misses = 0;

  constructor(
    private readonly name: string,
    private readonly mostBytes: number,
    entryBytes: CacheBounds<K, V>['entryBytes'],
  ) {
    this.#entries = new LRUCache({ maxSize: mostBytes });
    this.#sizeOf = typeof entryBytes === 'number' ? () => entryBytes : entryBytes;
  }

  /** Counts as a use. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) this.#misses += 1;
    else this.#hits += 1;
    return value;
  }

  /** Neither counts as a use nor is counted. */
  peek(key: K): V | undefined {
    return this.#entries.peek(key);
  }

  /** Neither counts as a use nor is counted; what is there now may be gone after the next `set`. */
  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** @param bytes what this entry takes, when whoever sets it knows better than the cache */
  set(key: K, value: V, bytes?: number): void {
    this.#entries.set(key, value, { size: Math.ceil(bytes ?? this.#sizeOf(value, key)) });
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  report(): CacheReport {
    const { size: entries, calculatedSize: bytes } = this.#entries;
    const [hits, misses] = [this.#hits, this.#misses];
    return { name: this.name, hits, misses, entries, bytes, mostBytes: this.mostBytes };
  }
}

/** Shares are written as decimal fractions, whose sum is off by less than this. */
const ROUNDING = 1e-9;

/** All caches of one server, bounded together by the configuration's `cache_memory`. */
export class Caches {
  readonly #caches = new Map<string, { readonly report: () => CacheReport; readonly clear: () => void }>();
  readonly #shares = new Map<string, number>();

  /** @param bytes most that all caches together may hold */
  constructor(private readonly bytes: number) {}

  /** @throws Error when there is a cache of that name, or too little is left of the memory */
  lru<K extends {}, V extends {}>(name: string, { share, entryBytes, isOnlyCopy }: CacheBounds<K, V>): Cache<K, V> {
    const cache = new Cache<K, V>(name, this.#take(name, share), entryBytes);
    this.#caches.set(name, { report: () => cache.report(), clear: () => (isOnlyCopy ? undefined : cache.clear()) });
    return cache;
  }

  /**
   * For what is bounded by other means: how many entries may be kept, at least one.
   *
   * @throws Error when there is a cache of that name, or too little is left of the memory
   */
  mostEntries(name: string, { share, entryBytes }: { readonly share: number; readonly entryBytes: number }): number {
    return Math.max(1, Math.floor(this.#take(name, share) / entryBytes));
  }

  /** How each cache fares, in the order in which they were made. */
  report(): CacheReport[] {
    return [...this.#caches.values()].map((cache) => cache.report());
  }

  /** Forgets everything that can be read or made again. */
  clear(): void {
    for (const cache of this.#caches.values()) cache.clear();
  }

  #take(name: string, share: number): number {
    if (this.#shares.has(name)) throw new Error(`there are two caches of the name ${name}`);
    this.#shares.set(name, share);
    const sum = [...this.#shares.values()].reduce((total, part) => total + part, 0);
    if (!(share > 0) || sum > 1 + ROUNDING) {
      throw new Error(`the cache ${name} cannot have ${share} of the memory: ${sum.toFixed(4)} would be given away`);
    }
    return Math.max(1, Math.floor(this.bytes * share));
  }
}
