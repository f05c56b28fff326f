import { powerLevelsOf } from '../../spec/power-levels.js';
import { redactPdu } from '../../spec/redaction.js';
import type { StateView } from '../../spec/state-view.js';
import type { RoomEvent } from '../../spec/event.js';
import { serverOf } from '../../spec/grammar.js';
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
    if (redaction.redacts === undefined) return undefined;
    await this.deps.redactions.insert(tx, redaction.nid, redaction.redacts);
    const target = await this.deps.events.byId(tx, redaction.redacts);
    if (!target || target.room.nid !== redaction.room.nid || !isDue(redaction, target, state)) return undefined;
    if (target.redactedBy !== undefined) return undefined;
    await this.deps.events.setRedacted(
      tx,
      target.nid,
      redaction.nid,
      JSON.stringify(redactPdu(target.pdu, target.rules)),
    );
    await this.deps.relations.remove(tx, target.nid);
    return target;
  }
}

/** From room version 3 the auth rules let every redaction in, and it takes effect only where this holds. */
const isDue = (redaction: RoomEvent, target: RoomEvent, state: StateView): boolean =>
  target.type !== 'm.room.create' &&
  (serverOf(redaction.sender) === serverOf(target.sender) || mayRedact(redaction.sender, state));
