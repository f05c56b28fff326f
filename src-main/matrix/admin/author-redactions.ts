import { objectAt } from '../../base/json.js';
import type { Logger } from '../../base/logger.js';
import { MatrixError } from '../../spec/errors.js';
import type { StateKey } from '../../spec/event.js';
import { isOnServer, isUserId } from '../../spec/grammar.js';
import type { EventId, ServerName, UserId } from '../../spec/ids.js';
import { powerLevelsOf } from '../../spec/power-levels.js';
import { redactPdu } from '../../spec/redaction.js';
import { createEventOf, creatorsIn, type StateView } from '../../spec/state-view.js';
import type { Authored, MembershipState, Room, RoomReader, StoredEvent } from '../events/index.js';
import type { Federation } from '../federation/index.js';

const REDACTION = 'm.room.redaction';
const EVER: readonly MembershipState[] = ['join', 'leave', 'ban', 'invite', 'knock'];
const LEVELS: readonly StateKey[] = [
  ['m.room.create', ''],
  ['m.room.power_levels', ''],
];
const AT_ONCE = 50;

export interface AuthorRedactionsDeps {
  readonly serverName: ServerName;
  readonly reader: RoomReader;
  readonly authored: Authored;
  readonly appender: Federation['appender'];
  readonly log: Logger;
}

/** A room that somebody was in, and who can take back there what they wrote; undefined: nobody here. */
export interface AuthorRoom {
  readonly room: Room;
  readonly redactor: UserId | undefined;
}

/** What somebody wrote, in all. */
export interface AuthoredAmount {
  readonly messages: number;
  readonly bytes: number;
  /** of the messages, those that nobody here can take back */
  readonly kept: number;
  /** rooms with messages */
  readonly rooms: number;
}

/** Some messages that were dealt with. */
export interface RedactedPage {
  readonly redacted: number;
  readonly kept: number;
  /** where to go on; undefined: the room has no more */
  readonly next: number | undefined;
}

/** Takes back what one person wrote, event by event, as they would themselves or an administrator of the room would. */
export class AuthorRedactions {
  constructor(private readonly deps: AuthorRedactionsDeps) {}

  /** Every room that they were ever in and that is stored here, always in the same order. */
  async rooms(userId: UserId): Promise<Room[]> {
    const { reader } = this.deps;
    const found: Room[] = [];
    for (const { roomId } of await reader.roomsOf(userId, EVER)) {
      const room = await reader.room(roomId);
      if (room) found.push(room);
    }
    return found.sort((a, b) => a.nid - b.nid);
  }

  /** How much there is to take back. */
  async amount(userId: UserId): Promise<AuthoredAmount> {
    let amount: AuthoredAmount = { messages: 0, bytes: 0, kept: 0, rooms: 0 };
    for (const room of await this.rooms(userId)) {
      const { events, bytes } = await this.deps.authored.amount(room, userId);
      if (events === 0) continue;
      const canGo = (await this.#redactor(room, userId)) !== undefined;
      amount = {
        messages: amount.messages + events,
        bytes: amount.bytes + bytes,
        kept: amount.kept + (canGo ? 0 : events),
        rooms: amount.rooms + 1,
      };
    }
    return amount;
  }

  /**
   * Takes back some of what they wrote in a room. Done again from the same place it goes on where it broke off.
   *
   * @param place after which; undefined: from the beginning
   * @param mayGoOn asked before each event
   */
  async redactSome(
    room: Room,
    userId: UserId,
    place: number | undefined,
    mayGoOn: () => boolean,
  ): Promise<RedactedPage> {
    const { authored, reader } = this.deps;
    const found = await authored.after(room, userId, place, AT_ONCE);
    const redactor = found.length === 0 ? undefined : await this.#redactor(room, userId);
    let [redacted, kept] = [0, 0];
    for (const { eventId } of found) {
      if (!mayGoOn()) break;
      const event = await reader.event(eventId);
      if (!event || !saysAnything(event)) continue;
      const isGone = redactor !== undefined && (await this.#redact(room, redactor, eventId));
      if (event.stateKey !== undefined) continue;
      if (isGone) redacted += 1;
      else kept += 1;
    }
    return { redacted, kept, next: found.length < AT_ONCE ? undefined : found.at(-1)?.ord };
  }

  async #redact(room: Room, sender: UserId, redacts: EventId): Promise<boolean> {
    const { appender, log } = this.deps;
    try {
      await appender.append({ roomId: room.roomId, sender, type: REDACTION, content: {}, redacts });
      return true;
    } catch (error) {
      if (!(error instanceof MatrixError)) throw error;
      log.warn('something could not be taken back', { roomId: room.roomId, eventId: redacts, error: error.message });
      return false;
    }
  }

  /** They themselves where they are in the room and may; else whoever here may redact what others sent. */
  async #redactor({ roomId }: Room, userId: UserId): Promise<UserId | undefined> {
    const { reader, serverName } = this.deps;
    const state = await reader.stateView(roomId, LEVELS);
    const levels = powerLevelsOf(state);
    const needed = levels.levelForEvent(REDACTION, false);
    if (levels.powerOf(userId) >= needed && (await reader.isJoined(roomId, userId))) return userId;
    const forOthers = Math.max(needed, levels.levelFor('redact'));
    for (const other of namedIn(state)) {
      if (!isOnServer(other, serverName) || levels.powerOf(other) < forOthers) continue;
      if (await reader.isJoined(roomId, other)) return other;
    }
    return undefined;
  }
}

/** Those who stand above others. */
function namedIn(state: StateView): UserId[] {
  const named = Object.keys(objectAt(state.get('m.room.power_levels', '')?.content, 'users') ?? {});
  const create = createEventOf(state);
  return [...new Set([...named, ...(create ? creatorsIn(create) : [])])].filter(isUserId);
}

/** Whether a redaction would take anything away. */
const saysAnything = ({ pdu, rules }: StoredEvent): boolean =>
  Object.keys(redactPdu(pdu, rules).content).length < Object.keys(pdu.content).length;
