import type { Person } from '../../../src-main/control/contract.js';
import { shown } from '../../components/shown.js';

/** A person's name as it is safe to show. */
export function shownName({ displayName, userId }: Pick<Person, 'displayName' | 'userId'>): string {
  const name = shown(displayName ?? '');
  return name === '' ? shown(userId.slice(1, userId.indexOf(':'))) : name;
}
