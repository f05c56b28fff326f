import type { Milliseconds } from '../../base/clock.js';
import { turn } from '../../base/yield.js';
import { invalidParam } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { evaluatePushRules, type PushOutcome } from '../../spec/push-rules/evaluate.js';
import type { PushRoom } from '../../spec/push-rules/push-event.js';
import type { Receipts } from '../ephemeral/index.js';
import type { Events, Membership, Room, StoredEvent } from '../events/index.js';
import type { IgnoredUsers } from './ignored-users.js';
import type { PushEvents } from './push-events.js';
import type { PushRules } from './push-rules.js';
import type { ThreadReaders } from './thread-readers.js';
import { isRead, type ReadUpTo, readUpTo } from './read-up-to.js';

/** An event that notified, or would have. */
export interface Notification {
  readonly event: StoredEvent;
  readonly actions: PushOutcome['actions'];
  readonly isRead: boolean;
}

export interface NotificationPage {
  /** newest first */
  readonly notifications: readonly Notification[];
  /** undefined at the end */
  readonly next: string | undefined;
}

/** A room on the way back through all of a user's rooms. */
interface Walk {
  readonly membership: Membership;
  readonly room: Room;
  readonly around: PushRoom;
  /** messages from before this time are shown no more */
  readonly oldest: Milliseconds | undefined;
  readonly read: ReadUpTo;
  /** not looked at yet, the newest first */
  readonly events: StoredEvent[];
  /** where the next chunk ends; undefined when there is no more */
  upTo: number | undefined;
}

/** Events looked at for one page: what notifies may be rare. */
const MOST_LOOKED_AT = 2_000;
const CHUNK = 50;

/** What notified a user, back through all rooms. @see https://spec.matrix.org/v1.19/client-server-api/#listing-notifications */
export class Notifications {
  constructor(
    private readonly deps: {
      readonly rooms: Pick<Events, 'reader' | 'timeline' | 'activity' | 'retention'>;
      readonly receipts: Receipts;
      readonly rules: PushRules;
      readonly ignored: IgnoredUsers;
      readonly events: PushEvents;
      readonly threads: ThreadReaders;
    },
  ) {}

  /** @throws MatrixError M_INVALID_PARAM for a token that is not ours */
  async page(
    userId: UserId,
    { from, limit, onlyHighlights }: { from: string | undefined; limit: number; onlyHighlights: boolean },
  ): Promise<NotificationPage> {
    const before = from === undefined ? Number.MAX_SAFE_INTEGER : placeIn(from);
    const rules = await this.deps.rules.compiled(userId);
    const ignored = await this.deps.ignored.by(userId);
    const notifications: Notification[] = [];
    let looked = 0;
    for await (const { event, walk } of this.#backwards(userId, before)) {
      looked += 1;
      const { displayName } = walk.membership;
      if (event.redactedBy === undefined && !ignored.has(event.sender) && isShown(event, walk)) {
        const prepared = this.deps.events.prepare(event, walk.around);
        const isSubscribed = (await this.deps.threads.of(event, [userId]))?.has(userId);
        const outcome = evaluatePushRules(prepared, rules, { userId, displayName, isSubscribed });
        if (outcome.notify && (outcome.highlight || !onlyHighlights)) {
          notifications.push(await this.#notification(event, outcome, walk.read));
        }
      }
      if (notifications.length >= limit || looked >= MOST_LOOKED_AT) return { notifications, next: `n${event.ord}` };
      if (looked % (2 * CHUNK) === 0) await turn();
    }
    return { notifications, next: undefined };
  }

  /** All events of all rooms since the user joined them, the newest first. */
  async *#backwards(userId: UserId, before: number) {
    const { reader, activity } = this.deps.rooms;
    const joined = await reader.roomsOf(userId, ['join']);
    const last = await activity.last(joined.map(({ roomId }) => roomId));
    const newest = (roomId: RoomId) => Math.min(last.get(roomId) ?? 0, before - 1);
    // The one that goes on last stands at the end.
    const waiting = joined
      .map((membership) => ({ membership, ord: newest(membership.roomId) }))
      .filter(({ membership, ord }) => ord > membership.since)
      .sort((a, b) => a.ord - b.ord);
    const walks: Walk[] = [];
    for (;;) {
      for (const walk of walks) if (walk.events.length === 0) await this.#fetch(walk);
      let walk = latestOf(walks);
      for (let next = waiting.at(-1); next && next.ord > placeOf(walk); next = waiting.at(-1)) {
        waiting.pop();
        walks.push(await this.#open(userId, next.membership, next.ord));
        walk = latestOf(walks);
      }
      const event = walk?.events.shift();
      if (!walk || !event) return;
      if (walk.events.length === 0 && walk.upTo === undefined) walks.splice(walks.indexOf(walk), 1);
      yield { event, walk };
    }
  }

  async #open(userId: UserId, membership: Membership, upTo: number): Promise<Walk> {
    const { roomId } = membership;
    const read = readUpTo(await this.deps.receipts.ofUser(userId, [roomId]));
    const room = await this.deps.rooms.reader.knownRoom(roomId);
    const around = await this.deps.events.room(roomId);
    const oldest = await this.deps.rooms.retention.oldestShown(roomId);
    const walk = { membership, room, around, oldest, read, events: [], upTo };
    await this.#fetch(walk);
    return walk;
  }

  async #fetch(walk: Walk): Promise<void> {
    if (walk.upTo === undefined) return;
    const range = { after: walk.membership.since, upTo: walk.upTo };
    const { events, next } = await this.deps.rooms.timeline.before(walk.room, range, CHUNK);
    walk.events.push(...events);
    walk.upTo = next;
  }

  async #notification(event: StoredEvent, { actions }: PushOutcome, read: ReadUpTo): Promise<Notification> {
    const thread = await this.deps.events.threadOf(event);
    return { event, actions, isRead: isRead(read, event.ord ?? 0, thread) };
  }
}

const isShown = (event: StoredEvent, { oldest }: Walk): boolean =>
  oldest === undefined || event.stateKey !== undefined || event.originServerTs >= oldest;

const placeOf = (walk: Walk | undefined): number => walk?.events[0]?.ord ?? Number.NEGATIVE_INFINITY;

const latestOf = (walks: readonly Walk[]): Walk | undefined =>
  walks.reduce<Walk | undefined>((latest, walk) => (placeOf(walk) > placeOf(latest) ? walk : latest), undefined);

/** A token is the place of the last event looked at. */
function placeIn(token: string): number {
  const digits = /^n(\d{1,15})$/.exec(token)?.[1];
  if (digits === undefined) throw invalidParam('the token is not one of this server');
  return Number(digits);
}
