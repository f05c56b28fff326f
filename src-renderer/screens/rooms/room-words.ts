import type { RoomNames } from '../../../src-main/control/contract.js';
import { shown } from '../../components/shown.js';
import type { Text } from '../../text/use-text.js';

/** What to call a room: its name, its address, or who is in it. */
export function roomName(text: Text, { name, alias, people }: RoomNames): string {
  const own = shown(name ?? '') || shown(alias ?? '');
  if (own !== '') return own;
  const names = people.map((person) => shown(person, 40)).filter((person) => person !== '');
  return names.length === 0 ? text('rooms.nameless') : text.list(names);
}

/** Where a room is shown. Ids have signs that addresses do not. */
export const roomPath = (roomId: string): string => `/rooms/${encodeURIComponent(roomId)}`;

const TYPES: Readonly<Record<string, 'message' | 'encrypted' | 'member' | 'reaction' | 'redaction'>> = {
  'm.room.message': 'message',
  'm.room.encrypted': 'encrypted',
  'm.room.member': 'member',
  'm.reaction': 'reaction',
  'm.room.redaction': 'redaction',
};

/** The kind of an event in plain words; its own name where there are none. */
export function typeName(text: Text, type: string): string {
  const known = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  return known === undefined ? shown(type) : text(`room.type-${known}`);
}
