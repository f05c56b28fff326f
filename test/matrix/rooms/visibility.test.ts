import { expect, it } from 'vitest';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import type { TestEvent, TestUser } from '../../support/test-client.js';
import { segment, sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();

/** What was said, in order; each reader comes and goes between. */
const SAID = ['at first', 'invited', 'joined', 'left'] as const;

/** Who reads: what they did after each message, in order. */
const READERS = {
  'who is there all the time': ['join', '', '', ''],
  'who is invited and joins': ['', 'invite', 'join', ''],
  'who joins late': ['', '', '', 'join'],
  'who leaves': ['', 'invite', 'join', 'leave'],
  'who is banned': ['', 'invite', 'join', 'ban'],
  'who stays invited': ['', 'invite', '', ''],
  'who refuses an invitation': ['', 'invite', 'leave', ''],
  'who never was there': ['', '', '', ''],
} as const;

type Reader = keyof typeof READERS;

/** Who may see which of the messages, by history visibility; the letters are those of what was said. */
const SEEN: readonly (readonly [string, Reader, string])[] = [
  ['world_readable', 'who is there all the time', 'aijl'],
  ['world_readable', 'who is invited and joins', 'aijl'],
  ['world_readable', 'who joins late', 'aijl'],
  ['world_readable', 'who leaves', 'aijl'],
  ['world_readable', 'who is banned', 'aijl'],
  ['world_readable', 'who stays invited', 'aijl'],
  ['world_readable', 'who refuses an invitation', 'aijl'],
  ['world_readable', 'who never was there', 'aijl'],
  ['shared', 'who is there all the time', 'aijl'],
  ['shared', 'who is invited and joins', 'aijl'],
  ['shared', 'who joins late', 'aijl'],
  ['shared', 'who leaves', 'aij'],
  ['shared', 'who is banned', 'aij'],
  ['shared', 'who stays invited', ''],
  ['shared', 'who refuses an invitation', ''],
  ['shared', 'who never was there', ''],
  ['invited', 'who is there all the time', 'aijl'],
  ['invited', 'who is invited and joins', 'ijl'],
  ['invited', 'who joins late', ''],
  ['invited', 'who leaves', 'ij'],
  ['invited', 'who is banned', 'ij'],
  ['invited', 'who stays invited', 'ijl'],
  ['invited', 'who refuses an invitation', 'i'],
  ['invited', 'who never was there', ''],
  ['joined', 'who is there all the time', 'aijl'],
  ['joined', 'who is invited and joins', 'jl'],
  ['joined', 'who joins late', ''],
  ['joined', 'who leaves', 'j'],
  ['joined', 'who is banned', 'j'],
  ['joined', 'who stays invited', ''],
  ['joined', 'who refuses an invitation', ''],
  ['joined', 'who never was there', ''],
];

/**
 * Tells the story: before each message the reader does what READERS says. `left` is said after the reader left; who
 * joins late does so after all was said.
 */
async function tell(visibility: string, steps: readonly string[]) {
  const [alice, reader] = [await town.person('alice'), await town.person('reader')];
  const roomId = await alice.createRoom({
    preset: 'public_chat',
    initial_state: [{ type: 'm.room.history_visibility', content: { history_visibility: visibility } }],
  });
  const joinsLate = steps[3] === 'join';
  const said: EventId[] = [];
  for (const [index, what] of SAID.entries()) {
    if (!joinsLate) await step(alice, reader, roomId, steps[index] ?? '');
    said.push(await alice.say(roomId, what));
  }
  if (joinsLate) await reader.join(roomId);
  return { reader, roomId, said };
}

async function step(alice: TestUser, reader: TestUser, roomId: RoomId, what: string): Promise<void> {
  if (what === 'join') await reader.join(roomId);
  if (what === 'leave') await reader.leave(roomId);
  if (what === 'invite' || what === 'ban') await alice.moderate(what, roomId, reader.userId);
}

const initials = (events: readonly TestEvent[]) =>
  SAID.filter((what) => events.some(({ content }) => content.body === what))
    .map((what) => what[0])
    .join('');

it.each(SEEN)('in a room of visibility %s somebody %s sees %s', async (visibility, who, seen) => {
  const { reader, roomId, said } = await tell(visibility, READERS[who]);
  const base = `/rooms/${segment(roomId)}`;
  const replies = await Promise.all(said.map((eventId) => reader.get(`${base}/event/${segment(eventId)}`)));
  expect(initials(replies.flatMap(({ status, body }) => (status === 200 ? [body] : [])))).toBe(seen);

  const contexts = await Promise.all(said.map((eventId) => reader.get(`${base}/context/${segment(eventId)}`)));
  const around = contexts.flatMap(({ status, body }) =>
    status === 200 ? [...body.events_before, body.event, ...body.events_after] : [],
  );
  expect(initials(around)).toBe(seen);

  // Pages end where somebody left, even where the world may read on.
  const page = await reader.get(`${base}/messages`, { dir: 'b', limit: 100 });
  const hasLeft = READERS[who][3] === 'leave' || READERS[who][3] === 'ban';
  const paged = hasLeft ? seen.replace('l', '') : seen;
  if (page.status === 200) expect(initials(page.body.chunk)).toBe(paged);
  else expect([page.status, who === 'who never was there' || who.includes('invit')]).toEqual([403, true]);
});

it('decides by the visibility that held when something was said', async () => {
  const alice = await town.person('alice');
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  const visible = (history_visibility: string) =>
    alice.setState(roomId, 'm.room.history_visibility', { history_visibility });
  await alice.say(roomId, 'shared');
  await visible('joined');
  await alice.say(roomId, 'joined');
  await visible('world_readable');
  await alice.say(roomId, 'world');
  await visible('invited');
  await alice.say(roomId, 'invited');
  await visible('shared');
  const bob = await town.person('bob');
  await bob.join(roomId);
  const { chunk } = await bob.messages(roomId, { dir: 'f', limit: 100 });
  expect(chunk.flatMap(({ content }) => content.body ?? [])).toEqual(['shared', 'world']);
});
