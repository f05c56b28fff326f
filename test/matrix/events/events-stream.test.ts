import { expect, it } from 'vitest';
import type { Events } from '../../../src-main/matrix/events/index.js';
import type { UserId } from '../../../src-main/spec/ids.js';
import type { Database } from '../../../src-main/storage/database.js';
import { describeEachDatabase } from '../../support/databases.js';
import { seededRandom } from '../../support/seeded-random.js';
import { GraphRoom, ME, serverOn } from './graph-room.js';
import { hearAll, randomRoom } from './random-graph.js';

const BOB: UserId = '@bob:two.test';

/** The stream after some positions, as somebody reads it who has followed it from the first. */
const read = async (events: Events, positions: readonly number[]) => {
  const pages = await Promise.all(positions.map((position) => events.stream.after(position, 1_000)));
  return pages.map((page) => page.map(({ position, change }) => [position, change.eventId, change.redactedBy]));
};

/** What stands in memory is what a server reads that has just begun. */
async function expectAsInTable(db: Database, here: Events): Promise<void> {
  const all = await serverOn(db).stream.after(0, 1_000);
  const positions = [0, ...all.map(({ position }) => position), db.position()];
  expect(await read(here, positions)).toEqual(await read(serverOn(db), positions));
}

describeEachDatabase('the stream of all events', (databases) => {
  it.each([1, 3, 4])('is the same in memory and in the table, however rooms fork (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const room = randomRoom('11', random, 40);
    const db = await databases.open();
    const here = serverOn(db);
    const prev = room.leaves.slice(0, 1);
    const answer = await room.open(here, ME, { prev });
    const join = [...room.events.values()].find(({ stateKey }) => stateKey === ME);
    if (answer.outcome === 'rejected' || !join) throw new Error('nobody joined');
    await expectAsInTable(db, here);
    await hearAll(room, here, join.eventId, random);
    await expectAsInTable(db, here);
  });

  it('shows events as they are after a redaction', async () => {
    const db = await databases.open();
    const here = serverOn(db);
    const room = new GraphRoom('11');
    room.member(BOB, 'join');
    await room.open(here);
    const said = room.message(BOB, 'oops');
    await room.send(here, said);
    const before = db.position();
    await room.send(here, room.say({ sender: BOB, type: 'm.room.redaction', redacts: said.eventId }));
    const [[first] = []] = await read(here, [before - 1]);
    expect(first).toEqual([before, said.eventId, expect.any(Number)]);
    await expectAsInTable(db, here);
  });

  it('has nothing of a change that was undone, and goes on after it', async () => {
    const db = await databases.open();
    const here = serverOn(db);
    const room = new GraphRoom('12');
    await room.open(here);
    const draft = (body: string) => ({
      roomId: room.roomId,
      sender: ME,
      type: 'm.room.message',
      content: { msgtype: 'm.text', body },
    });
    const undone = db.write(async (tx) => {
      await here.appender.append(tx, draft('never said'));
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await expectAsInTable(db, here);
    const kept = await db.write((tx) => here.appender.append(tx, draft('said')));
    expect((await read(here, [kept.nid - 1])).flat()).toEqual([[kept.nid, kept.eventId, undefined]]);
    await expectAsInTable(db, here);
  });
});
