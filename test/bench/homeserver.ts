import { BenchServer, type BenchUser } from './bench-server.js';
import { each, measure, printHeader } from './measure.js';

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const wants = (part: string) => only === undefined || only === part;
const profile = process.argv.includes('--profile') ? ['--cpu-prof', '--cpu-prof-dir=.'] : [];

const room = (id: string) => `/_matrix/client/v3/rooms/${encodeURIComponent(id)}`;

async function people(server: BenchServer, prefix: string, count: number): Promise<BenchUser[]> {
  const users: BenchUser[] = [];
  await each(count, 8, async (index) => {
    users[index] = await server.register(`${prefix}${index}`);
  });
  return users;
}

const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

async function accounts(): Promise<void> {
  const server = await BenchServer.start({ rounds: 12 });
  await measure(server, 'register (bcrypt cost 12)', { count: 10 }, (index) => server.register(`slow${index}`));
  await measure(server, 'login (bcrypt cost 12)', { count: 10 }, () =>
    server.call('POST', '/_matrix/client/v3/login', undefined, {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: 'slow0' },
      password: 'password of slow0',
    }),
  );
  await server.stop();
}

async function messages(): Promise<void> {
  const server = await BenchServer.start({ nodeOptions: profile });
  console.log(`at rest: ${(await server.usage()).rss.toFixed(0)} MiB`);
  const users = await people(server, 'user', 20);
  const rooms: string[] = [];
  const [alice] = users as [BenchUser];
  await measure(server, 'createRoom', { count: 50, warmUp: 20 }, async (index) => {
    rooms[index] = await server.createRoom(alice);
  });
  const ten = rooms.slice(0, 10);
  await each(ten.length * 19, 8, (index) =>
    server.join(pick(users, 1 + (index % 19)), pick(ten, Math.floor(index / 19))),
  );
  await measure(server, 'send, one at a time', { count: 1000, warmUp: 300 }, () => server.send(alice, pick(ten, 0)));
  const busy = await measure(
    server,
    'send, 16 in flight, 10 rooms',
    { count: 6000, inFlight: 16, warmUp: 2000 },
    (index) => server.send(pick(users, index), pick(ten, Math.floor(index / 20))),
  );
  await measure(server, 'send, 16 in flight, one room', { count: 2000, inFlight: 16 }, (index) =>
    server.send(pick(users, index), pick(ten, 3)),
  );
  await measure(server, 'messages page of 100', { count: 200, warmUp: 20 }, () =>
    server.call('GET', `${room(pick(ten, 1))}/messages?dir=b&limit=100`, alice.token),
  );
  console.log(
    `  ${busy.cpu <= 0.5 ? 'within' : 'OVER'} 0.5 ms of CPU a message, ${busy.perSecond.toFixed(0)} a second`,
  );
  await delivery(server, users, pick(ten, 2));
  await state(server, alice);
  await server.stop();
}

async function delivery(server: BenchServer, users: readonly BenchUser[], roomId: string): Promise<void> {
  const [alice, bob] = users as [BenchUser, BenchUser];
  let since = String((await server.sync(bob, 'timeout=0'))['next_batch']);
  await measure(server, 'delivery to a waiting /sync', { count: 200, warmUp: 50 }, async () => {
    const waiting = server.sync(bob, `since=${since}&timeout=30000`);
    await server.send(alice, roomId);
    since = String((await waiting)['next_batch']);
  });
  const readers = await people(server, 'reader', 50);
  await each(readers.length, 8, (index) => server.join(pick(readers, index), roomId));
  const tokens: string[] = [];
  await each(readers.length, 8, async (index) => {
    tokens[index] = String((await server.sync(pick(readers, index), 'timeout=0'))['next_batch']);
  });
  await measure(server, 'fan-out to 50 waiting /sync', { count: 40, warmUp: 10 }, async () => {
    const waiting = readers.map((reader, index) => server.sync(reader, `since=${tokens[index]}&timeout=30000`));
    await server.send(alice, roomId);
    const replies = await Promise.all(waiting);
    replies.forEach((reply, index) => (tokens[index] = String(reply['next_batch'])));
  });
}

async function state(server: BenchServer, alice: BenchUser): Promise<void> {
  const roomId = await server.createRoom(alice);
  await measure(server, 'state set (500 keys)', { count: 500 }, (index) =>
    server.call('PUT', `${room(roomId)}/state/org.example.bench/key${index}`, alice.token, { value: index }),
  );
  await measure(server, 'state get (all of it)', { count: 50, warmUp: 5 }, () =>
    server.call('GET', `${room(roomId)}/state`, alice.token),
  );
  const joiners = await people(server, 'joiner', 100);
  await measure(server, 'join', { count: 100 }, (index) => server.join(pick(joiners, index), roomId));
}

