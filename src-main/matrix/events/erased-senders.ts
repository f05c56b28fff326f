import type { UserId } from '../../spec/ids.js';
import { redactPdu } from '../../spec/redaction.js';
import type { Database } from '../../storage/database.js';
import type { ErasedSenderStore } from './erased-senders.store.js';
import type { StoredEvent } from './events.store.js';

/**
 * People who gave up their account and want as little as possible to be seen of what they wrote: whoever was in the room
 * then keeps it, everybody else gets it as if it had been redacted. They are few, and so all of them are remembered.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3accountdeactivate
 */
export class ErasedSenders {
  #known: Promise<Set<UserId>> | undefined;

  constructor(private readonly deps: { readonly db: Database; readonly store: ErasedSenderStore }) {}

  async add(userId: UserId): Promise<void> {
    const { db, store } = this.deps;
    await db.write((tx) => store.insert(tx, userId));
    (await this.all()).add(userId);
  }

  /** All of them; not to be changed by those who ask. */
  all(): Promise<Set<UserId>> {
    this.#known ??= this.#read();
    return this.#known;
  }

  async #read(): Promise<Set<UserId>> {
    try {
      return new Set(await this.deps.store.all(this.deps.db));
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }
}

/** An event as it would be after its redaction. */
export function withoutContent(event: StoredEvent): StoredEvent {
  const pdu = redactPdu(event.pdu, event.rules);
  return { ...event, pdu, content: pdu.content, redacts: event.rules.redactsInContent ? event.redacts : pdu.redacts };
}
