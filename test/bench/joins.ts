import { once } from 'node:events';
import { createServer } from 'node:net';
import { BenchServer, type BenchUser } from './bench-server.js';
import { each } from './measure.js';

/**
 * Joining a room of another server: how long until the first message can be sent and until all members are here, and
 * what it costs both sides.
 * `npm run bench -- joins 200 20000`: with so many members.
 */
const given = process.argv.slice(2).map(Number);
const SIZES = given.length > 0 ? given : [200, 20_000];
const MESSAGES = 1_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const startServer = async () => BenchServer.start({ federationPort: await freePort() });

/** A public room with so many members, all of one server, and messages after them. */
async function largeRoom(home: BenchServer, members: number): Promise<{ owner: BenchUser; roomId: string }> {
  const owner = await home.register('owner');
  const roomId = await home.createRoom(owner);
  await each(members - 1, 16, async (index) => home.join(await home.register(`member${index}`), roomId));
  await each(MESSAGES, 16, () => home.send(owner, roomId));
  return { owner, roomId };
}

/** Resolves when all members are here: until then nobody knows that somebody is none. */
async function whole(server: BenchServer, user: BenchUser, roomId: string): Promise<void> {
  const nobody = encodeURIComponent(`@nobody:${user.userId.slice(user.userId.indexOf(':') + 1)}`);
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state/m.room.member/${nobody}`;
  await server.call('GET', path, user.token).catch((error: unknown) => {
    if (!String(error).includes('404')) throw error;
  });
}

const cell = (value: number, width: number, digits = 0) => value.toFixed(digits).padStart(width);

console.log(
  'members   joined ms   first message ms   complete ms   CPU ms here   CPU ms there   peak MiB   stall ms here   there   of CPU here   there',
);
for (const members of SIZES) {
  const [home, away] = [await startServer(), await startServer()];
  try {
    const { owner, roomId } = await largeRoom(home, members);
    const guest = await away.register('guest');
    const via = encodeURIComponent(owner.userId.slice(owner.userId.indexOf(':') + 1));
    const [there, here] = [await home.usage(), await away.usage()];
    const begun = performance.now();
    await away.call('POST', `/_matrix/client/v3/join/${encodeURIComponent(roomId)}?via=${via}`, guest.token, {});
    const joined = performance.now() - begun;
    await away.send(guest, roomId);
    const sent = performance.now() - begun;
    await whole(away, guest, roomId);
    const complete = performance.now() - begun;
    const [thereAfter, hereAfter] = [await home.usage(), await away.usage()];
    console.log(
      cell(members, 7) +
        cell(joined, 12) +
        cell(sent, 19) +
        cell(complete, 14) +
        cell(hereAfter.cpu - here.cpu, 14) +
        cell(thereAfter.cpu - there.cpu, 15) +
        cell(hereAfter.peak, 11) +
        cell(hereAfter.stall, 16, 1) +
        cell(thereAfter.stall, 8, 1) +
        cell(hereAfter.work, 14, 1) +
        cell(thereAfter.work, 8, 1),
    );
  } finally {
    await home.stop();
    await away.stop();
  }
}
