import type { Position } from './position.js';

/** What a change is about: a room, a user, or a stream by its name. */
export type Topic = `room:${string}` | `user:${string}` | `stream:${string}`;

export const roomTopic = (roomId: string): Topic => `room:${roomId}`;
export const userTopic = (userId: string): Topic => `user:${userId}`;
export const streamTopic = (name: string): Topic => `stream:${name}`;

const REMEMBERED_TOPICS = 10_000;

/**
 * Who waits for what, and when each topic last changed. In memory: it is told of each commit, and by those whose
 * changes are not stored (typing).
 */
export class News {
  readonly #waiting = new Map<Topic, Set<() => void>>();
  /** In order of change, the longest unchanged first. */
  readonly #changed = new Map<Topic, Position>();
  /** Nothing is known of topics that changed last at or before this. */
  #horizon: Position;

  /** @param mostTopics how many are remembered; of others it is taken that they may have changed */
  constructor(
    start: Position,
    private readonly mostTopics = REMEMBERED_TOPICS,
  ) {
    this.#horizon = start;
  }

  /** Something about `topic` changed at `position`; wakes everybody who waits for it. */
  announce(topics: Iterable<Topic>, position: Position): void {
    const woken = new Set<() => void>();
    for (const topic of topics) {
      this.#remember(topic, position);
      for (const wake of this.#waiting.get(topic) ?? []) woken.add(wake);
    }
    for (const wake of woken) wake();
  }

  /** Nothing is known of changes up to `position`, as after a database was away: wakes everybody. */
  forget(position: Position): void {
    this.#horizon = Math.max(this.#horizon, position);
    const woken = new Set([...this.#waiting.values()].flatMap((waiting) => [...waiting]));
    for (const wake of woken) wake();
  }

  /** Whether `topic` may have changed after `position`; true when that is no longer known. */
  mayHaveChangedSince(topic: Topic, position: Position): boolean {
    if (position < this.#horizon) return true;
    return (this.#changed.get(topic) ?? 0) > position;
  }

  /** Calls `wake` at each change of one of `topics`, until the returned function is called. */
  watch(topics: Iterable<Topic>, wake: () => void): () => void {
    const watched = [...topics];
    for (const topic of watched) {
      const waiting = this.#waiting.get(topic);
      if (waiting) waiting.add(wake);
      else this.#waiting.set(topic, new Set([wake]));
    }
    return () => {
      for (const topic of watched) {
        const waiting = this.#waiting.get(topic);
        waiting?.delete(wake);
        if (waiting?.size === 0) this.#waiting.delete(topic);
      }
    };
  }

  #remember(topic: Topic, position: Position): void {
    this.#changed.delete(topic);
    this.#changed.set(topic, position);
    if (this.#changed.size <= this.mostTopics) return;
    const [oldest] = this.#changed;
    if (!oldest) return;
    this.#changed.delete(oldest[0]);
    this.#horizon = Math.max(this.#horizon, oldest[1]);
  }
}
