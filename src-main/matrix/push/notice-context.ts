import { type JsonObject, stringAt } from '../../base/json.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import { type Hero, MAX_HEROES, roomName } from '../../spec/room-name.js';
import type { Receipts } from '../ephemeral/index.js';
import type { Retention, RoomReader, StoredEvent } from '../events/index.js';
import type { NoticeContext } from './gateway/notification.js';
import type { PushEvents } from './push-events.js';
import { isRead, readUpTo } from './read-up-to.js';

/** What is to be known of an event before its reader is told of it. */
export class NoticeContexts {
  constructor(
    private readonly deps: {
      readonly reader: RoomReader;
      readonly receipts: Receipts;
      readonly retention: Pick<Retention, 'unexpired'>;
      readonly events: PushEvents;
    },
  ) {}

  /** The event, unless it was taken back, read or too old since, or its reader is not in the room any more. */
  async stillNews(userId: UserId, nid: number): Promise<StoredEvent | undefined> {
    const event = await this.deps.reader.eventByNid(nid);
    if (!event || event.redactedBy !== undefined) return undefined;
    const rooms = await this.deps.reader.roomsOf(userId, ['join', 'invite']);
    const membership = rooms.find(({ roomId }) => roomId === event.roomId);
    if (membership?.membership === 'invite') return membership.eventNid === nid ? event : undefined;
    if (!membership || event.ord === undefined) return undefined;
    if ((await this.deps.retention.unexpired(event.roomId, [event])).length === 0) return undefined;
    const read = readUpTo(await this.deps.receipts.ofUser(userId, [event.roomId]));
    return isRead(read, event.ord, await this.deps.events.threadOf(event)) ? undefined : event;
  }

  /** How the sender and the room are called. */
  async of(userId: UserId, { roomId, sender }: StoredEvent): Promise<NoticeContext> {
    const member = await this.deps.reader.membership(roomId, sender);
    const { name, alias } = await this.room(roomId, userId);
    const shown = member ? undefined : await this.#shown(userId, roomId, 'm.room.member', sender);
    const senderName = member?.displayName || stringAt(shown, 'displayname') || sender;
    return { senderName, roomName: name, roomAlias: alias };
  }

  /**
   * How a room is called for a reader; without a name of its own, and with one other person in it, not at all. Of a room
   * that this server is not in, what the invitation says.
   */
  async room(roomId: RoomId, userId: UserId): Promise<{ readonly name?: string; readonly alias?: string }> {
    const name = stringAt(await this.#state(userId, roomId, 'm.room.name'), 'name');
    const alias = stringAt(await this.#state(userId, roomId, 'm.room.canonical_alias'), 'alias');
    if (name) return { name, ...(alias && { alias }) };
    if (alias) return { name: alias, alias };
    const heroes = await this.#heroes(roomId, userId);
    if (heroes.length < 2) return {};
    const { joined, invited } = await this.deps.reader.counts(roomId);
    return { name: roomName({ name: undefined, canonicalAlias: undefined, heroes, memberCount: joined + invited }) };
  }

  async isSpace(userId: UserId, roomId: RoomId): Promise<boolean> {
    return stringAt(await this.#state(userId, roomId, 'm.room.create'), 'type') === 'm.space';
  }

  /** The content of a state event. */
  async #state(userId: UserId, roomId: RoomId, type: string): Promise<JsonObject | undefined> {
    const [event] = await this.deps.reader.stateEntries(roomId, [[type, '']]);
    return event ? event.content : this.#shown(userId, roomId, type, '');
  }

  /** What another server showed of a room that this one is not in. */
  async #shown(userId: UserId, roomId: RoomId, type: string, stateKey: string): Promise<JsonObject | undefined> {
    const { reader } = this.deps;
    if ((await reader.lastOrd(roomId)) > 0) return undefined;
    const shown = await reader.strippedState(roomId, userId);
    return shown.find((event) => event.type === type && event.state_key === stateKey)?.content;
  }

  async #heroes(roomId: RoomId, userId: UserId): Promise<Hero[]> {
    const members = await this.deps.reader.members(roomId, ['join', 'invite'], MAX_HEROES + 1);
    return members.filter((member) => member.userId !== userId).slice(0, MAX_HEROES);
  }
}
