import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildProgram } from '../../support/build-program.js';
import { KillableServer } from '../../support/killable-server.js';
import { seededRandom } from '../../support/seeded-random.js';

const KILLS = Number(process.env.KILLS ?? 100);
const SEED = Number(process.env.SEED ?? Date.now() % 1e9);
const SENDERS = 6;
const random = seededRandom(SEED);
const told = `seed ${SEED}`;
const segment = encodeURIComponent;

let program: Awaited<ReturnType<typeof buildProgram>>;
let dataDir: string;
beforeAll(async () => {
  program = await buildProgram('test/support/server-process.ts');
});
afterAll(() => program[Symbol.dispose]());
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hearth-kill-'));
});
afterEach(async () => {
  await running?.kill();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

let running: KillableServer | undefined;
async function start(): Promise<KillableServer> {
  running = await KillableServer.start(program.path, dataDir);
  return running;
}

/** The server dies after a moment, whatever it is doing; then its database is looked at. */
async function killSometime(server: KillableServer): Promise<void> {
  await moment(random() * 150); // the moment of death is what this is about
  await server.kill();
  const raw = new BetterSqlite3(join(dataDir, 'homeserver.db'), { readonly: true });
  expect(raw.pragma('integrity_check', { simple: true }), told).toBe('ok');
  raw.close();
}

/** A message that the server said it has. */
interface Acknowledged {
  readonly sender: number;
  readonly body: string;
  readonly eventId: string;
}

const sendText = async (server: KillableServer, token: string, roomId: string, body: string): Promise<string> => {
  const path = `/rooms/${segment(roomId)}/send/m.room.message/${segment(body)}`;
  return (await server.call('PUT', path, token, { msgtype: 'm.text', body })).event_id;
};

/** Sends until the server dies; each sender waits for one answer before it sends the next. */
async function sendUntilKilled(server: KillableServer, token: string, roomId: string, run: number) {
  const acknowledged: Acknowledged[] = [];
  const unanswered: string[] = [];
  const senders = Array.from({ length: SENDERS }, async (_none, sender) => {
    for (let index = 0; ; index += 1) {
      const body = `${run} ${sender} ${index}`;
      try {
        acknowledged.push({ sender, body, eventId: await sendText(server, token, roomId, body) });
      } catch {
        unanswered.push(body);
        return;
      }
    }
  });
  await killSometime(server);
  await Promise.all(senders);
  return { acknowledged, unanswered };
}

/** All messages of the room, oldest first. */
async function history(server: KillableServer, token: string, roomId: string) {
  const events: { body: string; eventId: string }[] = [];
  for (let from: string | undefined = ''; from !== undefined; ) {
    const query: string = from === '' ? '' : `&from=${from}`;
    const page = await server.call('GET', `/rooms/${segment(roomId)}/messages?dir=f&limit=1000${query}`, token);
    for (const { content, event_id: eventId } of page.chunk)
      if (content.body) events.push({ body: content.body, eventId });
    from = page.end;
  }
  return events;
}

it(`has every message that it acknowledged, in order and once, over ${KILLS} kills`, { timeout: 600_000 }, async () => {
  let server = await start();
  const token = await server.register('alice');
  const { room_id: roomId } = await server.call('POST', '/createRoom', token, {});
  const all: Acknowledged[] = [];
  for (let run = 0; run < KILLS; run += 1) {
    const { acknowledged, unanswered } = await sendUntilKilled(server, token, roomId, run);
    all.push(...acknowledged);
    server = await start();
    // Whoever got no answer asks again with the same transaction: it must end up there once, whatever happened.
    for (const body of unanswered) {
      all.push({ sender: -1, body, eventId: await sendText(server, token, roomId, body) });
    }
  }
  const found = await history(server, token, roomId);
  const places = new Map(found.map(({ body }, place) => [body, place]));
  expect(places.size, `${told}: a message is there twice`).toBe(found.length);
  const ids = new Map(found.map(({ body, eventId }) => [body, eventId]));
  const lost = all.filter(({ body, eventId }) => ids.get(body) !== eventId);
  expect(lost, `${told}: lost, or under another id`).toEqual([]);
  for (let sender = 0; sender < SENDERS; sender += 1) {
    const own = all.filter((message) => message.sender === sender).map(({ body }) => places.get(body) ?? -1);
    expect(own, `${told}: out of order`).toEqual(own.toSorted((a, b) => a - b));
  }
  expect(all.length).toBeGreaterThan(KILLS);
});

/** What the server said that it has. */
interface Chores {
  /** account data: the last value that was acknowledged, and the one that was under way */
  data: { kept: number; tried: number };
  readonly messages: number[];
  readonly uploads: Map<string, string>;
  readonly accounts: string[];
}

const ALICE = '@alice:bench.test';
const BOB = '@bob:bench.test';
const ROUNDS = Math.ceil(KILLS / 5);

/** Writes of four kinds at once, each one after another, until the server dies. */
async function doUntilKilled(server: KillableServer, alice: string, chores: Chores, run: number): Promise<void> {
  const begun: Promise<void>[] = [];
  const forever = async (once: (index: number) => Promise<void>) => {
    const first = Promise.withResolvers<void>();
    begun.push(first.promise);
    try {
      for (let index = run * 10_000; ; index += 1) {
        await once(index);
        first.resolve();
      }
    } catch {
      first.resolve(); // the server is gone
    }
  };
  const work = [
    forever(async (n) => {
      chores.data.tried = n;
      await server.call('PUT', `/user/${segment(ALICE)}/account_data/m.test`, alice, { n });
      chores.data.kept = n;
    }),
    forever(async (n) => {
      await server.call('PUT', `/sendToDevice/m.test/${n}`, alice, { messages: { [BOB]: { '*': { n } } } });
      chores.messages.push(n);
    }),
    forever(async (n) => {
      const { content_uri: uri } = await server.call(
        'POST',
        '/_matrix/media/v3/upload',
        alice,
        Buffer.from(`file ${n}`),
      );
      chores.uploads.set(uri, `file ${n}`);
    }),
    forever(async (n) => {
      chores.accounts.push(await server.register(`user${n}`));
    }),
  ];
  await Promise.all(begun); // on a busy machine this takes a while
  await killSometime(server);
  await Promise.all(work);
}

it(`keeps data, messages to devices, files and accounts over ${ROUNDS} kills`, { timeout: 600_000 }, async () => {
  let server = await start();
  const tokens = { alice: await server.register('alice'), bob: await server.register('bob') };
  const chores: Chores = { data: { kept: -1, tried: -1 }, messages: [], uploads: new Map(), accounts: [] };
  const received: number[] = [];
  let since = '';
  for (let run = 0; run < ROUNDS; run += 1) {
    await doUntilKilled(server, tokens.alice, chores, run);
    server = await start();
    const { n } = await server.call('GET', `/user/${segment(ALICE)}/account_data/m.test`, tokens.alice);
    expect([chores.data.kept, chores.data.tried], told).toContain(n);
    for (let isMore = true; isMore; ) {
      const body = await server.call('GET', `/sync?timeout=0${since === '' ? '' : `&since=${since}`}`, tokens.bob);
      const events: { content: { n: number } }[] = body.to_device?.events ?? [];
      received.push(...events.map(({ content }) => content.n));
      since = body.next_batch;
      isMore = events.length > 0;
    }
  }
  expect(new Set(received).size, `${told}: a message came twice`).toBe(received.length);
  expect(received, `${told}: out of order`).toEqual(received.toSorted((a, b) => a - b));
  expect(
    chores.messages.filter((n) => !received.includes(n)),
    `${told}: a message is lost`,
  ).toEqual([]);
  for (const [uri, text] of chores.uploads) {
    const path = `/_matrix/client/v1/media/download/${uri.replace('mxc://', '')}`;
    expect(String(await server.call('GET', path, tokens.bob)), told).toBe(text);
  }
  for (const token of chores.accounts) await server.call('GET', '/account/whoami', token);
  expect(Math.min(chores.messages.length, chores.uploads.size, chores.accounts.length)).toBeGreaterThan(0);
});
