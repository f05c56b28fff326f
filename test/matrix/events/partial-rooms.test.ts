import { expect, it } from 'vitest';
import type { CheckedEvent, Events } from '../../../src-main/matrix/events/index.js';
import type { RoomEvent } from '../../../src-main/spec/event.js';
import type { EventId, UserId } from '../../../src-main/spec/ids.js';
import { domainOf, stateMapKey } from '../../../src-main/spec/state-view.js';
import { describeEachDatabase } from '../../support/databases.js';
import { seededRandom } from '../../support/seeded-random.js';
import { GraphRoom, ME, serverOn, stateOn, timelineOn } from './graph-room.js';

const PEOPLE = 6;
const person = (n: number): UserId => `@person${n}:s${n}.test`;
/** `HEARTH_HISTORIES=500 npx vitest run test/matrix/events/partial-rooms` tries more. */
const HISTORIES = Number(process.env['HEARTH_HISTORIES'] ?? 8);

/** A room with some people, of whom one may do more, and another was banned who might; and our join. */
function crowd(version: string) {
  const room = new GraphRoom(version);
  for (let n = 0; n < PEOPLE; n += 1) room.member(person(n), 'join');
  const users = { ...(room.rules.privilegedCreators ? {} : { [room.creator]: 100 }), [person(0)]: 50, [person(1)]: 50 };
  room.state('m.room.power_levels', '', { users, invite: 0, events: { 'm.room.topic': 0 } });
  const [stale = '$'] = [
    room.resolved([...room.stateAfter.values()].slice(-1)).get(stateMapKey('m.room.member', person(1))),
  ];
  room.member(person(1), 'ban', { sender: room.creator });
  const join = room.make({ sender: ME, type: 'm.room.member', stateKey: ME, content: { membership: 'join' } });
  const before = [...room.resolved(room.leaves.flatMap((id) => room.stateAfter.get(id) ?? [])).values()];
  room.take(join);
  return { room, join, stale: stale as EventId, before: before.map((id) => room.of(id)) };
}
type Crowd = ReturnType<typeof crowd>;

const isMember = ({ event }: CheckedEvent) => event.type === 'm.room.member';

/** Lets this server into the room, with all of its state or without the members. */
async function open(here: Events, { room, join, before }: Crowd, isPartial: boolean): Promise<void> {
  const state = isPartial ? before.filter((event) => !isMember(event)) : before;
  const ids = [...state, join].map(({ event }) => event.eventId);
  const servers = before.filter(isMember).map(({ event }) => domainOf(event.stateKey ?? ''));
  const opened = await here.intake.openRoom({
    roomId: room.roomId,
    rules: room.rules,
    event: join,
    state,
    authChain: room.authChain(ids).map((id) => room.of(id)),
    ...(isPartial && { partial: { via: 'one.test', servers } }),
  });
  expect(opened).toMatchObject({ outcome: 'accepted' });
}

/** What others do after our join: on branches, some of it forbidden, some by somebody who is banned. */
function history({ room, join, stale }: Crowd, seed: number): CheckedEvent[] {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const events: CheckedEvent[] = [];
  let leaves: EventId[] = [join.event.eventId];
  for (let n = 0; n < 14; n += 1) {
    const sender = pick([room.creator, ...Array.from({ length: PEOPLE }, (_, each) => person(each))]);
    const target = person(Math.floor(random() * PEOPLE));
    const prev = leaves.length > 1 && random() < 0.5 ? leaves : [pick(leaves)];
    const draft = pick([
      { type: 'm.room.message', content: { body: `${n}` } },
      { type: 'm.room.topic', stateKey: '', content: { topic: `${n}` } },
      { type: 'm.room.member', stateKey: target, content: { membership: pick(['ban', 'leave']) } },
      { type: 'm.room.member', stateKey: sender, content: { membership: pick(['join', 'leave']) } },
    ]);
    const said = { ...draft, sender, prev };
    const fair = room.make(said);
    const auth = fair.event.authEvents.filter((id) => room.events.get(id)?.stateKey !== person(1));
    const checked = sender === person(1) ? room.make({ ...said, auth: [...auth, stale] }) : fair;
    // The model keeps what is allowed by all of the state; others make more.
    if (room.allows(checked)) {
      room.take(checked);
      leaves = random() < 0.4 ? [...leaves, checked.event.eventId].slice(-2) : [checked.event.eventId];
    }
    events.push(checked);
  }
  return events;
}

