import { afterAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { startFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import { seededRandom } from '../support/seeded-random.js';
import { type Inhabitants, randomStep } from './random-history.js';

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
const [home, ...away] = everybody as [Inhabitants, ...Inhabitants[]];

async function inhabit(server: TestHomeserver): Promise<Inhabitants> {
  const [moderator, member, observer] = [
    await server.register('moderator'),
    await server.register('member'),
    await server.register('observer'),
  ];
  return { moderator, member, observer };
}

describe('servers that were parted', () => {
  it.each(Array.from({ length: HISTORIES }, (_, at) => SEED * 1000 + at))(
    'agree again after history %i',
    async (seed) => {
      const random = seededRandom(seed);
      const roomId = await openRoom(VERSIONS[seed % VERSIONS.length] ?? '12');
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
        await meetAgain();
        await say(roomId, `round ${round}`);
      }
      await expectAgreement(roomId, seed);
    },
    120_000,
  );
});

/** A room with everybody in it. */
async function openRoom(version: string): Promise<RoomId> {
  const roomId = await home.moderator.createRoom({ preset: 'public_chat', room_version: version });
  for (const { moderator, member, observer } of everybody) {
    for (const user of [moderator, member, observer]) {
      if (user !== home.moderator) await user.join(roomId, 'hs1.test');
    }
  }
  const levels = await home.moderator.stateContent(roomId, 'm.room.power_levels');
  const users = Object.fromEntries(away.map(({ moderator }) => [moderator.userId, 50]));
  await home.moderator.setState(roomId, 'm.room.power_levels', {
    ...levels,
    users: { ...levels.users, ...users },
    invite: 0,
  });
  await expect
    .poll(async () => new Set(await Promise.all(everybody.map(({ observer }) => arrivals(roomId, observer)))))
    .toEqual(new Set([everybody.length * 3]));
  return roomId;
}

/** How many are in the room once the levels stand: joins that a fork had overtaken would not count in the end. */
async function arrivals(roomId: RoomId, observer: Inhabitants['observer']): Promise<number> {
  const state = await observer.state(roomId);
  const levels = state.find(({ type }) => type === 'm.room.power_levels')?.content;
  const isJoined = ({ type, content }: { type: string; content: any }) =>
    type === 'm.room.member' && content.membership === 'join';
  return levels?.invite === 0 ? state.filter(isJoined).length : 0;
}

/** Somebody on each server asks for somebody on each other one, which tells the servers that they are back. */
async function meetAgain(): Promise<void> {
  for (const { observer } of everybody) {
    for (const other of everybody) {
      await observer.get(`/profile/${encodeURIComponent(other.observer.userId)}`);
    }
  }
}

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

async function stateOf(roomId: RoomId, observer: Inhabitants['observer']): Promise<string[]> {
  const state = await observer.state(roomId);
  return state.map((event) => `${event.type} ${event.state_key} ${event.event_id}`).sort();
}
