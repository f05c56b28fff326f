import { objectAt, stringAt } from '../../../base/json.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import { membershipIn } from '../../../spec/state-view.js';
import type { RoomReader, StoredEvent } from '../../events/index.js';

/** People of this server for whom a room takes another's place. */
export interface Succession {
  readonly from: RoomId;
  readonly to: RoomId;
  readonly userIds: readonly UserId[];
}

/**
 * Whether an event makes a room take another's place for somebody: for all who are in a room when it ends, if the new
 * room says the same, and for whoever comes into the new room later. What belongs to the old room is theirs in the new.
 */
export async function successionBy(event: StoredEvent, reader: RoomReader): Promise<Succession | undefined> {
  if (event.stateKey === undefined) return undefined;
  if (event.type === 'm.room.tombstone') return endOf(event, reader);
  if (event.type === 'm.room.member') return arrivalBy(event, reader);
  return undefined;
}

async function endOf(event: StoredEvent, reader: RoomReader): Promise<Succession | undefined> {
  const to = stringAt(event.content, 'replacement_room') as RoomId | undefined;
  if (to === undefined || (await predecessorOf(to, reader)) !== event.roomId) return undefined;
  const members = await reader.members(event.roomId, ['join']);
  const userIds = members.filter(({ isLocal }) => isLocal).map(({ userId }) => userId);
  return { from: event.roomId, to, userIds };
}

async function arrivalBy(event: StoredEvent, reader: RoomReader): Promise<Succession | undefined> {
  if (membershipIn(event.content) !== 'join') return undefined;
  const from = await predecessorOf(event.roomId, reader);
  if (from === undefined) return undefined;
  const userId = event.stateKey as UserId;
  const [before, standing] = [await reader.previousState([event]), await reader.membership(event.roomId, userId)];
  const wasThere = membershipIn(before.get(event.nid)?.content ?? {}) === 'join';
  return wasThere || !standing?.isLocal ? undefined : { from, to: event.roomId, userIds: [userId] };
}

async function predecessorOf(roomId: RoomId, reader: RoomReader): Promise<RoomId | undefined> {
  const create = await reader.state(roomId, ['m.room.create', '']);
  return stringAt(objectAt(create?.content, 'predecessor'), 'room_id') as RoomId | undefined;
}
