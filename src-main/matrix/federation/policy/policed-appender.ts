import { Lanes } from '../../../base/lane.js';
import { forbidden, MatrixError, tooLarge } from '../../../spec/errors.js';
import { isLongerThan, MAX_EVENT_BYTES } from '../../../spec/event-limits.js';
import type { RoomId, ServerName } from '../../../spec/ids.js';
import { isPolicyChoice } from '../../../spec/policy-server.js';
import type { Database, Transaction } from '../../../storage/database.js';
import type { CheckedEvent, EventAppender, EventDraft, Intake, StoredEvent } from '../../events/index.js';
import { RemoteError } from '../../servers/index.js';
import { refusalOf } from '../membership/in-turn.js';
import type { Recommendations } from './recommendations.js';
import type { RoomPolicies } from './room-policies.js';

interface PolicedAppenderDeps {
  readonly db: Database;
  readonly serverName: ServerName;
  readonly appender: EventAppender;
  readonly intake: Intake;
  readonly policies: RoomPolicies;
  readonly recommendations: Recommendations;
}

/** What else happens when an event of somebody here is added. */
export interface AppendMore {
  /** in one step with it, before; an event that it returns stands instead. Where a policy server is asked, done before */
  readonly before?: (tx: Transaction) => Promise<StoredEvent | undefined>;
  /** what else must hold of an event that is really added */
  readonly check?: ((tx: Transaction) => Promise<void>) | undefined;
}

/**
 * Adds events of people here to rooms, each in a transaction of its own. Where a room has a policy server, it is asked
 * first, and the event may come to stand beside others that came meanwhile.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#policy-servers
 */
export class PolicedAppender {
  /** By sender and room: what one says comes in the order in which they say it, and each of it once. */
  readonly #lanes = new Lanes<string>();

  constructor(private readonly deps: PolicedAppenderDeps) {}

  /**
   * @throws MatrixError as `EventAppender.append` does, what `before` and `check` throw, what the policy server says
   *   against the event, and M_UNKNOWN 502 when it cannot be asked
   */
  async append(draft: EventDraft, more: AppendMore = {}): Promise<StoredEvent> {
    const { db, appender } = this.deps;
    const made = await db.write(async (tx) => {
      const standing = await more.before?.(tx);
      if (standing) return { event: standing };
      return appender.appendUnlessPoliced(tx, draft, () => more.check?.(tx) ?? DONE);
    });
    if ('event' in made) return made.event;
    return this.#lanes.run(`${draft.sender} ${draft.roomId}`, () => this.#afterAsking(draft, more.check));
  }

  /**
   * An event of ours with the recommendation of the room's policy server, where it has one.
   *
   * @throws MatrixError what the policy server says against it, M_UNKNOWN 502, M_TOO_LARGE
   */
  async recommended(roomId: RoomId, event: CheckedEvent): Promise<CheckedEvent> {
    const policy = isPolicyChoice(event.event) ? undefined : await this.deps.policies.of(roomId);
    if (!policy) return event;
    try {
      const recommended = await this.deps.recommendations.recommended(policy, event, 'ours');
      if (isLongerThan(MAX_EVENT_BYTES, recommended.text)) throw tooLarge('the event is too large');
      return recommended;
    } catch (error) {
      throw error instanceof RemoteError ? toClient(error) : error;
    }
  }

  async #afterAsking(draft: EventDraft, check: AppendMore['check']): Promise<StoredEvent> {
    const { db, appender, serverName, intake } = this.deps;
    if (!(await this.deps.policies.of(draft.roomId))) {
      return db.write((tx) => appender.append(tx, draft, () => check?.(tx) ?? DONE));
    }
    const made = await db.write((tx) => appender.prepare(tx, draft, () => check?.(tx) ?? DONE));
    if ('event' in made) return made.event;
    const recommended = await this.recommended(draft.roomId, made.built);
    const { transaction } = draft;
    const appended = await intake.append(recommended, { origin: serverName, relay: true, transaction });
    if (appended.outcome === 'accepted' || appended.outcome === 'known') return appended.event;
    throw forbidden('the room changed meanwhile and takes this no more');
  }
}

const DONE = Promise.resolve();

/** What the policy server said, in its words where they are for clients. */
function toClient(error: RemoteError): MatrixError {
  const { status, errcode, fields, server } = error;
  if (error.kind === 'answered' && status === 429 && errcode === 'M_LIMIT_EXCEEDED') {
    const wait = fields['retry_after_ms'];
    const more = typeof wait === 'number' && wait > 0 ? { retry_after_ms: Math.min(wait, MOST_WAIT) } : {};
    return new MatrixError(429, 'M_LIMIT_EXCEEDED', said(error), more);
  }
  const refusal = refusalOf(error);
  if (refusal) return new MatrixError(refusal.status, refusal.errcode, said(error));
  if (error.kind === 'answered' && status === 404 && errcode === 'M_NOT_FOUND') return forbidden(said(error));
  return new MatrixError(502, 'M_UNKNOWN', `the policy server of the room, ${server}, could not be asked`);
}

const MOST_WAIT = 3_600_000;

const said = ({ fields, why }: RemoteError): string =>
  (typeof fields['error'] === 'string' ? fields['error'] : why).slice(0, 500);
