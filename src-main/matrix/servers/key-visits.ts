import type { Clock, Milliseconds } from '../../base/clock.js';

/** Somebody fetched our keys: whoever does found the way here. */
export interface KeyVisit {
  readonly at: Milliseconds;
  readonly address: string;
  /** what a stranger says of itself */
  readonly userAgent: string;
}

const MOST = 100;
const LONGEST = 200;

/** Who fetched our keys of late: proof of the way from outside. */
export class KeyVisits {
  readonly #visits: KeyVisit[] = [];

  constructor(private readonly clock: Clock) {}

  note({ address, userAgent }: { readonly address: string; readonly userAgent: string }): void {
    this.#visits.push({ at: this.clock.now(), address, userAgent: userAgent.slice(0, LONGEST) });
    if (this.#visits.length > MOST) this.#visits.shift();
  }

  /** Those since a moment, oldest first. */
  since(at: Milliseconds): readonly KeyVisit[] {
    return this.#visits.filter((visit) => visit.at >= at);
  }
}
