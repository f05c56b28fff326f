import type { RoomId } from '../../src-main/spec/ids.js';
import type { TestUser } from '../support/test-client.js';

/** People of a partition test: on each server a moderator, a member, and an observer whom nobody touches. */
export interface Inhabitants {
  readonly moderator: TestUser;
  readonly member: TestUser;
  readonly observer: TestUser;
}

/** A number in [0, 1). */
export type Random = () => number;

/** What somebody tries; what the rules refuse is no step. */
export type Step = (roomId: RoomId) => Promise<unknown>;

const RULES = ['public', 'invite'] as const;

/** One thing that somebody does in a room, chosen by `random`: talk, moderate, or change what the room is. */
export function randomStep(random: Random, everybody: readonly Inhabitants[]): Step {
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const actor = pick([pick(everybody).moderator, pick(everybody).moderator, pick(everybody).member]);
  const target = pick([pick(everybody).moderator, pick(everybody).member]);
  const mark = String(Math.floor(random() * 1e9));
  const level = pick([0, 25, 50, 75]);
  const rule = pick(RULES);
  const via = serverOf(pick(everybody).moderator);
  return pick<Step>([
    (roomId) => actor.say(roomId, mark),
    (roomId) => actor.setState(roomId, 'm.room.topic', { topic: mark }),
    (roomId) => actor.setState(roomId, 'm.room.name', { name: mark }),
    (roomId) => actor.setState(roomId, 'm.room.join_rules', { join_rule: rule }),
    (roomId) => actor.moderate('kick', roomId, target.userId, mark),
    (roomId) => actor.moderate('ban', roomId, target.userId, mark),
    (roomId) => actor.moderate('unban', roomId, target.userId, mark),
    (roomId) => actor.invite(roomId, target),
    (roomId) => setLevel(actor, roomId, target, level),
    (roomId) => setLevel(actor, roomId, target, level),
    (roomId) => target.leave(roomId, mark),
    (roomId) => target.join(roomId, via),
  ]);
}

async function setLevel(actor: TestUser, roomId: RoomId, target: TestUser, level: number): Promise<void> {
  const levels = await actor.stateContent(roomId, 'm.room.power_levels');
  await actor.setState(roomId, 'm.room.power_levels', {
    ...levels,
    users: { ...levels.users, [target.userId]: level },
  });
}

const serverOf = ({ userId }: TestUser): string => userId.slice(userId.indexOf(':') + 1);
