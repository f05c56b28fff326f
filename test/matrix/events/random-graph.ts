import type { EventId, RoomVersion, UserId } from '../../../src-main/spec/ids.js';
import type { Events } from '../../../src-main/matrix/events/index.js';
import { GraphRoom, ME, type Said } from './graph-room.js';

const SERVERS = ['one.test', 'two.test', 'three.test'];
const NAMES = ['ann', 'ben', 'cy'];
const PEOPLE: readonly UserId[] = SERVERS.flatMap((server) => NAMES.map((name): UserId => `@${name}:${server}`));

type Random = () => number;
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

/** A room whose people talk, moderate each other and change the rules, on servers that often do not hear each other. */
export function randomRoom(version: RoomVersion, random: Random, steps: number): GraphRoom {
  const room = new GraphRoom(version);
  for (const person of PEOPLE.slice(0, 5)) room.member(person, 'join');
  const heads = new Map(SERVERS.map((server) => [server, room.leaves]));
  for (let step = 0; step < steps; step += 1) {
    const server = pick(random, SERVERS);
    const sender = random() < 0.3 ? room.creator : `@${pick(random, NAMES)}:${server}`;
    const prev = heads.get(server) ?? room.leaves;
    const made = room.make({
      ...randomSaid(random, room, sender as UserId),
      prev,
      later: Math.floor(random() * 3_000),
    });
    if (!room.allows(made)) continue;
    room.take(made);
    heads.set(server, [made.event.eventId]);
    // Now and then a server hears what others know.
    if (random() < 0.35)
      heads.set(server, merged(room, [...(heads.get(server) ?? []), ...(heads.get(pick(random, SERVERS)) ?? [])]));
  }
  return room;
}

/** Those that are no ancestors of others. */
function merged(room: GraphRoom, ids: readonly EventId[]): EventId[] {
  const different = [...new Set(ids)];
  return different.filter((id) => !different.some((other) => other !== id && isBefore(room, id, other)));
}

function isBefore(room: GraphRoom, id: EventId, later: EventId): boolean {
  const depth = room.events.get(id)?.depth ?? 0;
  const seen = new Set<EventId>();
  const open = [later];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === id) return true;
    const event = room.events.get(at);
    if (!event || event.depth <= depth || seen.size === seen.add(at).size) continue;
    open.push(...event.prevEvents);
  }
  return false;
}

function randomSaid(random: Random, room: GraphRoom, sender: UserId): Said {
  const target = pick(random, PEOPLE);
  const kind = random();
  if (kind < 0.2) return { sender, type: 'm.room.message', content: { body: 'x', msgtype: 'm.text' } };
  if (kind < 0.4) return member(sender, sender, 'join');
  if (kind < 0.45) return member(sender, sender, 'leave');
  if (kind < 0.55) return member(sender, target, 'leave');
  if (kind < 0.65) return member(sender, target, 'ban');
  if (kind < 0.72) return member(sender, target, 'invite');
  if (kind < 0.77) return state(sender, 'm.room.join_rules', { join_rule: pick(random, ['public', 'invite']) });
  if (kind < 0.9) return state(sender, 'm.room.power_levels', levels(random, room));
  return state(sender, 'm.room.topic', { topic: String(random()) });
}

const member = (sender: UserId, userId: UserId, membership: string): Said => ({
  sender,
  type: 'm.room.member',
  stateKey: userId,
  content: { membership },
});
const state = (sender: UserId, type: string, content: Said['content'] & object): Said => ({
  sender,
  type,
  stateKey: '',
  content,
});

function levels(random: Random, room: GraphRoom) {
  const people = PEOPLE.filter(() => random() < 0.4).map((person) => [person, pick(random, [0, 25, 50, 75])] as const);
  const creator = room.rules.privilegedCreators ? [] : [[room.creator, 100] as const];
  return { users: Object.fromEntries([...creator, ...people]), state_default: 25, events_default: 0, invite: 0 };
}

/**
 * Lets a server hear of all events after its join in a random order: mostly after what they follow, sometimes before it,
 * with the state that another server tells; what was missing then comes later.
 *
 * @returns those that failed softly
 */
export async function hearAll(
  room: GraphRoom,
  here: Events,
  join: EventId,
  random: Random,
): Promise<ReadonlySet<EventId>> {
  const softFailed = new Set<EventId>();
  const past = new Set(ancestors(room, join));
  const heard = new Set([join]);
  const after = [...room.events.keys()].filter((id) => !past.has(id));
  while (after.length > 0) {
    const ready = after.filter((id) => room.events.get(id)?.prevEvents.every((prev) => heard.has(prev)));
    const id = pick(random, random() < 0.12 || ready.length === 0 ? after : ready);
    const stateBefore = ready.includes(id) ? undefined : await tellState(room, here, id);
    const outcome = await room.send(here, id, stateBefore);
    if (outcome.outcome === 'rejected' || outcome.outcome === 'incomplete') {
      throw new Error(`${id} was ${outcome.outcome}: ${'why' in outcome ? outcome.why : ''}`);
    }
    if (outcome.outcome === 'soft-failed') softFailed.add(id);
    heard.add(id);
    after.splice(after.indexOf(id), 1);
  }
  return softFailed;
}

function ancestors(room: GraphRoom, id: EventId): EventId[] {
  const seen = new Set<EventId>();
  const open = [id];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.size === seen.add(at).size) continue;
    open.push(...(room.events.get(at)?.prevEvents ?? []));
  }
  return [...seen];
}

async function tellState(room: GraphRoom, here: Events, id: EventId): Promise<EventId[]> {
  const state = [...(room.stateBefore.get(id)?.values() ?? [])];
  const all = [...state, ...room.authChain([...state, id])];
  await here.intake.addOutliers(
    room.roomId,
    all.map((one) => room.of(one)),
  );
  return state;
}

/** A server's own person joins somewhere in the room; the others go on beside. */
export const joinAt = (room: GraphRoom, prev: readonly EventId[], userId: UserId = ME) =>
  room.member(userId, 'join', { prev });
