import { isObject, type JsonObject, stringAt } from '../../../base/json.js';
import { isOnServer, isUserId, serverOf } from '../../../spec/grammar.js';
import type { ServerName, UserId } from '../../../spec/ids.js';
import type { Intake, PduChecks, Room, RoomReader, StoredEvent } from '../../events/index.js';

interface DeparturesDeps {
  readonly serverName: ServerName;
  readonly reader: RoomReader;
  readonly pdus: PduChecks;
  readonly intake: Intake;
}

/**
 * Invitations that are taken back and knocks that are refused in rooms that this server is not in, so that nobody here
 * could check such an event against the room: whoever invited, or showed the room to who knocked, is believed.
 */
export class Departures {
  constructor(private readonly deps: DeparturesDeps) {}

  /** Takes one event of a transaction. @returns whether it was of this kind and is stored. @throws the signal's reason */
  async take(origin: ServerName, { roomId, rules }: Room, pdu: JsonObject, signal: AbortSignal): Promise<boolean> {
    const { pdus, intake, reader } = this.deps;
    const target = this.#targetOf(pdu);
    if (target === undefined) return false;
    const standing = await reader.membership(roomId, target);
    if (standing?.membership !== 'invite' && standing?.membership !== 'knock') return false;
    const event = await reader.eventByNid(standing.eventNid);
    if (!event || !(await this.#mayTurnAway(origin, event, pdu))) return false;
    const [verdict] = await pdus.check([pdu], rules, { roomId, signal });
    if (!verdict || 'refused' in verdict) return false;
    await intake.outOfBand({ roomId, rules, event: verdict });
    return true;
  }

  /** The user of ours who is turned away, if that is what the event does. */
  #targetOf(pdu: JsonObject): UserId | undefined {
    const { type, state_key: target, content } = pdu;
    const membership = isObject(content) ? stringAt(content, 'membership') : undefined;
    if (type !== 'm.room.member' || (membership !== 'leave' && membership !== 'ban')) return undefined;
    if (typeof target !== 'string' || !isUserId(target)) return undefined;
    return isOnServer(target, this.deps.serverName) ? target : undefined;
  }

  async #mayTurnAway(origin: ServerName, standing: StoredEvent, pdu: JsonObject): Promise<boolean> {
    const { sender } = pdu;
    if (typeof sender !== 'string' || !isUserId(sender) || !isOnServer(sender, origin)) return false;
    if (standing.content['membership'] === 'invite') return serverOf(standing.sender) === origin;
    const shown = await this.deps.reader.strippedState(standing.roomId, standing.stateKey as UserId);
    return serverOf(standing.roomId) === origin || shown.some((event) => serverOf(event.sender) === origin);
  }
}
