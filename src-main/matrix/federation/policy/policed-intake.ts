import type { Logger } from '../../../base/logger.js';
import type { EventId, RoomId } from '../../../spec/ids.js';
import { isPolicyChoice, isRecommended, type PolicyServer } from '../../../spec/policy-server.js';
import { domainOf } from '../../../spec/state-view.js';
import type { Appended, AppendOptions, CheckedEvent, Intake, Prepended, RoomReader } from '../../events/index.js';
import { RemoteError } from '../../servers/index.js';
import type { Recommendations } from './recommendations.js';
import type { RoomPolicies } from './room-policies.js';

interface PolicedIntakeDeps {
  readonly intake: Intake;
  readonly reader: Pick<RoomReader, 'isServerIn'>;
  readonly policies: RoomPolicies;
  readonly recommendations: Recommendations;
  readonly log: Logger;
}

type Ask = (policy: PolicyServer, checked: CheckedEvent) => Promise<CheckedEvent | undefined>;

/** Events with the recommendations that were missing, and those that nobody recommends. */
interface Policed {
  readonly events: readonly CheckedEvent[];
  readonly unwanted: ReadonlySet<EventId>;
}

/**
 * The way of other servers' events into rooms, past the rooms' policy servers: what these do not recommend is not shown.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#validating-policy-server-signatures
 */
export class PolicedIntake {
  constructor(private readonly deps: PolicedIntakeDeps) {}

  /** As `Intake.append` does. */
  async append(event: CheckedEvent, options: AppendOptions): Promise<Appended> {
    const { events, unwanted } = await this.#police(event.event.roomId, [event]);
    return this.deps.intake.append(events[0] ?? event, { ...options, unwanted });
  }

  /** As `Intake.appendAll` does. */
  async appendAll(roomId: RoomId, given: readonly CheckedEvent[], options: AppendOptions): Promise<Appended[]> {
    const { events, unwanted } = await this.#police(roomId, given);
    return this.deps.intake.appendAll(roomId, events, { ...options, unwanted });
  }

  /**
   * As `Intake.prepend` does. Asks of history whoever said it: they may have left since.
   *
   * @throws RemoteError when the policy server cannot be asked: perhaps it can later, and what was hidden stays hidden
   */
  async prepend(
    roomId: RoomId,
    given: readonly CheckedEvent[],
    options: Pick<AppendOptions, 'stateBefore'>,
  ): Promise<Prepended> {
    const { events, unwanted } = await this.#police(roomId, given, (policy, checked) =>
      this.#askOfHistory(policy, checked),
    );
    return this.deps.intake.prepend(roomId, events, { ...options, unwanted });
  }

  /** How many of the first events can be added without asking the room's policy server. */
  async ready(roomId: RoomId, events: readonly CheckedEvent[]): Promise<number> {
    const policy = await this.deps.policies.of(roomId);
    if (!policy) return events.length;
    const first = events.findIndex((checked) => !isClear(checked, policy));
    return first < 0 ? events.length : first;
  }

  async #police(
    roomId: RoomId,
    events: readonly CheckedEvent[],
    ask: Ask = (policy, checked) => this.#ask(policy, checked),
  ): Promise<Policed> {
    const policy = await this.deps.policies.of(roomId);
    if (!policy) return { events, unwanted: NONE };
    const unwanted = new Set<EventId>();
    const asking = events.map(async (checked) => {
      const recommended = isClear(checked, policy) ? checked : await ask(policy, checked);
      if (!recommended) unwanted.add(checked.event.eventId);
      return recommended ?? checked;
    });
    return { events: await Promise.all(asking), unwanted };
  }

  async #askOfHistory(policy: PolicyServer, checked: CheckedEvent): Promise<CheckedEvent | undefined> {
    const { intake, recommendations } = this.deps;
    const { eventId } = checked.event;
    if ((await intake.known([eventId])).get(eventId) === 'placed') return checked;
    try {
      return await recommendations.recommended(policy, checked, 'theirs');
    } catch (error) {
      if (error instanceof RemoteError && error.kind === 'answered' && (error.status ?? 500) < 500) return undefined;
      throw error;
    }
  }

  /** Undefined for what the policy server does not recommend, and for what it cannot be asked about. */
  async #ask(policy: PolicyServer, checked: CheckedEvent): Promise<CheckedEvent | undefined> {
    const { intake, reader, recommendations, log } = this.deps;
    const { eventId, roomId, sender, type } = checked.event;
    if ((await intake.known([eventId])).get(eventId) === 'placed') return checked;
    // Whoever is not in the room could have it ask as much as they like; who comes into it is asked about.
    if (type !== 'm.room.member' && !(await reader.isServerIn(roomId, domainOf(sender)))) return undefined;
    try {
      return await recommendations.recommended(policy, checked, 'theirs');
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      log.info('an event has no recommendation', { eventId, roomId, server: policy.server, why: error.why });
      return undefined;
    }
  }
}

const NONE: ReadonlySet<EventId> = new Set();

const isClear = ({ event }: CheckedEvent, policy: PolicyServer): boolean =>
  isPolicyChoice(event) || isRecommended(event.pdu, event.rules, policy);
