import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomEvent } from '../../src-main/spec/event.js';
import type { UserId } from '../../src-main/spec/ids.js';
import type { SealedPdu } from '../../src-main/spec/seal-pdu.js';
import type { FakeDraft } from '../support/fake-room.js';
import { startFederation, type TestFederation } from '../support/federation.js';
import {
  happen,
  isPartial,
  joinPartly,
  type PartialRoom,
  type PartlyJoined,
  say,
  sendAs,
} from '../support/partial-room.js';

/** What comes into a room while its members are on their way is judged by what is known, and again when all is known. */
let federation: TestFederation;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
});
afterAll(() => federation.stop());

const segment = encodeURIComponent;
const V1 = '/_matrix/federation/v1';
const LONG = { timeout: 10_000 };

const joined = (prepare?: (room: PartialRoom) => void) => joinPartly(federation, prepare);
async function complete(given: PartlyJoined): Promise<void> {
  given.room.release();
  await expect.poll(() => isPartial(given), LONG).toBe(false);
}
const timeline = async ({ alice, roomId }: PartlyJoined): Promise<string[]> =>
  (await alice.messages(roomId, { dir: 'b', limit: 50 })).chunk.map(({ event_id }) => event_id);
const shows = (given: PartlyJoined, event: { readonly eventId: string }) =>
  expect.poll(() => timeline(given), LONG).toContain(event.eventId);
const topic = async ({ alice, roomId }: PartlyJoined) =>
  (await alice.get(`/rooms/${segment(roomId)}/state/m.room.topic`)).body.topic;

const eveOf = ({ fake }: PartlyJoined) => `@eve:${fake.name}` as UserId;

/** Eve was somebody in the room, and was banned before anybody here came. */
function banEve(room: PartialRoom): void {
  const eve = room.addMember('eve');
  room.add({ type: 'm.room.power_levels', stateKey: '', content: { users: { [room.creator]: 100, [eve]: 50 } } });
  room.add({ type: 'm.room.member', stateKey: eve, content: { membership: 'ban' } });
}

/** Eve acts as if she had not been banned. */
async function eveDoes(given: PartlyJoined, draft: FakeDraft): Promise<SealedPdu> {
  const { room, fake, one } = given;
  const find = (type: string, stateKey: string) =>
    room.events.findLast(
      (event) => event.type === type && event.stateKey === stateKey && event.content['membership'] !== 'ban',
    )?.eventId ?? '$';
  const target = draft.stateKey ? [find('m.room.member', draft.stateKey)] : [];
  const authEvents = [
    find('m.room.create', ''),
    find('m.room.power_levels', ''),
    find('m.room.member', eveOf(given)),
    ...target,
  ];
  const made = room.make({ ...draft, authEvents });
  await sendAs(fake, one, [made.pdu]);
  return made;
}

/** Answers what lies between by the room's own events. */
function tellMissing({ fake, room }: PartlyJoined, isTold: (event: RoomEvent) => boolean): void {
  fake.on('POST', `${V1}/get_missing_events/${segment(room.roomId)}`, ({ body }) => {
    const end = Math.max(
      ...body.latest_events.map((id: string) => room.events.findIndex(({ eventId }) => eventId === id)),
    );
    const known = Math.max(
      ...body.earliest_events.map((id: string) => room.events.findIndex(({ eventId }) => eventId === id)),
    );
    const between = room.events.slice(known + 1, end).filter(isTold);
    return { body: { events: between.map(({ pdu }) => pdu) } };
  });
}

describe('an event whose past is not known', () => {
  it('gets its place with the events before it', async () => {
    const given = await joined();
    const { room, members, fake, one } = given;
    tellMissing(given, () => true);
    const first = room.add(say(members[0], 'first'));
    const second = room.add(say(members[1], 'second'));
    await sendAs(fake, one, [second.pdu]);
    await shows(given, second);
    expect(await timeline(given)).toContain(first.eventId);
    await complete(given);
    expect(await timeline(given)).toEqual(expect.arrayContaining([first.eventId, second.eventId]));
  });

  it.each([
    ['of which nothing is told', false],
    ['of which a half is known', true],
  ])('%s gets its place with the state before it', async (_case, isHalfKnown) => {
    const given = await joined();
    const { room, members, fake, one, alice, roomId } = given;
    tellMissing(given, () => false);
    const join = room.latest;
    const lost = room.add(say(members[0], 'lost'));
    const prevEvents = isHalfKnown ? [...join, lost.eventId] : [lost.eventId];
    const next = room.add({ ...say(members[1], 'next'), prevEvents });
    await sendAs(fake, one, [next.pdu]);
    await shows(given, next);
    await alice.say(roomId, 'after it');
    await complete(given);
    expect(await timeline(given)).toContain(next.eventId);
    const { joined: all } = await alice.ok('GET', `/rooms/${segment(roomId)}/joined_members`);
    expect(Object.keys(all)).toHaveLength(5);
  });

  it('that comes before what it follows keeps nobody from the rest', async () => {
    const given = await joined();
    const { room, members, fake, one } = given;
    tellMissing(given, () => true);
    const first = room.add(say(members[0], 'first'));
    const second = room.add(say(members[0], 'second'));
    await sendAs(fake, one, [second.pdu]);
    await sendAs(fake, one, [first.pdu]);
    await complete(given);
    await shows(given, second);
    await shows(given, first);
  });
});

