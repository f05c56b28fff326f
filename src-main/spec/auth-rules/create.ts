import type { RoomEvent } from '../event.js';
import { isUserId } from '../grammar.js';
import { roomVersionRules } from '../room-version.js';
import { domainOf } from '../state-view.js';
import { allow, reject, type Verdict } from './verdict.js';

/**
 * `m.room.create`: rule 1. It needs no state.
 *
 * @see https://spec.matrix.org/v1.19/rooms/v12/#authorization-rules
 */
export function checkCreate(event: RoomEvent): Verdict {
  const { rules, content } = event;
  if (event.prevEvents.length > 0) return reject(rules, 'create.prev_events', 'a create event has no previous events');
  const misplaced = rules.roomIdIsCreateHash ? hasRoomId(event) : isInForeignRoom(event);
  if (misplaced !== undefined) return reject(rules, 'create.room_id', misplaced);
  const version = content['room_version'];
  if (version !== undefined && !isKnown(version)) {
    return reject(rules, 'create.room_version', `room version ${String(version)} is unknown`);
  }
  if (rules.creatorInContent && content['creator'] === undefined) {
    return reject(rules, 'create.creator', 'the content names no creator');
  }
  if (rules.privilegedCreators && !areUserIds(content['additional_creators'])) {
    return reject(rules, 'create.additional_creators', 'additional_creators is not a list of user ids');
  }
  return allow;
}

const hasRoomId = ({ pdu }: RoomEvent): string | undefined =>
  pdu.room_id === undefined ? undefined : 'a create event has no room_id';

const isInForeignRoom = ({ roomId, sender }: RoomEvent): string | undefined =>
  domainOf(roomId) === domainOf(sender) ? undefined : `${sender} may not create ${roomId}`;

const isKnown = (version: unknown): boolean => typeof version === 'string' && roomVersionRules(version) !== undefined;

const areUserIds = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((id) => typeof id === 'string' && isUserId(id)));
