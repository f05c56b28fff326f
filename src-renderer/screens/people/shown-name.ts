import type { Person } from '../../../src-main/control/contract.js';

const LONGEST = 64;

/** A person's name as it is safe to show: people write what they like, so no control or direction marks, and not long. */
export function shownName({ displayName, userId }: Pick<Person, 'displayName' | 'userId'>): string {
  const clean = [...(displayName ?? '')]
    .filter((letter) => !/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u.test(letter))
    .join('')
    .trim();
  const name = clean === '' ? userId.slice(1, userId.indexOf(':')) : clean;
  return name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
}
