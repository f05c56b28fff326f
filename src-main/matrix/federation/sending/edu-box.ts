import type { JsonObject } from '../../../base/json.js';
import { canonicalJson } from '../../../spec/canonical-json.js';
import type { PresenceEdu } from '../../../spec/edu.js';
import type { OutgoingEdu } from '../edus/edu-types.js';

/** An EDU with its JSON, made once for all servers that get it. */
export interface WrittenEdu {
  readonly edu: OutgoingEdu;
  readonly text: string;
}

/** What goes into one transaction. */
export interface TakenEdus {
  readonly texts: readonly string[];
  /** those that are worth being sent again */
  readonly receipts: readonly WrittenEdu[];
}

/** Kept of one server, the newest. */
const MOST_KEPT = 200;
/** People of one presence EDU. */
const MOST_PEOPLE = 100;

/** @throws NotCanonicalError */
export const writeEdu = (edu: OutgoingEdu): WrittenEdu => ({ edu, text: eduText(edu.type, edu.content as JsonObject) });

/** Canonical JSON of an EDU as it goes into a transaction. @throws NotCanonicalError */
export const eduText = (type: string, content: JsonObject): string => canonicalJson({ edu_type: type, content });

/** EDUs of the moment that wait for one server: by their keys, so that only the newest of each is sent. */
export class EduBox {
  readonly #waiting = new Map<string, WrittenEdu>();
  #count = 0;

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  put(written: WrittenEdu): void {
    const { type, key } = written.edu;
    this.#count += 1;
    const name = key === undefined ? `#${this.#count}` : `${type} ${key}`;
    this.#waiting.delete(name);
    this.#waiting.set(name, written);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_KEPT && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** Takes up to `most` EDUs out, the oldest first; everybody's presence goes in one. */
  take(most: number): TakenEdus {
    const presence: WrittenEdu[] = [];
    const others: WrittenEdu[] = [];
    for (const [name, written] of this.#waiting) {
      const kind = written.edu.type === 'm.presence' ? presence : others;
      if (kind === presence ? presence.length >= MOST_PEOPLE : others.length + 1 >= most) continue;
      kind.push(written);
      this.#waiting.delete(name);
    }
    const texts = others.map(({ text }) => text);
    if (presence.length > 0) texts.push(together(presence));
    return { texts, receipts: others.filter(({ edu }) => edu.type === 'm.receipt') };
  }

  /** They did not arrive: how far people read is said again, unless there is something newer to say. */
  giveBack(receipts: TakenEdus['receipts']): void {
    const newer = [...this.#waiting];
    this.#waiting.clear();
    for (const written of receipts) this.put(written);
    for (const [name, written] of newer) {
      this.#waiting.delete(name);
      this.#waiting.set(name, written);
    }
  }

  /** The server is not there: who types and who is online will be otherwise when it is. How far people read stays. */
  rest(): void {
    for (const [name, { edu }] of this.#waiting) if (edu.type !== 'm.receipt') this.#waiting.delete(name);
  }
}

function together(presence: readonly WrittenEdu[]): string {
  const [only] = presence;
  if (only && presence.length === 1) return only.text;
  const push = presence.flatMap(({ edu }) => (edu.content as PresenceEdu).push);
  return eduText('m.presence', { push });
}
