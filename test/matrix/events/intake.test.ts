import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src-main/spec/canonical-json.js';
import { ROOM_VERSIONS } from '../../../src-main/spec/room-version.js';
import type { EventId, UserId } from '../../../src-main/spec/ids.js';
import { describeEachDatabase, sqliteDatabases } from '../../support/databases.js';
import { GraphRoom, ME, serverOn, stateOn, timelineOn } from './graph-room.js';

const BOB: UserId = '@bob:two.test';
const ALICE: UserId = '@alice:one.test';

describeEachDatabase('events of other servers', (databases) => {
  it.each(ROOM_VERSIONS)('open a room of version %s, and follow one another', async (version) => {
    const db = await databases.open();
    const here = serverOn(db);
    const room = new GraphRoom(version);
    room.member(BOB, 'join', { content: { displayname: 'Bob' } });
    expect(await room.open(here)).toMatchObject({ outcome: 'accepted' });
    expect(await stateOn(here, room.roomId)).toEqual(room.stateOf());
    expect(await here.reader.isJoined(room.roomId, ME)).toBe(true);
    expect(await here.reader.counts(room.roomId)).toEqual({ joined: 3, invited: 0 });
    expect((await here.reader.serversIn(room.roomId)).sort()).toEqual(['one.test', 'two.test']);
    for (const n of [1, 2, 3]) {
      expect(await room.send(here, room.message(BOB, `${n}`))).toMatchObject({ outcome: 'accepted' });
    }
    const topic = room.state('m.room.topic', '', { topic: 'new' });
    expect(await room.send(here, topic)).toMatchObject({ outcome: 'accepted' });
    expect(await stateOn(here, room.roomId)).toEqual(room.stateOf());
    expect((await timelineOn(here, room.roomId)).map(({ type }) => type)).toEqual([
      'm.room.member',
      'm.room.message',
      'm.room.message',
      'm.room.message',
      'm.room.topic',
    ]);
    expect(await room.send(here, topic)).toMatchObject({ outcome: 'known' });
  });

  it('let local events follow them, and go out to the servers that were there', async () => {
    const db = await databases.open();
    const here = serverOn(db);
    const room = new GraphRoom('12');
    await room.open(here);
    await room.send(here, room.member(BOB, 'join'));
    const said = { roomId: room.roomId, sender: ME, type: 'm.room.message', content: { msgtype: 'm.text', body: 'x' } };
    const mine = await db.write((tx) => here.appender.append(tx, said));
    expect(mine.prevEvents).toEqual(room.leaves);
    room.take({ event: mine, text: '' });
    expect(await room.send(here, room.message(BOB, 'heard'))).toMatchObject({ outcome: 'accepted' });
    const [out, ...others] = await here.outgoing.after(0, 10);
    expect(others).toEqual([]);
    expect(out).toMatchObject({ eventId: mine.eventId, roomId: room.roomId, text: canonicalJson(mine.pdu, 'strict') });
    const servers = await here.outgoing.serversAt(room.roomId, out?.position ?? 0);
    expect([...servers].sort()).toEqual(['one.test', 'two.test']);
  });

  it('resolve the state where the graph forks, and where forks meet', async () => {
    const here = serverOn(await databases.open());
    const room = new GraphRoom('11');
    room.member(BOB, 'join');
    await room.open(here);
    const base = room.leaves;
    const one = room.state('m.room.topic', '', { topic: 'of alice' }, { prev: base });
    const two = room.state('m.room.name', '', { name: 'also of alice' }, { prev: base });
    const three = room.member('@carol:three.test', 'join', { prev: base });
    for (const event of [one, two, three]) {
      expect(await room.send(here, event)).toMatchObject({ outcome: 'accepted' });
    }
    expect((await here.graph.leaves(room.roomId)).length).toBe(3);
    expect(await stateOn(here, room.roomId)).toEqual(room.stateOf());
    const tie = room.message(ALICE, 'together');
    expect(await room.send(here, tie)).toMatchObject({ outcome: 'accepted' });
    expect(await here.graph.leaves(room.roomId)).toMatchObject([{ eventId: tie.eventId }]);
    expect(await stateOn(here, room.roomId)).toEqual(room.stateOf());
    const stored = await here.reader.event(tie.eventId);
    expect(stored && (await here.graph.stateIdsBefore(stored))?.sort()).toEqual(room.stateOf([tie.eventId]));
  });

  it('of somebody who was banned meanwhile fail softly, and are shown to nobody', async () => {
    const here = serverOn(await databases.open());
    const room = new GraphRoom('10');
    room.member(BOB, 'join');
    await room.open(here);
    const base = room.leaves;
    const ban = room.member(BOB, 'ban', { sender: ALICE, prev: base });
    const evasion = room.message(BOB, 'you never banned me', { prev: base });
    expect(await room.send(here, ban)).toMatchObject({ outcome: 'accepted' });
    expect(await room.send(here, evasion)).toMatchObject({ outcome: 'soft-failed' });
    expect((await timelineOn(here, room.roomId)).at(-1)?.eventId).toBe(ban.eventId);
    expect(await here.graph.leaves(room.roomId)).toMatchObject([{ eventId: ban.eventId }]);
    const after = room.message(ALICE, 'who said that?', { prev: [evasion.eventId, ban.eventId] });
    expect(await room.send(here, after)).toMatchObject({ outcome: 'accepted' });
    expect(await here.graph.leaves(room.roomId)).toMatchObject([{ eventId: after.eventId }]);
  });
});

