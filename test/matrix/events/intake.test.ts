import { expect, it } from 'vitest';
import { canonicalJson } from '../../../src-main/spec/canonical-json.js';
import { ROOM_VERSIONS } from '../../../src-main/spec/room-version.js';
import type { UserId } from '../../../src-main/spec/ids.js';
import { describeEachDatabase } from '../../support/databases.js';
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
