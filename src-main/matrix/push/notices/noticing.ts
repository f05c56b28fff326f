import type { Clock } from '../../../base/clock.js';
import { turn } from '../../../base/yield.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import { evaluatePushRules } from '../../../spec/push-rules/evaluate.js';
import type { PushRoom } from '../../../spec/push-rules/push-event.js';
import type { PushAction } from '../../../spec/push-rules/ruleset.js';
import { streamTopic } from '../../../storage/news.js';
import type { Accounts } from '../../accounts/index.js';
import type { StoredEvent } from '../../events/index.js';
import type { IgnoredUsers } from '../ignored-users.js';
import type { PushEvents } from '../push-events.js';
import type { PushRules } from '../push-rules.js';
import type { ThreadReaders } from '../thread-readers.js';
import type { NewNotice, NoticeReaders } from './notices.store.js';
import type { PushedMembers } from './pushed-members.js';

/** Announced when notices were written that wait to be handed on. */
export const NOTICES_TOPIC = streamTopic('push-notices');

/** Rules asked before others have their turn. */
const ASKED_AT_ONCE = 500;

/** Whom events notify, among those who have pushers. */
export class Noticing {
  constructor(
    private readonly deps: {
      readonly members: PushedMembers;
      readonly rules: PushRules;
      readonly ignored: IgnoredUsers;
      readonly inviteRules: Pick<Accounts['inviteRules'], 'ruleFor'>;
      readonly events: PushEvents;
      readonly threads: ThreadReaders;
      readonly clock: Clock;
    },
  ) {}

  /** Those of some events that notify somebody, in their order. */
  async of(events: readonly StoredEvent[]): Promise<NewNotice[]> {
    const rooms = new Map<RoomId, PushRoom>();
    const notices: NewNotice[] = [];
    let asked = 0;
    for (const event of events) {
      if (event.redactedBy !== undefined) continue;
      const members = await this.deps.members.of(event);
      if (members.length === 0 || (await this.#isUnwelcome(event))) continue;
      const room = rooms.get(event.roomId) ?? (await this.deps.events.room(event.roomId));
      rooms.set(event.roomId, room);
      const readers = await this.#readers(event, members, room);
      if (readers.length > 0) notices.push({ nid: event.nid, ts: this.deps.clock.now(), readers });
      asked += members.length;
      if (asked < ASKED_AT_ONCE) continue;
      asked = 0;
      await turn();
    }
    return notices;
  }

  /** An invitation by somebody who is blocked or ignored notifies nobody. */
  async #isUnwelcome({ type, content, stateKey, sender }: StoredEvent): Promise<boolean> {
    if (type !== 'm.room.member' || content['membership'] !== 'invite') return false;
    return (await this.deps.inviteRules.ruleFor(stateKey as UserId, sender)) !== 'allow';
  }

  async #readers(
    event: StoredEvent,
    members: readonly { readonly userId: UserId; readonly displayName: string | undefined }[],
    room: PushRoom,
  ): Promise<NoticeReaders[]> {
    const { rules, ignored, events } = this.deps;
    const prepared = events.prepare(event, room);
    const userIds = members.map(({ userId }) => userId);
    const subscribers = await this.deps.threads.of(event, userIds);
    const byActions = new Map<readonly PushAction[], UserId[]>();
    for (const member of members) {
      const reader = subscribers ? { ...member, isSubscribed: subscribers.has(member.userId) } : member;
      const outcome = evaluatePushRules(prepared, await rules.compiled(member.userId), reader);
      if (!outcome.notify || (await ignored.by(member.userId)).has(event.sender)) continue;
      const users = byActions.get(outcome.actions);
      if (users) users.push(member.userId);
      else byActions.set(outcome.actions, [member.userId]);
    }
    return [...byActions].map(([actions, users]) => ({ actions, users }));
  }
}
