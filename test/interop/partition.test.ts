import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { inhabit, meetAgain, openRoom, stateOf } from '../federation/parted-room.js';
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

describe('ours and a Synapse that were parted', () => {
  it.each(Array.from({ length: HISTORIES }, (_, at) => SEED * 1000 + at))(
    'agree again after history %i',
    async (seed) => {
      const random = seededRandom(seed);
      const home = Math.floor(random() * everybody.length);
      const roomId = await openRoom(VERSIONS[seed % VERSIONS.length] ?? '12', everybody, home);
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
        await meetAgain(everybody);
        for (const { observer } of everybody) await observer.say(roomId, `round ${round}`).catch(() => undefined);
      }
      await expectAgreement(roomId, seed);
    },
    120_000,
  );
});

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
