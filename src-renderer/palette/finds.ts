import { Globe, type LucideIcon, User } from 'lucide-react';
import { useQuery } from '../control/use-control.js';
import { personPath, shownName } from '../screens/people/shown-name.js';
import { serverPath, shownServer } from '../screens/servers/server-words.js';
import { useText } from '../text/use-text.js';
import { PLACES } from './places.js';

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

/** Of people and of servers, each. */
const MOST = 6;

/** Screens, people and servers whose name has `wanted` in it; every screen while nothing is wanted. */
export function useFinds(wanted: string): Find[] {
  const text = useText();
  const search = wanted.trim().toLowerCase();
  const people = useQuery('people.list', { search });
  const servers = useQuery('servers.list', { search });
  const places = PLACES.map(({ path, icon, label }) => ({ path, icon, words: text(label), more: '', isName: false }));
  const found: Find[] = places.filter(({ words }) => words.toLowerCase().includes(search));
  if (search === '') return found;
  if (people.state === 'ready')
    for (const person of people.value.people.slice(0, MOST))
      found.push({
        path: personPath(person),
        icon: User,
        words: shownName(person),
        more: person.userId,
        isName: true,
      });
  if (servers.state === 'ready')
    for (const { serverName } of servers.value.servers.slice(0, MOST))
      found.push({ path: serverPath(serverName), icon: Globe, words: shownServer(serverName), more: '', isName: true });
  return found;
}
