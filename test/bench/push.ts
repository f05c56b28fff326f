import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BenchServer, type BenchUser } from './bench-server.js';
import { each, type Measured, measure } from './measure.js';

/** What people with pushers add to a message in a large room: `npm run bench -- push`. */

const MEMBERS = Number(process.argv[2] ?? 1_000);
const PUSHERS = 10;
const MESSAGES = 600;
const ROUNDS = 9;
const WARM_UP = 100;

let isAnswering = false;
let notifications = 0;
const held: ServerResponse[] = [];
const gateway = createServer((request, response) => {
  notifications += 1;
  request.resume();
  if (isAnswering) response.setHeader('content-type', 'application/json').end('{"rejected":[]}');
  else held.push(response);
});
gateway.listen(0, '127.0.0.1');
await once(gateway, 'listening');
const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/_matrix/push/v1/notify`;

const server = await BenchServer.start();
const users: BenchUser[] = [];
await each(MEMBERS, 16, async (index) => {
  users.push(await server.register(`member${index}`));
});
const [author, ...others] = users as [BenchUser, ...BenchUser[]];
const roomId = await server.createRoom(author);
await each(others.length, 16, (index) => server.join(others[index] as BenchUser, roomId));
const say = (name: string) =>
  measure(server, name, { count: MESSAGES, inFlight: 16, warmUp: WARM_UP }, () => server.send(author, roomId));

const pushers = others.slice(0, PUSHERS);
const set = async (kind: 'http' | null) => {
  for (const user of pushers) {
    await server.call('POST', '/_matrix/client/v3/pushers/set', user.token, {
      kind,
      app_id: 'org.example.bench',
      pushkey: user.userId,
      app_display_name: 'Bench',
      device_display_name: 'Phone',
      lang: 'en',
      data: { url },
    });
  }
};
await say('warming up');
const rounds: { readonly none: Measured; readonly noticed: Measured }[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  await set(null);
  const none = await say(`a message to ${MEMBERS} members, nobody with a pusher`);
  await set('http');
  rounds.push({ none, noticed: await say(`the same, ${PUSHERS} with a pusher whose gateway hangs`) });
}
/** Of several the one in the middle: other programs on the machine disturb some. */
const middle = (of: 'none' | 'noticed') => rounds.map((round) => round[of].cpu).sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
isAnswering = true;
for (const response of held) response.end('{"rejected":[]}');
await drained();
notifications = 0;
const before = await server.usage();
const told = await say(`the same, each told at once`);
await drained();
const cpu = (await server.usage()).cpu - before.cpu;
console.log(
  `noticing adds ${percent(middle('noticed'), middle('none'))}; while they are told: ${percent(told.cpu, middle('none'))}`,
);
const cpuOfEach = (cpu - middle('none') * (MESSAGES + WARM_UP)) / notifications;
console.log(`${notifications} notifications, each ${cpuOfEach.toFixed(3)} ms of CPU`);
await server.stop();
gateway.close();
gateway.closeAllConnections();

function percent(one: number, other: number): string {
  return `${((one / other - 1) * 100).toFixed(0)} %`;
}

/** Nothing came for a while. */
async function drained(): Promise<void> {
  for (let last = -1; last !== notifications; ) {
    last = notifications;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }
}
