import type { Nonsense } from './nonsense.js';
import type { Random } from './random.js';

/** What makes sense, with something wrong here and there. */
export class Mutation {
  constructor(
    private readonly random: Random,
    private readonly nonsense: Nonsense,
  ) {}

  /** `value`, and now and then something else in its place or inside it. */
  of(value: unknown): unknown {
    if (this.random.chance(0.12)) return this.#instead(value);
    if (Array.isArray(value)) return value.map((item) => this.of(item));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).flatMap(([key, inner]) =>
      this.random.chance(0.05) ? [] : [[this.random.chance(0.03) ? this.nonsense.string() : key, this.of(inner)]],
    );
    if (this.random.chance(0.1)) entries.push([this.nonsense.string(), this.nonsense.any(1)]);
    return Object.fromEntries(entries);
  }

  #instead(value: unknown): unknown {
    const kind = this.random.integer(5);
    if (kind === 0) return [value];
    if (kind === 1) return { key: value };
    if (kind === 2 && typeof value === 'number') return String(value);
    return this.nonsense.any(2);
  }
}
