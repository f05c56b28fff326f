import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { Agent, request } from 'undici';
import { expect, it } from 'vitest';
import { buildProgram } from '../../support/build-program.js';
import { seededRandom } from '../../support/seeded-random.js';

const KILLS = Number(process.env.KILLS ?? 100);
const SEED = Number(process.env.SEED ?? Date.now() % 1e9);
const SENDERS = 6;
const random = seededRandom(SEED);

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly agent: Agent;
}

/** A message that the server said it has. */
interface Acknowledged {
  readonly sender: number;
  readonly body: string;
  readonly eventId: string;
  readonly txnId: string;
}

async function start(program: string, dataDir: string): Promise<Running> {
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`the server ended with ${code} before it listened`);
  });
  const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
  ended.catch(() => undefined); // it is killed later
  return { child, url: `http://127.0.0.1:${port}`, agent: new Agent({ connections: 32 }) };
}

async function kill({ child, agent }: Running): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  await agent.destroy();
}

async function call(server: Running, method: 'GET' | 'POST' | 'PUT', path: string, token?: string, body?: object) {
  const reply = await request(`${server.url}/_matrix/client/v3${path}`, {
    method,
    dispatcher: server.agent,
    headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await reply.body.json()) as Record<string, any>;
  if (reply.statusCode !== 200) throw new Error(`${method} ${path}: ${reply.statusCode} ${JSON.stringify(answer)}`);
  return answer;
}

const sendPath = (roomId: string, txnId: string) =>
  `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${encodeURIComponent(txnId)}`;

/** Sends until the server dies; each sender waits for one answer before it sends the next. */
async function sendUntilKilled(server: Running, token: string, roomId: string, run: number) {
  const acknowledged: Acknowledged[] = [];
  const unanswered: string[] = [];
  const senders = Array.from({ length: SENDERS }, async (_none, sender) => {
    for (let index = 0; ; index += 1) {
      const txnId = `${run} ${sender} ${index}`;
      try {
        const { event_id: eventId } = await call(server, 'PUT', sendPath(roomId, txnId), token, {
          msgtype: 'm.text',
          body: txnId,
        });
        acknowledged.push({ sender, body: txnId, eventId, txnId });
      } catch {
        unanswered.push(txnId);
        return;
      }
    }
  });
  await moment(random() * 150); // the moment of death is what this is about
  await kill(server);
  await Promise.all(senders);
  return { acknowledged, unanswered };
}

/** All messages of the room, oldest first. */
async function history(server: Running, token: string, roomId: string): Promise<{ body: string; eventId: string }[]> {
  const events: { body: string; eventId: string }[] = [];
  for (let from: string | undefined = ''; from !== undefined; ) {
    const query: string = from === '' ? '' : `&from=${from}`;
    const page: Record<string, any> = await call(
      server,
      'GET',
      `/rooms/${encodeURIComponent(roomId)}/messages?dir=f&limit=1000${query}`,
      token,
    );
    for (const event of page.chunk)
      if (event.content.body) events.push({ body: event.content.body, eventId: event.event_id });
    from = page.end;
  }
  return events;
}

function checkIntegrity(dataDir: string): void {
  const raw = new BetterSqlite3(join(dataDir, 'homeserver.db'), { readonly: true });
  try {
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
  } finally {
    raw.close();
  }
}

it(`has every message that it acknowledged, in order and once, over ${KILLS} kills`, { timeout: 600_000 }, async () => {
  using program = await buildProgram('test/support/server-process.ts');
  const dataDir = await mkdtemp(join(tmpdir(), 'hearth-kill-'));
  const told = `seed ${SEED}`;
  try {
    let server = await start(program.path, dataDir);
    const alice = await call(server, 'POST', '/register', undefined, {
      username: 'alice',
      password: 'correct horse',
      auth: { type: 'm.login.dummy' },
    });
    const token = String(alice.access_token);
    const roomId = String((await call(server, 'POST', '/createRoom', token, {})).room_id);
    const all: Acknowledged[] = [];
    for (let run = 0; run < KILLS; run += 1) {
      const { acknowledged, unanswered } = await sendUntilKilled(server, token, roomId, run);
      all.push(...acknowledged);
      checkIntegrity(dataDir);
      server = await start(program.path, dataDir);
      // Whoever got no answer asks again with the same transaction: it must end up there once, whatever happened.
      for (const txnId of unanswered) {
        const { event_id: eventId } = await call(server, 'PUT', sendPath(roomId, txnId), token, {
          msgtype: 'm.text',
          body: txnId,
        });
        all.push({ sender: -1, body: txnId, eventId, txnId });
      }
    }
    const found = await history(server, token, roomId);
    const places = new Map(found.map(({ body }, place) => [body, place]));
    expect(places.size, `${told}: a message is there twice`).toBe(found.length);
    const ids = new Map(found.map(({ body, eventId }) => [body, eventId]));
    expect(
      all.filter(({ body, eventId }) => ids.get(body) !== eventId),
      `${told}: lost, or under another id`,
    ).toEqual([]);
    for (let sender = 0; sender < SENDERS; sender += 1) {
      const own = all.filter((message) => message.sender === sender).map(({ body }) => places.get(body) ?? -1);
      expect(own, `${told}: out of order`).toEqual(own.toSorted((a, b) => a - b));
    }
    expect(all.length).toBeGreaterThan(KILLS);
    await kill(server);
    checkIntegrity(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
});
