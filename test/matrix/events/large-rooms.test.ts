import { expect, it } from 'vitest';
import type { EventId, UserId } from '../../../src-main/spec/ids.js';
import { sqliteDatabases } from '../../support/databases.js';
import { GraphRoom, ME, serverOn, stateOn } from './graph-room.js';

/** `HEARTH_PEOPLE=20000 npx vitest run test/matrix/events/large-rooms` shows how it goes with many. */
const PEOPLE = Number(process.env['HEARTH_PEOPLE'] ?? 1_500);
const databases = sqliteDatabases();
const person = (n: number): UserId => `@person${n}:s${n % 50}.test`;

/** ms of CPU that this thread has used: others on the machine do not count. */
const cpu = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Runs `work` and tells for how long at most it held up everybody else, in ms of CPU. */
async function longestStall(what: string, work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = cpu();
  let isRunning = true;
  const look = () => {
    const now = cpu();
    longest = Math.max(longest, now - last);
    last = now;
    if (isRunning) setImmediate(look);
  };
  setImmediate(look);
  const started = performance.now();
  await work();
  isRunning = false;
  if (process.env['HEARTH_PEOPLE']) {
    const memory = Math.round(process.memoryUsage().rss / 1e6);
    const ms = Math.round(performance.now() - started);
    console.log(`${what}: ${ms} ms, longest stall ${Math.round(longest)} ms of CPU, ${memory} MB`);
  }
  return longest;
}

/** A room to which many are joined, each right after its beginning. */
function crowd(version: string) {
  const room = new GraphRoom(version);
  const base = room.leaves;
  const joins = Array.from({ length: PEOPLE }, (_, n) => {
    const said = { sender: person(n), type: 'm.room.member', stateKey: person(n), prev: base };
    return room.make({ ...said, content: { membership: 'join', displayname: `Person ${n}` } });
  });
  const first = [...room.checked.values()];
  const join = room.make({ sender: ME, type: 'm.room.member', stateKey: ME, content: { membership: 'join' } });
  const opened = { roomId: room.roomId, rules: room.rules, event: join, state: [...first, ...joins], authChain: first };
  return { room, base, joins, join, opened };
}

it('opens a room of many people without holding up everybody else', async () => {
  const here = serverOn(await databases.open());
  const { room, join, opened } = crowd('12');
  const progress: number[] = [];
  const stall = await longestStall('open', async () => {
    const onProgress = (done: number, of: number) => progress.push(done / of);
    expect(await here.intake.openRoom({ ...opened, onProgress })).toMatchObject({ outcome: 'accepted' });
  });
  expect(stall).toBeLessThan(50);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.at(-1)).toBe(1);
  expect(await here.reader.counts(room.roomId)).toEqual({ joined: PEOPLE + 2, invited: 0 });
  expect((await here.reader.serversIn(room.roomId)).length).toBe(51);
  expect(await stateOn(here, room.roomId)).toHaveLength(PEOPLE + 5);
  const stored = await here.reader.event(join.event.eventId);
  await longestStall('auth chain', async () => {
    const ids = (stored && (await here.graph.stateIdsBefore(stored))) ?? [];
    expect(ids).toHaveLength(PEOPLE + 4);
    expect(await here.graph.authChain(ids)).toHaveLength(4);
  });
}, 120_000);

it('resolves a fork of a room of many people by looking only at where it differs', async () => {
  const here = serverOn(await databases.open());
  const { room, base, join, opened } = crowd('11');
  await here.intake.openRoom(opened);
  room.take(join);
  const follow = { prev: [join.event.eventId] };
  const one = room.state('m.room.topic', '', { topic: 'one' }, follow);
  const two = room.member('@late:two.test', 'join', follow);
  const three = room.member('@later:three.test', 'invite', { sender: room.creator, ...follow });
  await longestStall('three forks', async () => {
    for (const event of [one, two, three]) expect(await room.send(here, event)).toMatchObject({ outcome: 'accepted' });
  });
  const back = room.member('@later:three.test', 'join', { prev: [three.eventId] });
  const again = room.message('@late:two.test', 'hello', { prev: [two.eventId, one.eventId] });
  await longestStall('ties', async () => {
    for (const event of [back, again]) expect(await room.send(here, event)).toMatchObject({ outcome: 'accepted' });
  });
  const members = await here.reader.counts(room.roomId);
  expect(members).toEqual({ joined: PEOPLE + 4, invited: 0 });
  expect(base).toHaveLength(1);
}, 120_000);

it('resolves forks in which very many members are in conflict', async () => {
  const here = serverOn(await databases.open());
  const { room, joins, opened } = crowd('11');
  const base = [...room.checked.values()];
  await here.intake.openRoom({ ...opened, state: base });
  room.take(opened.event);
  const told = [...base, opened.event];
  await here.intake.addOutliers(room.roomId, joins);
  const tell = async (some: readonly { event: { eventId: EventId } }[], sender: UserId) => {
    const message = room.make({
      sender: room.creator,
      type: 'm.room.message',
      content: { body: sender },
      prev: ['$unknown'],
      depth: 50,
      auth: told.slice(0, 3).map(({ event }) => event.eventId),
    });
    const state = [...told, ...some].map(({ event }) => event.eventId);
    return here.intake.append(message, { origin: 'one.test', stateBefore: state });
  };
  const half = Math.floor(PEOPLE / 2);
  const stall = await longestStall('conflicts', async () => {
    expect(await tell(joins.slice(0, half), '@a:one.test')).toMatchObject({ outcome: 'accepted' });
    expect(await tell(joins.slice(half), '@b:one.test')).toMatchObject({ outcome: 'accepted' });
  });
  expect(stall).toBeLessThan(50);
  expect(await here.reader.counts(room.roomId)).toEqual({ joined: PEOPLE + 2, invited: 0 });
}, 120_000);
