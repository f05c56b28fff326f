import { stringAt } from '../../base/json.js';
import type { Milliseconds } from '../../base/clock.js';
import type { RoomCare } from '../../matrix/rooms/index.js';
import { powerLevelsOf } from '../../spec/power-levels.js';
import type { StateKey } from '../../spec/event.js';
import type { RoomId } from '../../spec/ids.js';
import { creatorIn } from '../../spec/state-view.js';
import type { RoomDetail, RoomPeople, RoomPerson, RoomRow } from '../contract.js';

const DAY: Milliseconds = 86_400_000;
const DAYS = 14;
const MOST_SERVERS = 100;
const MOST_PEOPLE = 300;
const SHOWN: readonly StateKey[] = [
  ['m.room.create', ''],
  ['m.room.topic', ''],
  ['m.room.join_rules', ''],
  ['m.room.history_visibility', ''],
  ['m.room.guest_access', ''],
];
const LEVELS: readonly StateKey[] = [
  ['m.room.create', ''],
  ['m.room.power_levels', ''],
];
const LONGEST_TOPIC = 1_000;

/** One room, with what its state says in the console's words. */
export async function roomDetail(rooms: RoomCare, row: RoomRow, now: Milliseconds): Promise<RoomDetail> {
  const { reader, graph, figures, directory } = rooms;
  const { roomId } = row;
  const state = await reader.stateView(roomId, SHOWN);
  const text = (type: string, key: string) => stringAt(state.get(type, '')?.content, key);
  const create = state.get('m.room.create', '');
  const [servers, leaves, days, types, aliases] = await Promise.all([
    figures.servers(roomId, MOST_SERVERS),
    graph.leaves(roomId),
    figures.days(roomId, now - DAYS * DAY),
    figures.types(roomId),
    directory.named(roomId),
  ]);
  return {
    room: row,
    topic: text('m.room.topic', 'topic')?.slice(0, LONGEST_TOPIC),
    creator: create && creatorIn(create),
    createdAt: create?.originServerTs,
    joinRule: text('m.room.join_rules', 'join_rule') ?? 'invite',
    historyVisibility: text('m.room.history_visibility', 'history_visibility') ?? 'shared',
    guestsMayJoin: text('m.room.guest_access', 'guest_access') === 'can_join',
    aliases,
    servers: servers.largest.map(({ server, people }) => ({ serverName: server, people })),
    serverCount: servers.count,
    forks: leaves.length,
    days: everyDay(days, now),
    types,
  };
}

/** Days on which nothing was said count too. */
function everyDay(known: ReadonlyMap<number, number>, now: Milliseconds): RoomDetail['days'] {
  const today = Math.floor(now / DAY);
  return Array.from({ length: DAYS }, (_, index) => today - DAYS + 1 + index).map((day) => ({
    day: day * DAY,
    events: known.get(day) ?? 0,
  }));
}

/** Who is in a room: those of this server first, and those who may do more. */
export async function roomPeople({ reader }: RoomCare, roomId: RoomId): Promise<RoomPeople> {
  const local = await reader.localMembers(roomId, MOST_PEOPLE);
  const all = await reader.members(roomId, ['join', 'invite', 'knock'], MOST_PEOPLE + 1);
  const levels = powerLevelsOf(await reader.stateView(roomId, LEVELS));
  const members = [...new Map([...local, ...all].map((member) => [member.userId, member])).values()];
  const people = members.slice(0, MOST_PEOPLE).map(({ userId, displayName, membership, isLocal }): RoomPerson => {
    const level = levels.powerOf(userId);
    return {
      userId,
      displayName,
      membership: membership === 'invite' || membership === 'knock' ? membership : 'join',
      isLocal,
      role: level >= 100 ? 'admin' : level >= 50 ? 'moderator' : 'person',
    };
  });
  return { people, isMore: members.length > MOST_PEOPLE };
}
