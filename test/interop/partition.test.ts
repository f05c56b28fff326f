import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { type Inhabitants, randomStep } from '../federation/random-history.js';
import { TestDnsServer } from '../support/dns-server.js';
import { startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import { seededRandom } from '../support/seeded-random.js';
import { Gate } from './gate.js';
import { Synapse } from './synapse.js';

/** Two servers of ours and a Synapse, parted and healed, agree in the end: `HEARTH_HISTORIES=200` for many. */
const HISTORIES = Number(process.env['HEARTH_HISTORIES'] ?? 10);
const SEED = Number(process.env['HEARTH_SEED'] ?? 1);
const ROUNDS = 2;
const STEPS = 6;
const VERSIONS = ['10', '12'];
const NAMES = ['hs1.test', 'hs2.test'];
const SYNAPSE = 'synapse.test';
/** An address of loopback on which nobody answers for names. */
const NAME_SERVER = '127.0.53.1';

let federation: TestFederation;
let synapse: Synapse;
/** The ways from Synapse to each of ours, and from ours to it. */
let gates: Gate[];
let names: TestDnsServer;
let everybody: Inhabitants[];

beforeAll(async () => {
  const trusting = { federation: { verifyCertificates: false } };
  federation = await startFederation(NAMES, { unread: true, config: trusting });
  names = await TestDnsServer.start({ address: NAME_SERVER, port: 53 });
  names.add('gate.test', 'A', '127.0.0.1');
  synapse = await Synapse.start('hearth-partition', { named: SYNAPSE, nameServer: NAME_SERVER });
  gates = await Promise.all(federation.servers.map((server) => Gate.open('127.0.0.1', 0, () => tlsPortOf(server))));
  gates.forEach((gate, at) => names.add(`_matrix-fed._tcp.${NAMES[at]}`, 'SRV', `0 1 ${gate.port} gate.test`));
  const toSynapse = await Gate.open('127.0.0.1', 0, () => synapse.tlsPort);
  gates.push(toSynapse);
  federation.dns.hosts.set('gate.test', ['127.0.0.1']);
  federation.dns.services.set(`_matrix-fed._tcp.${SYNAPSE}`, [{ target: 'gate.test', port: toSynapse.port }]);
  everybody = await Promise.all([...federation.servers, synapse].map(inhabit));
}, 300_000);

afterAll(async () => {
  for (const gate of gates ?? []) await gate.close();
  await synapse?.[Symbol.asyncDispose]();
  await names?.[Symbol.asyncDispose]();
  await federation?.stop();
});

const tlsPortOf = ({ addresses }: TestHomeserver): number => addresses.find(({ tls }) => tls)?.port ?? 0;

async function inhabit(server: TestHomeserver | Synapse): Promise<Inhabitants> {
  return {
    moderator: await server.register('moderator'),
    member: await server.register('member'),
    observer: await server.register('observer'),
  };
}

describe('ours and a Synapse that were parted', () => {
  it.each(Array.from({ length: HISTORIES }, (_, at) => SEED * 1000 + at))(
    'agree again after history %i',
    async (seed) => {
      const random = seededRandom(seed);
      const home = Math.floor(random() * everybody.length);
      const roomId = await openRoom(VERSIONS[seed % VERSIONS.length] ?? '12', home);
      for (let round = 0; round < ROUNDS; round += 1) {
        if (random() < 0.8) for (const gate of gates) gate.shut();
        if (random() < 0.5) federation.cut('hs1.test', 'hs2.test');
        await Promise.all(
          everybody.map(async () => {
            for (let step = 0; step < STEPS; step += 1)
              await randomStep(random, everybody)(roomId).catch(() => undefined);
          }),
        );
        for (const gate of gates) gate.reopen();
        federation.heal('hs1.test', 'hs2.test');
        await meetAgain();
        for (const { observer } of everybody) await observer.say(roomId, `round ${round}`).catch(() => undefined);
      }
      await expectAgreement(roomId, seed);
    },
    120_000,
  );
});

async function openRoom(version: string, home: number): Promise<RoomId> {
  const host = everybody[home]?.moderator;
  if (!host) throw new Error('nobody makes the room');
  const roomId = await host.createRoom({ preset: 'public_chat', room_version: version });
  const via = host.userId.slice(host.userId.indexOf(':') + 1);
  for (const { moderator, member, observer } of everybody) {
    for (const user of [moderator, member, observer]) if (user !== host) await user.join(roomId, via);
  }
  const levels = await host.stateContent(roomId, 'm.room.power_levels');
  const others = everybody.map(({ moderator }) => moderator).filter((moderator) => moderator !== host);
  const users = Object.fromEntries(others.map(({ userId }) => [userId, 50]));
  const wanted = { ...levels, users: { ...levels.users, ...users }, invite: 0 };
  await host.setState(roomId, 'm.room.power_levels', wanted);
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

/** Somebody on each server asks each other server, which tells both that they are back. */
async function meetAgain(): Promise<void> {
  for (const { observer } of everybody) {
    for (const other of everybody) await observer.get(`/profile/${encodeURIComponent(other.observer.userId)}`);
  }
}

async function expectAgreement(roomId: RoomId, seed: number): Promise<void> {
  const states = () => Promise.all(everybody.map(({ observer }) => stateOf(roomId, observer)));
  let nudges = 0;
  try {
    await expect
      .poll(
        async () => {
          // Synapse asks again only when something new comes.
          if (++nudges % 20 === 0) for (const { observer } of everybody) await observer.say(roomId, 'still here');
          return new Set((await states()).map((state) => state.join('\n'))).size;
        },
        { timeout: 60_000, interval: 200 },
      )
      .toBe(1);
  } catch (error) {
    throw new Error(`seed ${seed}: ${JSON.stringify(await states(), null, 1)}`, { cause: error });
  }
}

async function stateOf(roomId: RoomId, observer: Inhabitants['observer']): Promise<string[]> {
  const state = await observer.state(roomId);
  return state.map((event) => `${event.type} ${event.state_key} ${event.event_id}`).sort();
}