async function initialSync(): Promise<void> {
  const server = await BenchServer.start();
  const [alice, bob] = (await people(server, 'sync', 2)) as [BenchUser, BenchUser];
  for (let index = 0; index < 100; index += 1) {
    const roomId = await server.createRoom(alice);
    await server.join(bob, roomId);
    await each(30, 8, () => server.send(alice, roomId));
  }
  const filter = encodeURIComponent(JSON.stringify({ room: { timeline: { limit: 20 } } }));
  await measure(server, 'initial sync (100 rooms)', { count: 20, warmUp: 3 }, () =>
    server.sync(bob, `filter=${filter}`),
  );
  await server.stop();
}

async function media(): Promise<void> {
  const server = await BenchServer.start();
  const alice = await server.register('media');
  const bytes = new Uint8Array(2 ** 20).fill(7);
  let uri = '';
  await measure(server, 'upload 1 MiB', { count: 50, warmUp: 5 }, async () => {
    uri = String((await server.call('POST', '/_matrix/media/v3/upload', alice.token, bytes))['content_uri']);
  });
  const path = `/_matrix/client/v1/media/download/${uri.slice('mxc://'.length)}`;
  await measure(server, 'download 1 MiB', { count: 100, warmUp: 5 }, () => server.call('GET', path, alice.token));
  await server.stop();
}

async function keys(): Promise<void> {
  const server = await BenchServer.start();
  const users = await people(server, 'key', 20);
  await measure(server, 'keys upload (device and 50 one-time)', { count: 20 }, (index) =>
    server.call('POST', '/_matrix/client/v3/keys/upload', pick(users, index).token, keysOf(pick(users, index))),
  );
  const all = Object.fromEntries(users.map(({ userId }) => [userId, []]));
  await measure(server, 'keys query (20 users)', { count: 200, warmUp: 20 }, (index) =>
    server.call('POST', '/_matrix/client/v3/keys/query', pick(users, index).token, { device_keys: all }),
  );
  await measure(server, 'keys claim', { count: 200 }, (index) => {
    const { userId, deviceId } = pick(users, index + 1);
    const claim = { one_time_keys: { [userId]: { [deviceId]: 'signed_curve25519' } } };
    return server.call('POST', '/_matrix/client/v3/keys/claim', pick(users, index).token, claim);
  });
  await server.stop();
}

/** Keys of the right form; nobody here checks the signatures of devices. */
function keysOf({ userId, deviceId }: BenchUser): unknown {
  const key = 'A'.repeat(43);
  const signatures = { [userId]: { [`ed25519:${deviceId}`]: 'A'.repeat(86) } };
  const oneTime = Object.fromEntries(
    Array.from({ length: 50 }, (_none, index) => [`signed_curve25519:K${index}`, { key, signatures }]),
  );
  return {
    device_keys: {
      user_id: userId,
      device_id: deviceId,
      algorithms: ['m.olm.v1.curve25519-aes-sha2', 'm.megolm.v1.aes-sha2'],
      keys: { [`curve25519:${deviceId}`]: key, [`ed25519:${deviceId}`]: key },
      signatures,
    },
    one_time_keys: oneTime,
  };
}

async function largeRoom(): Promise<void> {
  const server = await BenchServer.start();
  const users = await people(server, 'crowd', 10_000);
  const [alice, bob] = users as [BenchUser, BenchUser];
  const [large, small] = [await server.createRoom(alice), await server.createRoom(alice)];
  await server.join(bob, small);
  await measure(server, 'join, up to 10,000 members', { count: 9_999, inFlight: 8 }, (index) =>
    server.join(pick(users, index + 1), large),
  );
  const load = { count: 3000, inFlight: 16, warmUp: 1000 };
  const inSmall = await measure(server, 'send in a room of 2', load, (index) =>
    server.send(index % 2 ? alice : bob, small),
  );
  const inLarge = await measure(server, 'send in a room of 10,000', load, (index) =>
    server.send(index % 2 ? alice : bob, large),
  );
  console.log(`  CPU a message, 10,000 members to 2: ${(inLarge.cpu / inSmall.cpu).toFixed(2)}`);
  await server.stop();
}

async function coldStart(): Promise<void> {
  const server = await BenchServer.start();
  const [alice] = (await people(server, 'cold', 1)) as [BenchUser];
  const rooms = await Promise.all(Array.from({ length: 10 }, () => server.createRoom(alice)));
  await each(100_000, 32, (index) => server.send(alice, pick(rooms, index)));
  await server.stop({ keep: true });
  const again = await BenchServer.start({ dataDir: server.dataDir });
  const { rss, cpu } = await again.usage();
  console.log(
    `with 100,000 events: ready after ${again.readyAfter.toFixed(0)} ms, ${cpu.toFixed(0)} ms of CPU, ${rss.toFixed(0)} MiB`,
  );
  await again.stop();
}

printHeader();
if (wants('accounts')) await accounts();
if (wants('messages')) await messages();
if (wants('sync')) await initialSync();
if (wants('media')) await media();
if (wants('keys')) await keys();
if (wants('large')) await largeRoom();
if (wants('cold')) await coldStart();
