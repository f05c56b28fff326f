import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildProgram } from '../support/build-program.js';
import { KillableServer } from '../support/killable-server.js';
import { seededRandom } from '../support/seeded-random.js';
import type { TestUser } from '../support/test-client.js';
import { seg } from './story.js';
import { freePort, Synapse } from './synapse.js';

const KILLS = Number(process.env['HEARTH_KILLS'] ?? 3);
const SEED = Number(process.env['HEARTH_SEED'] ?? Date.now() % 1e9);
const random = seededRandom(SEED);
const told = `seed ${SEED}`;

let program: Awaited<ReturnType<typeof buildProgram>>;
let dataDir: string;
let port: number;
let hearth: KillableServer;
let token: string;
let synapse: Synapse;
let bob: TestUser;
beforeAll(async () => {
  [program, dataDir, port, synapse] = await Promise.all([
    buildProgram('test/support/server-process.ts'),
    mkdtemp(join(tmpdir(), 'hearth-interop-')),
    freePort(),
    Synapse.start('hearth-kill', { host: '127.0.0.1' }),
  ]);
  await revive.hearth();
  token = await hearth.register('alice');
  bob = await synapse.register('bob');
}, 300_000);
afterAll(async () => {
  await hearth?.kill();
  await synapse?.[Symbol.asyncDispose]();
  program?.[Symbol.dispose]();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

const kill = { hearth: () => hearth.kill(), synapse: () => synapse.kill() };
const revive = {
  hearth: async () => {
    hearth = await KillableServer.start(program.path, dataDir, port);
  },
  synapse: () => synapse.revive(),
};

let count = 0;
const said = (roomId: string, body: string) => ({
  path: `/rooms/${seg(roomId)}/send/m.room.message/t${(count += 1)}`,
  body: { msgtype: 'm.text', body },
});

/** Sends messages one after another until the server is gone. @returns those that it took */
async function talk(name: string, send: (body: string) => Promise<unknown>, isOver: () => boolean): Promise<string[]> {
  const taken: string[] = [];
  while (!isOver()) {
    const body = `${name} ${(count += 1)}`;
    await send(body).then(
      () => taken.push(body),
      () => 'it is dead, and comes back',
    );
    await moment(60); // as fast as a lively room, not as fast as a machine can
  }
  return taken;
}

const aliceSays = (roomId: string) => (text: string) => {
  const { path, body } = said(roomId, text);
  return hearth.call('PUT', path, token, body);
};
const bobSays = (roomId: string) => (text: string) => {
  const { path, body } = said(roomId, text);
  return bob.ok('PUT', path, { body });
};

/** All messages that paging back gives. */
async function messages(ask: (path: string) => Promise<any>, roomId: string): Promise<string[]> {
  const bodies: string[] = [];
  let from: string | undefined = '';
  for (let page = 0; page < 50 && from !== undefined; page += 1) {
    const more: string = from === '' ? '' : `&from=${seg(from)}`;
    const { chunk, end } = await ask(`/rooms/${seg(roomId)}/messages?dir=b&limit=100${more}`);
    for (const event of chunk) if (event.type === 'm.room.message') bodies.push(event.content.body);
    from = end;
  }
  return bodies.toSorted();
}

it.each(['hearth', 'synapse'] as const)(
  'nothing is lost that either took, however often the %s is killed while both write',
  async (victim) => {
    const options = { preset: 'private_chat', invite: [bob.userId] };
    const { room_id: roomId } = await hearth.call('POST', '/createRoom', token, options);
    await bob.syncUntilBody((body) => body.rooms?.invite?.[roomId]);
    await bob.join(roomId, `127.0.0.1:${port}`);
    let isOver = false;
    const talks = [talk('alice', aliceSays(roomId), () => isOver), talk('bob', bobSays(roomId), () => isOver)];
    for (let at = 0; at < KILLS; at += 1) {
      await moment(100 + random() * 600); // the moment is what this is about
      await kill[victim]();
      await revive[victim]();
    }
    await moment(300);
    isOver = true;
    const taken = (await Promise.all(talks)).flat();
    for (const speak of [aliceSays, bobSays]) await speak(roomId)('the last word');
    const ofAlice = () => messages((path) => hearth.call('GET', path, token), roomId);
    const ofBob = () => messages((path) => bob.ok('GET', path), roomId);
    for (const list of [ofAlice, ofBob])
      await expect.poll(list, { timeout: 40_000, message: told }).toEqual(expect.arrayContaining(taken));
    expect(await ofAlice(), told).toEqual(await ofBob());
  },
  180_000,
);
