import type { UserId } from './ids.js';

/** Most members that a room without a name is named after. */
export const MAX_HEROES = 5;

/**
 * The members after whom a reader's client names a room without a name.
 *
 * @param members joined and invited, in the order in which they came to be so; more than six are not looked at
 * @param former banned and left, for a room in which nobody else is
 * @returns at most five, never the reader
 * @see https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync `m.heroes`
 */
export function heroesFor(reader: UserId, members: readonly UserId[], former: readonly UserId[]): UserId[] {
  const others = (users: readonly UserId[]) => users.filter((user) => user !== reader).slice(0, MAX_HEROES);
  const present = others(members);
  return present.length > 0 ? present : others(former);
}

/** Somebody in a room. */
export interface Hero {
  readonly userId: UserId;
  readonly displayName: string | undefined;
}

export interface NameParts {
  /** `name` of `m.room.name` */
  readonly name: string | undefined;
  /** `alias` of `m.room.canonical_alias` */
  readonly canonicalAlias: string | undefined;
  readonly heroes: readonly Hero[];
  /** joined and invited, the reader among them */
  readonly memberCount: number;
}

/**
 * What to call a room where the server must: in notifications, e-mails and lists.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#calculating-the-display-name-for-a-room
 */
export function roomName({ name, canonicalAlias, heroes, memberCount }: NameParts): string {
  if (name) return name;
  if (canonicalAlias) return canonicalAlias;
  const names = distinctNames(heroes);
  if (memberCount <= 1) return names.length === 0 ? 'Empty room' : `Empty room (was ${listed(names)})`;
  const unnamed = memberCount - 1 - names.length;
  if (names.length === 0) return `${unnamed} ${unnamed === 1 ? 'person' : 'people'}`;
  return unnamed > 0 ? listed([...names, `${unnamed} ${unnamed === 1 ? 'other' : 'others'}`]) : listed(names);
}

/** Display names; where two have the same, each with its id. */
function distinctNames(heroes: readonly Hero[]): string[] {
  const names = heroes.map(({ userId, displayName }) => displayName?.trim() || userId);
  return heroes.map(({ userId }, at) => {
    const name = names[at] ?? userId;
    return name !== userId && names.indexOf(name) !== names.lastIndexOf(name) ? `${name} (${userId})` : name;
  });
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
