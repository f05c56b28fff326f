import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Membership, RoomReader } from '../../events/index.js';
import type { Hero } from './request.js';

const HEROES = 5;

/** The first others in a room, with their names there: what a room without a name is called after. */
export async function heroesOf(reader: RoomReader, roomId: RoomId, viewer: UserId): Promise<Hero[]> {
  const here = others(await reader.members(roomId, ['join'], HEROES + 1), viewer);
  const invited = here.length < HEROES ? others(await reader.members(roomId, ['invite'], HEROES + 1), viewer) : [];
  const present = [...here, ...invited].slice(0, HEROES);
  if (present.length > 0) return present.map(heroOf);
  return others(await reader.members(roomId, ['leave', 'ban'], HEROES + 1), viewer)
    .slice(0, HEROES)
    .map(heroOf);
}

const others = (members: readonly Membership[], viewer: UserId): Membership[] =>
  members.filter(({ userId }) => userId !== viewer);

const heroOf = ({ userId, displayName, avatarUrl }: Membership): Hero => ({
  user_id: userId,
  ...(displayName !== undefined && { displayname: displayName }),
  ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
});
