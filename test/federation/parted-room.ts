import { expect } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import type { TestUser } from '../support/test-client.js';
import type { Inhabitants } from './random-history.js';

/** The people of a server. */
export async function inhabit(server: { register(name: string): Promise<TestUser> }): Promise<Inhabitants> {
  return {
    moderator: await server.register('moderator'),
    member: await server.register('member'),
    observer: await server.register('observer'),
  };
}

/** A room of one's moderator with everybody in it, of whom all servers have heard. */
export async function openRoom(version: string, everybody: readonly Inhabitants[], home = 0): Promise<RoomId> {
  const host = everybody[home]?.moderator;
  if (!host) throw new Error('nobody makes the room');
  const roomId = await host.createRoom({ preset: 'public_chat', room_version: version });
  const via = host.userId.slice(host.userId.indexOf(':') + 1);
  for (const { moderator, member, observer } of everybody) {
    for (const user of [moderator, member, observer]) if (user !== host) await user.join(roomId, via);
  }
  const levels = await host.stateContent(roomId, 'm.room.power_levels');
  const others = everybody.map(({ moderator }) => moderator).filter((moderator) => moderator !== host);
  const users = Object.fromEntries(others.map(({ userId }) => [userId, 50]));
  const wanted = { ...levels, users: { ...levels.users, ...users }, invite: 0 };
  await host.setState(roomId, 'm.room.power_levels', wanted);
  await expect
    .poll(async () => new Set(await Promise.all(everybody.map(({ observer }) => arrivals(roomId, observer)))))
    .toEqual(new Set([everybody.length * 3]));
  return roomId;
}

/** How many are in the room once the levels stand: joins that a fork had overtaken would not count in the end. */
async function arrivals(roomId: RoomId, observer: TestUser): Promise<number> {
  const state = await observer.state(roomId);
  const levels = state.find(({ type }) => type === 'm.room.power_levels')?.content;
  const isJoined = ({ type, content }: { type: string; content: any }) =>
    type === 'm.room.member' && content.membership === 'join';
  return levels?.invite === 0 ? state.filter(isJoined).length : 0;
}

/** Somebody on each server asks for somebody on each other one, which tells the servers that they are back. */
export async function meetAgain(everybody: readonly Inhabitants[]): Promise<void> {
  for (const { observer } of everybody) {
    for (const other of everybody) await observer.get(`/profile/${encodeURIComponent(other.observer.userId)}`);
  }
}

/** `type key event_id`, sorted. */
export async function stateOf(roomId: RoomId, observer: TestUser): Promise<string[]> {
  const state = await observer.state(roomId);
  return state.map((event) => `${event.type} ${event.state_key} ${event.event_id}`).sort();
}
