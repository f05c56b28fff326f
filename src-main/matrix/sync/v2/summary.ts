import type { RoomId, UserId } from '../../../spec/ids.js';
import { stringAt, type JsonObject } from '../../../base/json.js';
import type { Membership, RoomReader } from '../../events/index.js';

const HEROES = 5;

export interface Summary extends JsonObject {
  readonly 'm.heroes'?: UserId[];
  readonly 'm.joined_member_count': number;
  readonly 'm.invited_member_count': number;
}

/** How many are in a room, and for a room without a name who to name it after. */
export class Summaries {
  constructor(private readonly deps: { readonly reader: RoomReader }) {}

  async of(roomId: RoomId, userId: UserId): Promise<Summary> {
    const { reader } = this.deps;
    const { joined, invited } = await reader.counts(roomId);
    const counts = { 'm.joined_member_count': joined, 'm.invited_member_count': invited };
    const named = await reader.stateEntries(roomId, [
      ['m.room.name', ''],
      ['m.room.canonical_alias', ''],
    ]);
    const hasName = named.some(({ content }) => stringAt(content, 'name') || stringAt(content, 'alias'));
    return hasName ? counts : { 'm.heroes': await this.#heroes(roomId, userId), ...counts };
  }

  /** The first others who are joined or invited; where there are none, who was. */
  async #heroes(roomId: RoomId, userId: UserId): Promise<UserId[]> {
    const here = await this.deps.reader.members(roomId, ['join', 'invite'], HEROES + 1);
    const heroes = others(here, userId);
    if (heroes.length > 0) return heroes;
    return others(await this.deps.reader.members(roomId, ['leave', 'ban'], HEROES + 1), userId);
  }
}

const others = (members: readonly Membership[], userId: UserId): UserId[] =>
  members
    .map((member) => member.userId)
    .filter((other) => other !== userId)
    .slice(0, HEROES)
    .sort();
