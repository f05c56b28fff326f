import type { RoomNames } from '../../../src-main/control/contract.js';
import { shown } from '../../components/shown.js';
import type { Text } from '../../text/use-text.js';

/** What to call a room: its name, its address, or who is in it. */
export function largestRoomName(text: Text, { name, alias, people }: RoomNames): string {
  const own = shown(name ?? '') || shown(alias ?? '');
  if (own !== '') return own;
  return people.length === 0 ? text('rooms.nameless') : text.list(people.map((person) => shown(person, 40)));
}

export const largestRoomPath = ({ roomId }: RoomNames): string => `/rooms/${encodeURIComponent(roomId)}`;
