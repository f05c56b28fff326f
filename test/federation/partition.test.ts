import { afterAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { startFederation } from '../support/federation.js';
import { seededRandom } from '../support/seeded-random.js';
import { inhabit, meetAgain, openRoom, stateOf } from './parted-room.js';
import { randomStep } from './random-history.js';

/**
 * Three servers lose each other while people on all sides go on, moderate each other and change the rules; when they
 * find each other again, all agree. `HEARTH_HISTORIES=200 HEARTH_SEED=7 npx vitest run test/federation/partition` tries
 * many.
 */
const HISTORIES = Number(process.env['HEARTH_HISTORIES'] ?? 8);
const SEED = Number(process.env['HEARTH_SEED'] ?? 1);
const ROUNDS = 3;
const STEPS = 6;
const VERSIONS = ['10', '12'];
const NAMES = ['hs1.test', 'hs2.test', 'hs3.test'];
const PAIRS = [
  ['hs1.test', 'hs2.test'],
  ['hs1.test', 'hs3.test'],
  ['hs2.test', 'hs3.test'],
] as const;

const federation = await startFederation(NAMES, { unread: true });
afterAll(() => federation.stop());
const everybody = await Promise.all(federation.servers.map(inhabit));
describe('servers that were parted', () => {
  it.each(Array.from({ length: HISTORIES }, (_, at) => SEED * 1000 + at))(
    'agree again after history %i',
    async (seed) => {
      const random = seededRandom(seed);
      const roomId = await openRoom(VERSIONS[seed % VERSIONS.length] ?? '12', everybody);
      // Whose join nobody heard of before the door was shut stays out: that is no disagreement.
      await expectAgreement(roomId, seed);
      for (let round = 0; round < ROUNDS; round += 1) {
        const cuts = PAIRS.filter(() => random() < 0.6);
        for (const [a, b] of cuts) federation.cut(a, b);
        const lives = everybody.map(async () => {
          for (let step = 0; step < STEPS; step += 1) {
            // what the rules refuse, or nobody is there for, is no step
            await randomStep(random, everybody)(roomId).catch(() => undefined);
          }
        });
        await Promise.all(lives);
        for (const [a, b] of cuts) federation.heal(a, b);
        await meetAgain(everybody);
        await say(roomId, `round ${round}`);
      }
      await expectAgreement(roomId, seed);
    },
    120_000,
  );
});

async function say(roomId: RoomId, what: string): Promise<void> {
  for (const { observer } of everybody) await observer.say(roomId, what).catch(() => undefined);
}

async function expectAgreement(roomId: RoomId, seed: number): Promise<void> {
  const states = () => Promise.all(everybody.map(({ observer }) => stateOf(roomId, observer)));
  try {
    await expect
      .poll(async () => new Set((await states()).map((state) => state.join('\n'))).size, { timeout: 30_000 })
      .toBe(1);
  } catch (error) {
    const [one, two, three] = await states();
    throw new Error(`seed ${seed}: ${JSON.stringify({ one, two, three }, null, 1)}`, { cause: error });
  }
}
