import type { Person } from '../../../src-main/control/contract.js';
import { shown } from '../../components/shown.js';

/** A person's name as it is safe to show. */
export function shownName({ displayName, userId }: Pick<Person, 'displayName' | 'userId'>): string {
  const name = shown(displayName ?? '');
  return name === '' ? shown(userId.slice(1, userId.indexOf(':'))) : name;
}

/** Where one person is looked after. */
export const personPath = ({ userId }: { readonly userId: string }): string =>
  `/people/person/${encodeURIComponent(userId)}`;

/** What stands in a place's address as it is called; addresses that somebody typed may be as they are. */
export function fromAddress(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
