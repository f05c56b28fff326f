import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import type { Usage } from '../support/server-process.js';

/** Somebody with an account on the server under measurement. */
export interface BenchUser {
  readonly userId: string;
  readonly token: string;
  readonly deviceId: string;
}

type Json = Record<string, unknown>;

/** The server in its own process, with a client that costs little. */
export class BenchServer {
  #txn = 0;

  private constructor(
    readonly dataDir: string,
    private readonly child: ChildProcess,
    private readonly pool: Pool,
    /** ms from the start of the process until it answered */
    readonly readyAfter: number,
  ) {}

  static async start(
    options: {
      rounds?: number;
      dataDir?: string;
      nodeOptions?: string[];
      federationPort?: number;
      /** leaves its loop alone: nothing is known of stalls, and nothing is paid for it */
      unwatched?: boolean;
    } = {},
  ): Promise<BenchServer> {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'hearth-bench-')));
    const begun = performance.now();
    const script = fileURLToPath(new URL('./server-process.js', import.meta.url));
    const given = [dataDir, String(options.rounds ?? 4), String(options.federationPort ?? '')];
    if (options.unwatched) given.push('unwatched');
    const child = fork(script, given, { execArgv: options.nodeOptions ?? [] });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 128, pipelining: 1, headersTimeout: 120_000 });
    const server = new BenchServer(dataDir, child, pool, performance.now() - begun);
    await server.call('GET', '/_matrix/client/versions');
    return server;
  }

  async usage(): Promise<Usage> {
    this.child.send('usage');
    const [usage] = (await once(this.child, 'message')) as [Usage];
    return usage;
  }

  /** Ends the process; keeps the data unless told otherwise. */
  async stop({ keep = false } = {}): Promise<void> {
    await this.pool.close();
    this.child.send('stop');
    await once(this.child, 'exit');
    if (!keep) await rm(this.dataDir, { recursive: true, force: true });
  }

  async call(method: 'GET' | 'POST' | 'PUT', path: string, token?: string, body?: unknown): Promise<Json> {
    const isBytes = body instanceof Uint8Array;
    const { statusCode, body: stream } = await this.pool.request({
      method,
      path,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body !== undefined && { body: isBytes ? body : JSON.stringify(body) }),
    });
    if (path.includes('/download/')) {
      await stream.arrayBuffer();
      return {};
    }
    const reply = (await stream.json()) as Json;
    if (statusCode !== 200) throw new Error(`${method} ${path}: ${statusCode} ${JSON.stringify(reply)}`);
    return reply;
  }

  async register(name: string): Promise<BenchUser> {
    const reply = await this.call('POST', '/_matrix/client/v3/register', undefined, {
      username: name,
      password: `password of ${name}`,
      auth: { type: 'm.login.dummy' },
    });
    return {
      userId: String(reply['user_id']),
      token: String(reply['access_token']),
      deviceId: String(reply['device_id']),
    };
  }

  async createRoom(user: BenchUser, body: Json = { preset: 'public_chat' }): Promise<string> {
    return String((await this.call('POST', '/_matrix/client/v3/createRoom', user.token, body))['room_id']);
  }

  join(user: BenchUser, roomId: string): Promise<Json> {
    return this.call('POST', `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/join`, user.token, {});
  }

  send(user: BenchUser, roomId: string, body = 'a message of a usual length, as people write them'): Promise<Json> {
    this.#txn += 1;
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/b${this.#txn}`;
    return this.call('PUT', path, user.token, { msgtype: 'm.text', body });
  }

  sync(user: BenchUser, query: string): Promise<Json> {
    return this.call('GET', `/_matrix/client/v3/sync?${query}`, user.token);
  }
}
