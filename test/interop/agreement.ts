import { expect } from 'vitest';
import type { EventId, RoomId } from '../../src-main/spec/ids.js';
import type { TestUser } from '../support/test-client.js';

/** Waits until both people, who are in the room on different servers, see the same members, state and messages. */
export async function expectAgreement(roomId: RoomId, one: TestUser, other: TestUser): Promise<void> {
  await expect.poll(() => stateOf(roomId, one), { timeout: 20_000 }).toEqual(await stateOf(roomId, other));
  const theirs = await historyOf(roomId, other);
  await expect.poll(() => historyOf(roomId, one), { timeout: 20_000 }).toEqual(theirs);
}

/** `type key -> event id`, sorted. */
async function stateOf(roomId: RoomId, user: TestUser): Promise<string[]> {
  const state = await user.state(roomId);
  return state.map((event) => `${event.type} ${event.state_key} ${event.event_id}`).sort();
}

/** All events' ids that paging back from now gives, sorted. */
export async function historyOf(roomId: RoomId, user: TestUser): Promise<EventId[]> {
  const ids = new Set<EventId>();
  let from: string | undefined;
  for (let page = 0; page < 50; page++) {
    const { chunk, end } = await user.messages(roomId, { dir: 'b', limit: 100, from });
    for (const event of chunk) ids.add(event.event_id);
    if (end === undefined || end === from) break;
    from = end;
  }
  return [...ids].sort();
}

/** Waits until paging back shows a message with this body. */
export async function expectMessage(roomId: RoomId, user: TestUser, body: string): Promise<void> {
  await expect
    .poll(async () => (await user.messages(roomId, { dir: 'b', limit: 30 })).chunk.map((e) => e.content.body), {
      timeout: 15_000,
    })
    .toContain(body);
}
