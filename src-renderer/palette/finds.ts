import { Globe, type LucideIcon, MessagesSquare, User } from 'lucide-react';
import { shown } from '../components/shown.js';
import { useQuery } from '../control/use-control.js';
import { personPath, shownName } from '../screens/people/shown-name.js';
import { roomName, roomPath } from '../screens/rooms/room-words.js';
import { serverPath, shownServer } from '../screens/servers/server-words.js';
import { useText } from '../text/use-text.js';
import { PLACES, sectionOf } from './places.js';

/** Something to go to. */
export interface Find {
  readonly path: string;
  readonly icon: LucideIcon;
  readonly words: string;
  /** what tells it from others of that name */
  readonly more: string;
  /** somebody gave it this name: no words of ours */
  readonly isName: boolean;
}

/** Of people, of rooms and of servers, each. */
const MOST = 6;

/** Screens, people, rooms and servers whose name has `wanted` in it; every section while nothing is wanted. */
export function useFinds(wanted: string): Find[] {
  const search = wanted.trim().toLowerCase();
  const places = usePlaces(search);
  const people = usePeople(search);
  const rooms = useRooms(search);
  const servers = useServers(search);
  return search === '' ? places : [...places, ...people, ...rooms, ...servers];
}

/** Pages are found by their own name; that of their section tells them from others. */
function usePlaces(search: string): Find[] {
  const text = useText();
  return PLACES.filter(({ isSection, label }) =>
    search === '' ? isSection : text(label).toLowerCase().includes(search),
  ).map((place) => {
    const section = sectionOf(place);
    const { path, icon, label } = place;
    return { path, icon, words: text(label), more: section ? text(section.label) : '', isName: false };
  });
}

function usePeople(search: string): Find[] {
  const people = useQuery('people.list', { search });
  if (people.state !== 'ready') return [];
  return people.value.people.slice(0, MOST).map((person) => ({
    path: personPath(person),
    icon: User,
    words: shownName(person),
    more: person.userId,
    isName: true,
  }));
}

function useRooms(search: string): Find[] {
  const text = useText();
  const rooms = useQuery('rooms.list', { search });
  if (rooms.state !== 'ready') return [];
  return rooms.value.rooms.slice(0, MOST).map((room) => ({
    path: roomPath(room.roomId),
    icon: MessagesSquare,
    words: roomName(text, room),
    more: shown(room.alias ?? room.roomId),
    isName: true,
  }));
}

function useServers(search: string): Find[] {
  const servers = useQuery('servers.list', { search });
  if (servers.state !== 'ready') return [];
  return servers.value.servers.slice(0, MOST).map(({ serverName }) => ({
    path: serverPath(serverName),
    icon: Globe,
    words: shownServer(serverName),
    more: '',
    isName: true,
  }));
}
