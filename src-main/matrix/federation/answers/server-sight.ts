import { stringAt } from '../../../base/json.js';
import type { Pdu, StateKey } from '../../../spec/event.js';
import { isOnServer } from '../../../spec/grammar.js';
import { historyVisibility } from '../../../spec/history-visibility.js';
import type { RoomId, ServerName, UserId } from '../../../spec/ids.js';
import { redactPdu } from '../../../spec/redaction.js';
import { membershipIn, stateMapKey } from '../../../spec/state-view.js';
import type { Events, RoomReader, StateAt, StoredEvent } from '../../events/index.js';

const VISIBILITY: StateKey = ['m.room.history_visibility', ''];
/** People of one server who are looked at in one room. */
const MOST_PEOPLE = 1_000;

/**
 * What of a room's history a server in it may see: what one of its people may, as the room was when it was said.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
 */
export class ServerSight {
  constructor(
    private readonly deps: {
      readonly reader: Pick<RoomReader, 'members'>;
      readonly stateAt: Pick<StateAt, 'entriesBefore'>;
      readonly erased: Pick<Events['erased'], 'all'>;
    },
  ) {}

  /** The events as `server` gets them: those that nobody of it may see are redacted, and those of
   * erased people, so that the graph stays whole. */
  async shown(server: ServerName, roomId: RoomId, events: readonly StoredEvent[]): Promise<Pdu[]> {
    const visible = await this.#visible(server, roomId, events);
    const erased = await this.deps.erased.all();
    const isShown = ({ nid, sender }: StoredEvent) => visible.has(nid) && !erased.has(sender);
    return events.map((event) => (isShown(event) ? event.pdu : redactPdu(event.pdu, event.rules)));
  }

  /** Those of `events`, all of one room, that somebody of `server` may see; in the order given. */
  async visibleTo(server: ServerName, roomId: RoomId, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const visible = await this.#visible(server, roomId, events);
    return events.filter(({ nid }) => visible.has(nid));
  }

  /** @returns nids */
  async #visible(server: ServerName, roomId: RoomId, events: readonly StoredEvent[]): Promise<ReadonlySet<number>> {
    const before = await this.deps.stateAt.entriesBefore(events, [VISIBILITY]);
    const key = stateMapKey(...VISIBILITY);
    const hidden = events.filter((event) => isRestricted(before.get(event.nid)?.get(key)) && !opensUp(event));
    const visible = new Set(events.map(({ nid }) => nid));
    if (hidden.length === 0) return visible;
    const people = await this.#peopleOf(server, roomId);
    const members = await this.deps.stateAt.entriesBefore(
      hidden,
      people.map((userId): StateKey => ['m.room.member', userId]),
    );
    for (const event of hidden) {
      const isInviteEnough = visibilityOf(before.get(event.nid)?.get(key)) === 'invited';
      const standing = [...(members.get(event.nid)?.values() ?? [])];
      if (isMemberOf(event, server)) standing.push(event);
      const mayKnow = standing.some((member) => {
        const membership = membershipIn(member.content);
        return membership === 'join' || (isInviteEnough && membership === 'invite');
      });
      if (!mayKnow) visible.delete(event.nid);
    }
    return visible;
  }

  /** Everybody of the server who ever was anything in the room. */
  async #peopleOf(server: ServerName, roomId: RoomId): Promise<UserId[]> {
    const members = await this.deps.reader.members(roomId, ['join', 'invite', 'leave', 'ban', 'knock']);
    return members.flatMap(({ userId }) => (isOnServer(userId, server) ? userId : [])).slice(0, MOST_PEOPLE);
  }
}

const visibilityOf = (event: StoredEvent | undefined) =>
  historyVisibility(stringAt(event?.content, 'history_visibility'));

/** Whoever is in the room now may see all the rest. */
const isRestricted = (event: StoredEvent | undefined): boolean => {
  const visibility = visibilityOf(event);
  return visibility === 'joined' || visibility === 'invited';
};

/** The event with which the room begins to show its history. */
const opensUp = (event: StoredEvent): boolean =>
  event.type === VISIBILITY[0] && event.stateKey === VISIBILITY[1] && !isRestricted(event);

const isMemberOf = (event: StoredEvent, server: ServerName): boolean =>
  event.type === 'm.room.member' && event.stateKey !== undefined && isOnServer(event.stateKey as UserId, server);
