import type { JsonValue } from '../../base/json.js';

/** A request of ours to ourselves, as it arrived. */
export interface Arrival {
  /** path and query as they came */
  readonly uri: string;
  /** whether our signature still holds */
  readonly holds: boolean;
  /** where it came from */
  readonly address: string;
}

/** Requests of ours to ourselves that are on their way. */
const MOST = 8;

/**
 * Watches requests that this server sends itself through its public name, to find out what the way does to them. Only
 * those that are waited for are looked at, and none of them is let in.
 */
export class LoopBack {
  readonly #awaited = new Map<string, Arrival | undefined>();

  /**
   * @param nonce a part of the path that is not to be guessed
   * @returns what arrived so far, and the end of waiting
   */
  expect(nonce: string): { arrival(): Arrival | undefined; end(): void } {
    this.#awaited.set(nonce, undefined);
    for (const [oldest] of this.#awaited) if (this.#awaited.size > MOST) this.#awaited.delete(oldest);
    return { arrival: () => this.#awaited.get(nonce), end: () => void this.#awaited.delete(nonce) };
  }

  /** Notes a request that says it is ours; costs nothing when none is awaited. */
  async look(
    request: { readonly uri: string; readonly address: string; body(): Promise<JsonValue | undefined> },
    holds: (content: JsonValue | undefined) => Promise<boolean>,
  ): Promise<void> {
    const nonce = [...this.#awaited.keys()].find((each) => request.uri.includes(each));
    if (nonce === undefined) return;
    const { uri, address } = request;
    const arrival = { uri: uri.slice(0, 500), holds: await holds(await request.body()), address };
    if (this.#awaited.has(nonce)) this.#awaited.set(nonce, arrival);
  }
}
