import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import type { Events } from '../../../src-main/matrix/events/index.js';
import type { UserId } from '../../../src-main/spec/ids.js';
import type { Database } from '../../../src-main/storage/database.js';
import { describeEachDatabase } from '../../support/databases.js';
import { GraphRoom, ME, serverOn } from './graph-room.js';

const BOB: UserId = '@bob:two.test';

async function start(db: Database) {
  const here = serverOn(db);
  const room = new GraphRoom('11');
  room.state('m.room.power_levels', '', { users: { [room.creator]: 100, [ME]: 100 } });
  await room.open(here);
  const append = (type: string, content: JsonObject, stateKey?: string) =>
    db.write((tx) => here.appender.append(tx, { roomId: room.roomId, sender: ME, type, content, stateKey }));
  const say = (body: string) => append('m.room.message', { msgtype: 'm.text', body });
  return { here, room, append, say };
}

const next = async (events: Events, position: number, limit = 1_000) =>
  (await events.outgoing.next(position, limit)).map(({ pdu, servers }) => ({ ...pdu, servers: [...servers].sort() }));

/** What stands in memory is what a server reads that has just begun: the same texts, in order, for the same servers. */
async function expectAsInTable(db: Database, here: Events): Promise<void> {
  const all = await next(serverOn(db), 0);
  for (const position of [0, ...all.map((pdu) => pdu.position)]) {
    expect(await next(here, position)).toEqual(all.filter((pdu) => pdu.position > position));
    expect(await next(here, position, 2)).toEqual(all.filter((pdu) => pdu.position > position).slice(0, 2));
  }
}

describeEachDatabase('events that go out', (databases) => {
  it('are the same in memory and in the table, while servers come and go', async () => {
    const db = await databases.open();
    const { here, room, append, say } = await start(db);
    await say('alone with one.test');
    room.take({ event: await say('still'), text: '' });
    const joined = room.member(BOB, 'join', { prev: room.leaves });
    await room.send(here, joined);
    await say('for two.test too');
    await append('m.room.member', { membership: 'ban' }, BOB);
    await say('for one.test again');
    const told = (await next(here, 0)).map(({ servers }) => servers);
    const [one, both] = [['one.test'], ['one.test', 'two.test']];
    expect(told).toEqual([one, one, both, both, one]);
    await expectAsInTable(db, here);
  });

  it('are read from the table where there are more than memory keeps', async () => {
    const db = await databases.open();
    const { here, say } = await start(db);
    for (let n = 0; n < 30; n += 1) await say('x'.repeat(50_000));
    expect(await next(here, 0)).toHaveLength(30);
    await expectAsInTable(db, here);
  });

  it('have nothing of a change that was undone', async () => {
    const db = await databases.open();
    const { here, room, say } = await start(db);
    await say('first');
    const undone = db.write(async (tx) => {
      const content = { msgtype: 'm.text', body: 'never said' };
      await here.appender.append(tx, { roomId: room.roomId, sender: ME, type: 'm.room.message', content });
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await say('second');
    expect(await next(here, 0)).toHaveLength(2);
    await expectAsInTable(db, here);
  });
});
