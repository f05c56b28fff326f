import { canonicalJson } from '../../spec/canonical-json.js';
import { powerLevelsOf } from '../../spec/power-levels.js';
import { redactPdu } from '../../spec/redaction.js';
import type { StateView } from '../../spec/state-view.js';
import { isEventId, serverOf } from '../../spec/grammar.js';
import type { Transaction } from '../../storage/database.js';
import type { EventStore, StoredEvent } from './events.store.js';
import type { RedactionStore } from './redactions.store.js';
import type { RelationStore } from './relations.store.js';

/** Whether this user has the level to redact what others sent. */
export function mayRedact(user: string, state: StateView): boolean {
  const levels = powerLevelsOf(state);
  return levels.powerOf(user) >= levels.levelFor('redact');
}

/**
 * Takes the content from redacted events, whichever of the two came first.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v11/#handling-redactions
 */
export class EventRedactor {
  constructor(
    private readonly deps: {
      readonly events: EventStore;
      readonly relations: RelationStore;
      readonly redactions: RedactionStore;
    },
  ) {}

  /** Applies an accepted `m.room.redaction` if what it redacts is known and the redaction is due. */
  async apply(tx: Transaction, redaction: StoredEvent, state: StateView): Promise<StoredEvent | undefined> {
    // In some room versions anything may stand there.
    if (redaction.redacts === undefined || !isEventId(redaction.redacts)) return undefined;
    const hasPower = mayRedact(redaction.sender, state);
    await this.deps.redactions.insert(tx, redaction.redacts, { redactionNid: redaction.nid, hasPower });
    const target = await this.deps.events.byId(tx, redaction.redacts);
    if (!target || !isDue(redaction, target, hasPower)) return undefined;
    return (await this.#redact(tx, target, redaction)) ? target : undefined;
  }

  /** Applies a redaction of `target` that came before it. @returns whether there was one that is due */
  async applyWaiting(tx: Transaction, target: StoredEvent): Promise<boolean> {
    for (const { redactionNid, hasPower } of await this.deps.redactions.of(tx, target.eventId)) {
      const redaction = await this.deps.events.byNid(tx, redactionNid);
      if (redaction && isDue(redaction, target, hasPower)) return this.#redact(tx, target, redaction);
    }
    return false;
  }

  async #redact(tx: Transaction, target: StoredEvent, redaction: StoredEvent): Promise<boolean> {
    if (target.redactedBy !== undefined) return false;
    const text = canonicalJson(redactPdu(target.pdu, target.rules), 'lenient');
    await this.deps.events.setRedacted(tx, target.nid, redaction.nid, text);
    await this.deps.relations.remove(tx, target.nid);
    return true;
  }
}

/** From room version 3 the auth rules let every redaction in, and it takes effect only where this holds. */
const isDue = (redaction: StoredEvent, target: StoredEvent, hasPower: boolean): boolean =>
  target.type !== 'm.room.create' &&
  target.room.nid === redaction.room.nid &&
  (hasPower || serverOf(redaction.sender) === serverOf(target.sender));
