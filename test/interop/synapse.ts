import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Agent } from 'undici';
import type { ResponseCheck } from '../support/openapi.js';
import { sessionOf, type Target, TestClient, TestUser } from '../support/test-client.js';

const TOOL = join(import.meta.dirname, '../../../shared/tools/setup-synapse.sh');
/** Where the tool keeps its chroot. */
const CHROOT =
  process.env['CHROOT'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'synapse-chroot');
/** What stories want beside the tool's configuration. */
const MORE = `bcrypt_rounds: 4
allow_public_rooms_over_federation: true
room_list_publication_rules: [{ action: allow }]
allow_guest_access: true
federation: { destination_min_retry_interval: 1s, destination_max_retry_interval: 1s, destination_retry_multiplier: 1 }
`;
const run = promisify(execFile);

/** Whether a real Synapse can be set up here. */
export const hasSynapse = (): boolean => existsSync(TOOL);

/** A real Synapse of its own process, fresh each time, that speaks TLS to other servers on loopback. */
export class Synapse implements Target {
  readonly dispatcher = new Agent({ connections: 64 });
  /** What Synapse answers is not ours to check. */
  readonly responses = { check() {} } as unknown as ResponseCheck;

  private constructor(
    private readonly name: string,
    readonly serverName: string,
    readonly url: string,
    /** where it speaks to other servers, with a certificate of its own */
    readonly tlsPort: number,
  ) {}

  /**
   * @param name of its folder in the chroot
   * @param host how others call it, before its port
   * @param nameServer address of the name server that it asks, at port 53
   */
  static async start(
    name: string,
    { named, host = 'localhost', nameServer }: { named?: string; host?: string; nameServer?: string } = {},
  ): Promise<Synapse> {
    const [plain, tls] = [await freePort(), await freePort()];
    const serverName = named ?? `${host}:${tls}`;
    await tool('build-once');
    await tool('config', name, serverName, String(plain), String(tls));
    await appendFile(join(CHROOT, 'srv', name, 'homeserver.yaml'), MORE);
    if (nameServer !== undefined) await writeFile(join(CHROOT, 'etc/resolv.conf'), `nameserver ${nameServer}\n`);
    await tool('start', name);
    return new Synapse(name, serverName, `http://127.0.0.1:${plain}`, tls);
  }

  async register(username: string): Promise<TestUser> {
    const password = `correct horse ${username}`;
    const stranger = new TestClient(this);
    const auth = { type: 'm.login.dummy' };
    const body = await stranger.ok('POST', '/register', { body: { username, password, auth } });
    return new TestUser(this, sessionOf(body, password));
  }

  /** SIGKILL: nothing is said to it, nothing is written any more. */
  async kill(): Promise<void> {
    const pid = Number(await readFile(join(CHROOT, 'srv', this.name, 'pid'), 'utf8'));
    process.kill(pid, 'SIGKILL');
    while (await isAlive(pid)) await moment(10);
  }

  /** Starts it again where it was. */
  async revive(): Promise<void> {
    await tool('start', this.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await tool('stop', this.name);
    await this.dispatcher.close();
  }
}

/** Whether a process runs; one that only waits to be forgotten does not. */
async function isAlive(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return state !== '' && !/\) [ZX] /.test(state);
}

async function tool(command: string, ...more: string[]): Promise<void> {
  if (command === 'build-once') {
    // Building finds what stands and then takes seconds.
    if (!process.env['HEARTH_SYNAPSE_BUILT']) await run('bash', [TOOL, 'build'], { maxBuffer: 1 << 26 });
    process.env['HEARTH_SYNAPSE_BUILT'] = '1';
    return;
  }
  await run('bash', [TOOL, command, ...more]);
}

/** A port that nobody listens on: names of servers hold theirs, so it must be known before they start. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
  return promise;
}
