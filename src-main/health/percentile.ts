/** Buckets grow by a fifth: an answer is off by less than that. */
const GROWTH = 1.2;
const BUCKETS = 128;

/** How long things took, of any number of things in the same memory. */
export class Percentile {
  readonly #counts = new Uint32Array(BUCKETS);
  #all = 0;

  /** @param value not negative */
  add(value: number): void {
    const bucket = value < 1 ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log(value) / Math.log(GROWTH)));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#all += 1;
  }

  /** What `share` of all were no longer than, about; undefined when there was nothing. */
  of(share: number): number | undefined {
    if (this.#all === 0) return undefined;
    let left = Math.ceil(this.#all * share);
    const bucket = this.#counts.findIndex((count) => (left -= count) <= 0);
    return Math.round(GROWTH ** bucket);
  }

  clear(): void {
    this.#counts.fill(0);
    this.#all = 0;
  }
}
