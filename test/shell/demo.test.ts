import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtHearth } from '../support/built.js';

const run = promisify(execFile);
const folder = join(mkdtempSync(join(tmpdir(), 'hearth-demo-')), 'demo');
let program: string;

beforeAll(async () => {
  program = join(await builtHearth(), 'daemon.js');
});
afterAll(async () => {
  await demo('clean').catch(() => undefined);
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

const demo = async (command: string, ...more: string[]): Promise<string> =>
  (await run(process.execPath, [program, 'demo', command, '--directory', folder, ...more])).stdout;

describe('the demo', () => {
  it('starts three servers that share a room, starts them again, stops and deletes them', async () => {
    const client = await threeFreePorts();
    const server = await threeFreePorts(client + 3);
    const said = await demo('start', '--client-port', String(client), '--server-port', String(server));
    for (const [at, name] of ['alice', 'bob', 'carol'].entries()) {
      expect(said).toContain(`http://127.0.0.1:${client + at}`);
      expect(said).toContain(`@${name}:localhost:${server + at}`);
    }
    const carol = await signIn(client + 2, 'carol');
    expect(await membersSeenBy(client + 2, carol, `#demo:localhost:${server}`)).toEqual([
      `@alice:localhost:${server}`,
      `@bob:localhost:${server + 1}`,
      `@carol:localhost:${server + 2}`,
    ]);

    expect(await demo('start')).toContain('#demo');
    expect(await demo('stop')).toContain('Hearth has stopped.');
    expect(await demo('start')).toContain(`@bob:localhost:${server + 1}`);
    await demo('clean');
    expect(existsSync(folder)).toBe(false);
    await expect(fetch(`http://127.0.0.1:${client}/health`)).rejects.toThrow();
    expect(await demo('stop')).toContain('There is no demo');
  }, 120_000);
});

async function ask(port: number, path: string, token: string | undefined, body?: object): Promise<any> {
  const response = await fetch(`http://127.0.0.1:${port}/_matrix/client/v3${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.json();
}

async function signIn(port: number, user: string): Promise<string> {
  const identifier = { type: 'm.id.user', user };
  return (await ask(port, '/login', undefined, { type: 'm.login.password', identifier, password: 'demo' }))
    .access_token;
}

async function membersSeenBy(port: number, token: string, alias: string): Promise<string[]> {
  const { room_id: roomId } = await ask(port, `/directory/room/${encodeURIComponent(alias)}`, token);
  const { joined } = await ask(port, `/rooms/${encodeURIComponent(roomId)}/joined_members`, token);
  return Object.keys(joined).sort();
}

/** The first of three ports in a row that nobody listens on just now. */
async function threeFreePorts(from = 20_000 + Math.floor(Math.random() * 20_000)): Promise<number> {
  for (let first = from; first < 60_000; first += 3) {
    const free = await Promise.all([first, first + 1, first + 2].map(isFree));
    if (free.every(Boolean)) return first;
  }
  throw new Error('no three ports in a row are free');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