describe('events of other servers', () => {
  const databases = sqliteDatabases();
  const opened = async (version = '11') => {
    const db = await databases.open();
    const here = serverOn(db);
    const room = new GraphRoom(version);
    room.member(BOB, 'join');
    await room.open(here);
    return { db, here, room };
  };

  it('wait until what they rest on and what they follow is known', async () => {
    const { here, room } = await opened();
    const join = room.member('@carol:three.test', 'join');
    const said = room.message('@carol:three.test', 'hello');
    expect(await room.send(here, said)).toEqual({
      outcome: 'incomplete',
      missingAuth: [join.eventId],
      missingPrev: [join.eventId],
    });
    expect(await here.intake.known([join.eventId, said.eventId])).toEqual(new Map());
    const added = await here.intake.addOutliers(room.roomId, [room.of(join.eventId)]);
    expect(added).toEqual({ accepted: 1, rejected: [], incomplete: [] });
    expect(await here.intake.known([join.eventId])).toEqual(new Map([[join.eventId, 'outlier']]));
    expect(await room.send(here, said)).toMatchObject({ outcome: 'incomplete', missingPrev: [join.eventId] });
    expect(await room.send(here, join)).toMatchObject({ outcome: 'accepted' });
    expect(await room.send(here, said)).toMatchObject({ outcome: 'accepted' });
    expect(await stateOn(here, room.roomId)).toEqual(room.stateOf());
  });

  it('are rejected by the state before them, and what follows them is not', async () => {
    const { here, room } = await opened();
    const base = room.leaves;
    const ban = room.member(BOB, 'ban', { sender: ALICE });
    const late = room.make({ sender: BOB, type: 'm.room.message', content: { body: 'x' }, prev: [ban.eventId] });
    room.take(late);
    await room.send(here, ban);
    expect(await room.send(here, late.event)).toMatchObject({ outcome: 'rejected', why: expect.stringContaining(BOB) });
    expect(await room.send(here, late.event)).toMatchObject({ outcome: 'known', event: { isRejected: true } });
    const next = room.message(ALICE, 'gone', { prev: [late.event.eventId] });
    expect(await room.send(here, next)).toMatchObject({ outcome: 'accepted' });
    expect(await here.graph.leaves(room.roomId)).toMatchObject([{ eventId: next.eventId }]);
    expect((await timelineOn(here, room.roomId)).map(({ eventId }) => eventId)).not.toContain(late.event.eventId);
    expect(base.length).toBe(1);
  });

  it('are rejected with the auth events that they name, and so is what rests on them', async () => {
    const { here, room } = await opened();
    const power = room.make({
      sender: BOB,
      type: 'm.room.power_levels',
      stateKey: '',
      content: { users: { [BOB]: 100, [ALICE]: 100 } },
    });
    room.take(power);
    expect(await room.send(here, power.event)).toMatchObject({ outcome: 'rejected' });
    const topic = room.make({ sender: BOB, type: 'm.room.topic', stateKey: '', content: { topic: 'mine' } });
    room.take(topic);
    expect(topic.event.authEvents).toContain(power.event.eventId);
    const sent = await room.send(here, topic.event);
    expect(sent).toMatchObject({ outcome: 'rejected', why: expect.stringContaining('rejected') });
    const added = await here.intake.addOutliers(room.roomId, [topic]);
    expect(added).toEqual({ accepted: 0, rejected: [topic.event.eventId], incomplete: [] });
  });

  it('with auth events of another kind are rejected', async () => {
    const { here, room } = await opened();
    const name = room.state('m.room.name', '', { name: 'x' });
    await room.send(here, name);
    const before = room.stateBefore.get(name.eventId) ?? new Map();
    const auth = [...room.make({ sender: ALICE, type: 'm.room.message' }).event.authEvents, name.eventId];
    const odd = room.message(ALICE, 'x', { auth });
    expect(before.size).toBeGreaterThan(0);
    expect(await room.send(here, odd)).toMatchObject({ outcome: 'rejected', why: expect.stringMatching(/^2/) });
  });

  it('that rest on each other are never stored', async () => {
    const { here, room } = await opened('1');
    const ids = ['$one:two.test', '$two:two.test'] as const;
    const make = (own: 0 | 1) => {
      const said = { sender: BOB, type: 'm.room.topic', stateKey: '', auth: [ids[1 - own] as EventId] };
      const made = room.make(said);
      return { ...made, event: { ...made.event, eventId: ids[own] } };
    };
    const added = await here.intake.addOutliers(room.roomId, [make(0), make(1)]);
    expect(added).toMatchObject({ accepted: 0, incomplete: expect.arrayContaining([...ids]) });
  });

  it('come with the state that another server tells where their past is not known, and leave a gap', async () => {
    const { here, room } = await opened();
    const unheard = [1, 2, 3].map((n) => room.message(BOB, `unheard ${n}`));
    const topic = room.state('m.room.topic', '', { topic: 'unheard' });
    const late = room.message(BOB, 'heard');
    const state = [...(room.stateBefore.get(late.eventId)?.values() ?? [])];
    await here.intake.addOutliers(room.roomId, [room.of(topic.eventId)]);
    const sent = await room.send(here, late, state);
    expect(sent).toMatchObject({ outcome: 'accepted' });
    expect(await here.graph.gaps(room.roomId)).toMatchObject([
      { eventId: late.eventId, missing: [topic.eventId] },
      { missing: expect.any(Array) },
    ]);
    expect(await here.reader.state(room.roomId, ['m.room.topic', ''])).toMatchObject({ eventId: topic.eventId });
    const history = [...unheard, topic].map(({ eventId }) => room.of(eventId));
    const before = [...(room.stateBefore.get(unheard[0]?.eventId ?? '$')?.values() ?? [])];
    const done = await here.intake.prepend(room.roomId, history.toReversed(), { stateBefore: before });
    expect(done).toEqual({ placed: 4, rejected: [], hidden: [], incomplete: [] });
    const bodies = (await timelineOn(here, room.roomId)).map(({ content }) => content['body'] ?? content['topic']);
    expect(bodies.slice(1)).toEqual(['unheard 1', 'unheard 2', 'unheard 3', 'unheard', 'heard']);
    expect(await here.graph.gaps(room.roomId)).toHaveLength(1);
    expect(await here.stream.after((await here.reader.event(late.eventId))?.ord ?? 0, 10)).toEqual([]);
    const stored = await here.reader.event(late.eventId);
    expect(stored && (await here.graph.stateIdsBefore(stored))?.sort()).toEqual([...state].sort());
  });

  it('of before we came are put before all else, and change nothing of now', async () => {
    const { here, room } = await opened();
    const all = [...room.events.values()];
    const join = all.at(-1);
    const now = await stateOn(here, room.roomId);
    const past = all.slice(0, -1).map(({ eventId }) => room.of(eventId));
    expect(await here.intake.prepend(room.roomId, past.slice(-2))).toMatchObject({
      placed: 0,
      incomplete: { length: 2 },
    });
    expect(await here.intake.prepend(room.roomId, past)).toEqual({
      placed: past.length,
      rejected: [],
      hidden: [],
      incomplete: [],
    });
    expect((await timelineOn(here, room.roomId)).map(({ eventId }) => eventId)).toEqual(
      all.map(({ eventId }) => eventId),
    );
    expect(await stateOn(here, room.roomId)).toEqual(now);
    expect(await here.graph.gaps(room.roomId)).toEqual([]);
    const walked = await here.graph.backfill({ roomId: room.roomId, from: [join?.eventId ?? '$'], limit: 100 });
    expect(walked.map(({ eventId }) => eventId)).toEqual(all.toReversed().map(({ eventId }) => eventId));
    const between = { roomId: room.roomId, latest: [join?.eventId ?? '$'], earliest: [all[0]?.eventId ?? '$'] };
    const missing = await here.graph.missing({ ...between, limit: 20, minDepth: 0 });
    expect(missing.map(({ eventId }) => eventId)).toEqual(all.slice(1, -1).map(({ eventId }) => eventId));
    expect(await here.graph.missing({ ...between, limit: 2, minDepth: 0 })).toHaveLength(2);
    const chain = await here.graph.authChain([join?.eventId ?? '$']);
    expect(chain.sort()).toEqual(room.authChain([join?.eventId ?? '$']).sort());
  });

  it('of before we came are history, however they come', async () => {
    const { here, room } = await opened();
    const all = [...room.events.values()];
    const now = await stateOn(here, room.roomId);
    const leaves = await here.graph.leaves(room.roomId);
    for (const event of all.slice(0, -1)) {
      expect(await room.send(here, event)).toMatchObject({ outcome: 'accepted' });
      expect(await stateOn(here, room.roomId)).toEqual(now);
      expect(await here.graph.leaves(room.roomId)).toEqual(leaves);
    }
    const timeline = (await timelineOn(here, room.roomId)).map(({ eventId }) => eventId);
    expect(timeline.toSorted()).toEqual(all.map(({ eventId }) => eventId).sort());
    expect(timeline.at(-1)).toBe(all.at(-1)?.eventId);
    expect(await here.graph.gaps(room.roomId)).toEqual([]);
    const beside = room.message(BOB, 'before we came', { prev: [all.at(-2)?.eventId ?? '$'] });
    expect(await room.send(here, beside)).toMatchObject({ outcome: 'accepted' });
    expect(await here.graph.leaves(room.roomId)).toHaveLength(2);
  });

  it.each(['2', '9', '11', '12'])('are redacted whichever of the two comes first (version %s)', async (version) => {
    const { here, room } = await opened(version);
    const early = room.message(BOB, 'a');
    const redaction = room.say({ sender: ALICE, type: 'm.room.redaction', redacts: early.eventId, content: {} });
    await room.send(here, early);
    await room.send(here, redaction);
    expect(await here.reader.event(early.eventId)).toMatchObject({ content: {}, redactedBy: expect.any(Number) });
    const base = room.leaves;
    const late = room.message(BOB, 'b', { prev: base });
    const before = room.say({
      sender: ALICE,
      type: 'm.room.redaction',
      redacts: late.eventId,
      prev: base,
      content: {},
    });
    await room.send(here, before);
    await room.send(here, late);
    expect(await here.reader.event(late.eventId)).toMatchObject({ content: {}, redactedBy: expect.any(Number) });
    const other = room.message(ALICE, 'c');
    await room.send(here, other);
    const vain = room.say({ sender: BOB, type: 'm.room.redaction', redacts: other.eventId, content: {} });
    await room.send(here, vain);
    expect(await here.reader.event(other.eventId)).toMatchObject({ content: { body: 'c' }, redactedBy: undefined });
  });

  it('resolve fights over power to the same on each side', async () => {
    const { here, room } = await opened();
    const base = room.leaves;
    const users = { [ALICE]: 100, [BOB]: 50 };
    const levels = room.state('m.room.power_levels', '', { users, invite: 0 }, { prev: base });
    await room.send(here, levels);
    const fork = room.leaves;
    const demotes = room.state('m.room.power_levels', '', { users: { [ALICE]: 100 }, invite: 0 }, { prev: fork });
    const kicks = room.member('@carol:three.test', 'ban', { sender: BOB, prev: fork });
    const named = room.state('m.room.topic', '', { topic: 'bob was here' }, { sender: BOB, prev: fork });
    for (const event of [named, kicks, demotes]) await room.send(here, event);
    const tie = room.message(ALICE, 'enough');
    await room.send(here, tie);
    expect(await stateOn(here, room.roomId)).toEqual(room.stateOf());
    const banned = await here.reader.membership(room.roomId, '@carol:three.test');
    const isBanned = room.stateOf().includes(kicks.eventId);
    expect(banned?.membership === 'ban').toBe(isBanned);
  });

  it('tie more leaves than one event may name, a few at a time', async () => {
    const { db, here, room } = await opened();
    const base = room.leaves;
    const level = { users: { [ALICE]: 100, [BOB]: 100 }, events_default: 100, invite: 0 };
    const closed = room.state('m.room.power_levels', '', level);
    await room.send(here, closed);
    for (let n = 0; n < 30; n += 1) await room.send(here, room.message(BOB, `${n}`, { prev: [closed.eventId] }));
    expect(await here.graph.leaves(room.roomId)).toHaveLength(30);
    const content = { membership: 'join', displayname: 'Tie' };
    const draft = { roomId: room.roomId, sender: ME, type: 'm.room.member', stateKey: ME, content };
    const tied = await db.write((tx) => here.appender.append(tx, draft));
    expect(tied.prevEvents).toHaveLength(20);
    expect(await here.graph.leaves(room.roomId)).toHaveLength(11);
    expect(await here.reader.state(room.roomId, ['m.room.member', ME])).toMatchObject({ eventId: tied.eventId });
    const again = { ...draft, content: { ...content, displayname: 'Tied' } };
    await db.write((tx) => here.appender.append(tx, again));
    expect(await here.graph.leaves(room.roomId)).toHaveLength(1);
    expect(base).toHaveLength(1);
  });

  it('that fork without end are tied by whoever here may, or fail softly', async () => {
    const { here, room } = await opened();
    const base = room.leaves;
    for (let n = 0; n < 50; n += 1) await room.send(here, room.message(BOB, `${n}`, { prev: base }));
    expect((await here.graph.leaves(room.roomId)).length).toBeLessThanOrEqual(22);
    const dummies = (await timelineOn(here, room.roomId)).filter(({ type }) => type === 'org.matrix.dummy_event');
    expect(dummies.map(({ sender }) => sender)).toEqual([ME, ME]);
    const closed = await opened();
    const level = { users: { [ALICE]: 100, [BOB]: 100 }, events_default: 100, invite: 0 };
    const power = closed.room.state('m.room.power_levels', '', level);
    await closed.room.send(closed.here, power);
    const outcomes: string[] = [];
    for (let n = 0; n < 205; n += 1) {
      const message = closed.room.make({ sender: BOB, type: 'm.room.message', content: { n }, prev: [power.eventId] });
      outcomes.push((await closed.here.intake.append(message, { origin: 'two.test' })).outcome);
    }
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(200);
    expect(outcomes.at(-1)).toBe('soft-failed');
  }, 30_000);

  it('tell where a room was left and come into again, with a gap between', async () => {
    const { here, room } = await opened();
    await room.send(here, room.message(BOB, 'before'));
    await room.send(here, room.member(ME, 'leave'));
    room.message(BOB, 'unheard');
    room.member(BOB, 'leave');
    room.state('m.room.name', '', { name: 'new' });
    expect(await room.open(here)).toMatchObject({ outcome: 'accepted' });
    expect(await stateOn(here, room.roomId)).toEqual(room.stateOf());
    expect(await here.reader.serversIn(room.roomId)).toEqual(['one.test']);
    expect(await here.reader.counts(room.roomId)).toEqual({ joined: 2, invited: 0 });
    expect(
      (await timelineOn(here, room.roomId)).map(({ content }) => content['body'] ?? content['membership']),
    ).toEqual(['join', 'before', 'leave', 'join']);
    const steps = await here.reader.membershipHistory(room.roomId, ME);
    expect(steps.map(({ membership }) => membership)).toEqual(['join', 'leave', 'join']);
  });

  it('keep invitations to rooms that nobody here knows, with what was told of them', async () => {
    const db = await databases.open();
    const here = serverOn(db);
    const room = new GraphRoom('11');
    const invite = room.member(ME, 'invite', { sender: ALICE });
    const shown = [{ type: 'm.room.name', state_key: '', sender: ALICE, content: { name: 'Far' } }] as const;
    const { roomId, rules } = room;
    const given = { roomId, rules, event: room.of(invite.eventId), strippedState: shown };
    await here.intake.outOfBand(given);
    await here.intake.outOfBand(given);
    expect(await here.reader.membership(roomId, ME)).toMatchObject({ membership: 'invite' });
    expect(await here.reader.strippedState(roomId, ME)).toEqual(shown);
    expect(await stateOn(here, roomId)).toEqual([]);
    await expect(room.send(here, room.message(ALICE, 'x'))).rejects.toThrow('not in that room');
    expect(await room.open(here)).toMatchObject({ outcome: 'accepted' });
    expect(await here.reader.strippedState(roomId, ME)).toEqual([]);
    expect(await here.reader.counts(roomId)).toEqual({ joined: 2, invited: 0 });
    const history = await here.reader.membershipHistory(roomId, ME);
    expect(history.map(({ membership }) => membership)).toEqual(['invite', 'join']);
  });

  it('are refused where the state that came with our join forbids it', async () => {
    const here = serverOn(await databases.open());
    const room = new GraphRoom('11');
    room.member(ME, 'ban', { sender: ALICE });
    expect(await room.open(here)).toMatchObject({ outcome: 'rejected', why: expect.stringContaining('banned') });
    expect(await here.reader.isHere(room.roomId)).toBe(false);
  });

  it('show servers elsewhere what events of their people would look like', async () => {
    const { here, room } = await opened('10');
    const said = { sender: '@dan:four.test', type: 'm.room.member', stateKey: '@dan:four.test' } as const;
    const template = await here.templates.template({ ...said, roomId: room.roomId, content: { membership: 'join' } });
    const made = room.make({ ...said, content: { membership: 'join' } });
    const { hashes: _h, signatures: _s, ...pdu } = made.event.pdu;
    expect(template.pdu).toEqual({ ...pdu, origin_server_ts: expect.any(Number) });
    const wish = { ...said, roomId: room.roomId, content: { membership: 'knock' } };
    await expect(here.templates.template(wish)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
  });
});
