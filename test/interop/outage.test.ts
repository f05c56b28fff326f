import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestUser } from '../support/test-client.js';
import { expectAgreement, expectMessage } from './agreement.js';
import { Pair } from './pair.js';

/** The link between the two breaks while people of both write, and comes back. */
const MESSAGES = 25;
const LONG = { timeout: 40_000 };

let pair: Pair;
let people: Record<'hearth' | 'synapse', TestUser>;
beforeAll(async () => {
  pair = await Pair.behindGates('hearth-outage');
  people = { hearth: await pair.hearth.register('alice'), synapse: await pair.synapse.register('bob') };
}, 300_000);
afterAll(() => pair?.[Symbol.asyncDispose]());

const topicOf = (who: TestUser, roomId: string) => async () =>
  (await who.get(`/rooms/${encodeURIComponent(roomId)}/state/m.room.topic`)).body.topic;

async function sharedRoom(host: TestUser, guest: TestUser, version: string) {
  const roomId = await host.createRoom({ room_version: version, preset: 'private_chat', invite: [guest.userId] });
  await guest.syncUntilBody((body) => body.rooms?.invite?.[roomId]);
  await guest.join(roomId, host.userId.slice(host.userId.indexOf(':') + 1));
  await host.say(roomId, 'before the outage');
  await expectMessage(roomId, guest, 'before the outage');
  return roomId;
}

describe.each(['hearth', 'synapse'] as const)('after an outage, in a room made on %s', (home) => {
  const away = home === 'hearth' ? 'synapse' : 'hearth';

  it.each(['10', '12'])(
    'both know what the other wrote, in version %s',
    async (version) => {
      const [host, guest] = [people[home], people[away]];
      const roomId = await sharedRoom(host, guest, version);
      pair.part();
      for (let at = 0; at < MESSAGES; at += 1) {
        await Promise.all([host.say(roomId, `host ${at}`), guest.say(roomId, `guest ${at}`)]);
      }
      await host.setState(roomId, 'm.room.topic', { topic: 'set in the outage' });
      pair.meet();
      await expect.poll(topicOf(guest, roomId), LONG).toBe('set in the outage');
      for (const [who, other] of [
        [host, 'guest'],
        [guest, 'host'],
      ] as const) {
        for (const at of [0, MESSAGES - 1]) await expectShown(who, roomId, `${other} ${at}`);
      }
      await expectAgreement(roomId, host, guest);
    },
    120_000,
  );

  it('a quiet room hears of it too, while another is busy', async () => {
    const [host, guest] = [people[home], people[away]];
    const [quiet, busy] = [await sharedRoom(host, guest, '12'), await sharedRoom(host, guest, '12')];
    pair.part();
    await host.say(quiet, 'the only word');
    for (let at = 0; at < MESSAGES; at += 1) await host.say(busy, `word ${at}`);
    pair.meet();
    await guest.say(busy, 'somebody there?');
    await expectShown(guest, quiet, 'the only word');
    await expectShown(guest, busy, `word ${MESSAGES - 1}`);
    await expectAgreement(quiet, host, guest);
    await expectAgreement(busy, host, guest);
  }, 120_000);
});

const expectShown = (who: TestUser, roomId: Parameters<TestUser['messages']>[0], body: string) =>
  expect
    .poll(async () => (await who.messages(roomId, { dir: 'b', limit: 100 })).chunk.map((e) => e.content.body), LONG)
    .toContain(body);
