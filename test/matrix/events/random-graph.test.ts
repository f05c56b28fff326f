import { describe, expect, it } from 'vitest';
import type { Events } from '../../../src-main/matrix/events/index.js';
import type { RoomEvent } from '../../../src-main/spec/event.js';
import { sqliteDatabases } from '../../support/databases.js';
import { seededRandom } from '../../support/seeded-random.js';
import { type GraphRoom, serverOn, stateOn } from './graph-room.js';
import { hearAll, randomRoom } from './random-graph.js';

/** `HEARTH_GRAPHS=100 HEARTH_SEED=5 npx vitest run test/matrix/events/random-graph` tries many. */
const GRAPHS = Number(process.env['HEARTH_GRAPHS'] ?? 6);
const SEED = Number(process.env['HEARTH_SEED'] ?? 1);
const STEPS = 60;
const VERSIONS = ['2', '6', '10', '11', '12'];

const databases = sqliteDatabases();
const seeds = Array.from({ length: GRAPHS }, (_, at) => SEED * 100 + at);

describe.each(VERSIONS)('a room of version %s that forks again and again', (version) => {
  it.each(seeds)(
    'has the same state on all servers, whatever the order in which they hear of it (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const room = randomRoom(version, random, STEPS);
      const servers: Events[] = [];
      const before = room.leaves;
      for (const name of ['a.test', 'b.test']) {
        const here = serverOn(await databases.open(), name);
        // Each is asked in at another place of the graph.
        const prev = room.leaves.slice(0, 1 + Math.floor(random() * room.leaves.length));
        const answer = await room.open(here, `@me:${name}`, { prev, sender: `@me:${name}` });
        if (answer.outcome === 'rejected') return;
        servers.push(here);
      }
      const tie = tieOf(room);
      if (!tie) return;
      expect(before.length).toBeGreaterThan(0);
      for (const [index, here] of servers.entries()) {
        const join = [...room.events.values()].find((event) => event.stateKey === `@me:${['a.test', 'b.test'][index]}`);
        if (!join) throw new Error('nobody joined');
        const softFailed = await hearAll(room, here, join.eventId, random);
        if (softFailed.has(tie.eventId)) continue;
        expect(await here.graph.leaves(room.roomId)).toMatchObject([{ eventId: tie.eventId }]);
        expect(await stateOn(here, room.roomId), `server ${index}`).toEqual(room.stateOf());
        await expectSound(room, here);
      }
    },
  );
});

/** What is derived from the state agrees with it. */
async function expectSound(room: GraphRoom, here: Events): Promise<void> {
  const state = await here.reader.allState(room.roomId, { withMembers: true });
  const joined = state.filter(({ type, content }) => type === 'm.room.member' && content['membership'] === 'join');
  const invited = state.filter(({ type, content }) => type === 'm.room.member' && content['membership'] === 'invite');
  expect(await here.reader.counts(room.roomId)).toEqual({ joined: joined.length, invited: invited.length });
  const members = await here.reader.members(room.roomId, ['join']);
  expect(members.map(({ userId }) => userId).sort()).toEqual(joined.map(({ stateKey }) => stateKey).sort());
  const servers = new Set(joined.map(({ stateKey = '' }) => stateKey.slice(stateKey.indexOf(':') + 1)));
  const told = await here.reader.serversIn(room.roomId);
  expect(told.every((server) => servers.has(server))).toBe(true);
  expect(told.length).toBe(servers.size - (members.some(({ isLocal }) => isLocal) ? 1 : 0));
}

/** Somebody who is still there says something that follows everything. */
function tieOf(room: GraphRoom): RoomEvent | undefined {
  const said = [...room.events.values()].map(({ sender }) => sender);
  for (const sender of new Set(said)) {
    const content = { msgtype: 'm.text', body: 'all together' };
    const made = room.make({ sender, type: 'm.room.message', content });
    if (!room.allows(made)) continue;
    room.take(made);
    return made.event;
  }
  return undefined;
}