describe('when all of the state is here', () => {
  it('what was refused rightly stays refused', async () => {
    const given = await joined();
    const { members } = given;
    const wrong = await happen(given, {
      type: 'm.room.topic',
      stateKey: '',
      sender: members[0],
      content: { topic: 'not mine to set' },
    });
    const good = await happen(given, { ...say(members[1], 'hi'), prevEvents: [wrong.eventId] });
    await shows(given, good);
    expect(await topic(given)).toBeUndefined();
    await complete(given);
    expect(await topic(given)).toBeUndefined();
    expect(await timeline(given)).not.toContain(wrong.eventId);
    expect(await timeline(given)).toContain(good.eventId);
  });

  it('what was let in of somebody banned long ago goes out again', async () => {
    const given = await joined(banEve);
    const { alice, roomId } = given;
    const said = await eveDoes(given, say(eveOf(given), 'I am still here'));
    await shows(given, said);
    const mine = await alice.say(roomId, 'after that');
    await complete(given);
    expect(await timeline(given)).not.toContain(said.eventId);
    expect(await timeline(given)).toContain(mine);
    expect(await alice.stateContent(roomId, 'm.room.member', eveOf(given))).toEqual({ membership: 'ban' });
  });

  it('what followed what goes out stays, and the room goes on after it', async () => {
    const given = await joined(banEve);
    const { room, fake, one, alice, roomId, members } = given;
    const content = { topic: 'set by somebody banned' };
    const set = await eveDoes(given, { type: 'm.room.topic', stateKey: '', sender: eveOf(given), content });
    await expect.poll(() => topic(given), LONG).toBe(content.topic);
    const said = room.make({ ...say(members[0], 'what a topic'), prevEvents: [set.eventId] });
    await sendAs(fake, one, [said.pdu]);
    await shows(given, said);
    await complete(given);
    expect(await topic(given)).toBeUndefined();
    expect(await timeline(given)).not.toContain(set.eventId);
    expect(await timeline(given)).toContain(said.eventId);
    const next = await alice.say(roomId, 'it goes on');
    expect(await timeline(given)).toContain(next);
  });

  it('what was refused wrongly comes in', async () => {
    const given = await joined(banEve);
    const { room, fake, one, alice, roomId, members } = given;
    const derek = members[2];
    const content = { membership: 'ban' };
    const ban = await eveDoes(given, { type: 'm.room.member', stateKey: derek, sender: eveOf(given), content });
    await shows(given, ban);
    const said = room.make({ ...say(derek, 'let me in'), prevEvents: [ban.eventId] });
    const { body } = await sendAs(fake, one, [said.pdu]);
    expect(body).toEqual({ pdus: { [said.eventId]: {} } });
    expect(await timeline(given)).not.toContain(said.eventId);
    await complete(given);
    expect(await timeline(given)).toContain(said.eventId);
    expect(await timeline(given)).not.toContain(ban.eventId);
    expect(await alice.stateContent(roomId, 'm.room.member', derek)).toEqual({ membership: 'join' });
  });

  it('who came and went meanwhile is as they left it', async () => {
    const given = await joined();
    const { members, alice, roomId, room, fake } = given;
    const [bob, carol] = members;
    const frank = `@frank:${fake.name}` as UserId;
    await happen(given, { type: 'm.room.member', sender: bob, stateKey: bob, content: { membership: 'leave' } });
    await happen(given, { type: 'm.room.member', sender: frank, stateKey: frank, content: { membership: 'join' } });
    await happen(given, { type: 'm.room.member', stateKey: carol, content: { membership: 'ban' } });
    await complete(given);
    const { joined: all } = await alice.ok('GET', `/rooms/${segment(roomId)}/joined_members`);
    expect(Object.keys(all).sort()).toEqual([alice.userId, room.creator, members[2], frank].sort());
    expect(await alice.stateContent(roomId, 'm.room.member', carol)).toMatchObject({ membership: 'ban' });
  });
});