async function take(here: Events, events: readonly CheckedEvent[], { room }: Crowd): Promise<void> {
  for (const checked of events) {
    const needed = room.authChain([checked.event.eventId]).filter((id) => room.checked.has(id));
    const named = [...checked.event.authEvents, ...room.authChain(checked.event.authEvents), ...needed];
    await here.intake.addOutliers(
      room.roomId,
      [...new Set(named)].flatMap((id) => room.checked.get(id) ?? []),
    );
    await here.intake.append(checked, { origin: domainOf(checked.event.sender) });
  }
}

async function complete(here: Events, { room, before }: Crowd) {
  const stateIds = before.map(({ event }) => event.eventId);
  const chain = room.authChain(stateIds).map((id) => room.of(id));
  await here.intake.addOutliers(room.roomId, [...chain, ...before]);
  return here.intake.completeRoom({ roomId: room.roomId, stateIds });
}

const ids = (events: readonly RoomEvent[]) => events.map(({ eventId }) => eventId).sort();

describeEachDatabase('a room whose members come later', (databases) => {
  it('has them in the end, with their servers, and what came meanwhile', async () => {
    const here = serverOn(await databases.open());
    const given = crowd('10');
    const { room } = given;
    await open(here, given, true);
    expect(await here.reader.isPartial(room.roomId)).toBe(true);
    expect(await here.reader.counts(room.roomId)).toEqual({ joined: 1, invited: 0 });
    expect((await here.reader.serversIn(room.roomId)).sort()).toContain('s3.test');
    const leave = room.member(person(3), 'leave');
    await take(here, [room.of(leave.eventId)], given);
    expect(await here.reader.isServerIn(room.roomId, 's3.test')).toBe(true);
    expect(await complete(here, given)).toBe('complete');
    expect(await here.reader.isPartial(room.roomId)).toBe(false);
    expect(await stateOn(here, room.roomId)).toEqual(room.stateOf());
    expect(await here.reader.counts(room.roomId)).toEqual({ joined: PEOPLE, invited: 0 });
    const servers = await here.reader.serversIn(room.roomId);
    expect(servers.sort()).toEqual(['one.test', 's0.test', 's2.test', 's4.test', 's5.test']);
    const leaves = await here.graph.leaves(room.roomId);
    expect(leaves.map(({ eventId }) => eventId)).toEqual(room.leaves);
    expect(await complete(here, given)).toBe('gone');
  });

  it('is as if it had been opened with all of its state, whatever came meanwhile', async () => {
    const histories = databases.engine === 'sqlite' ? HISTORIES : Math.ceil(HISTORIES / 4);
    for (let seed = 1; seed <= histories; seed += 1) {
      const given = crowd(seed % 2 ? '10' : '12');
      const { room } = given;
      const events = history(given, seed);
      const [whole, partly] = [serverOn(await databases.open()), serverOn(await databases.open())];
      await open(whole, given, false);
      await open(partly, given, true);
      await take(whole, events, given);
      const middle = Math.floor(events.length / 2);
      await take(partly, events.slice(0, middle), given);
      expect(await complete(partly, given)).toBe('complete');
      await take(partly, events.slice(middle), given);
      const said = async (here: Events) => ({
        seed,
        state: await stateOn(here, room.roomId),
        timeline: ids(await timelineOn(here, room.roomId)),
        counts: await here.reader.counts(room.roomId),
        servers: (await here.reader.serversIn(room.roomId)).sort(),
        leaves: (await here.graph.leaves(room.roomId)).map(({ eventId }) => eventId).sort(),
      });
      expect(await said(partly)).toEqual(await said(whole));
    }
  }, 120_000);
});
