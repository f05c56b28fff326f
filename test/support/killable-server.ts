import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'undici';
import type { CleanUpRequest } from '../../src-main/matrix/admin/index.js';
import type { UserId } from '../../src-main/spec/ids.js';

/** The server in a process of its own that can be killed at any moment; see `server-process.ts`. */
export class KillableServer {
  readonly #agent = new Agent({ connections: 32 });

  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  /**
   * @param program `server-process.ts`, built
   * @param federationPort where it listens to other servers, which call it `127.0.0.1:<port>`
   * @throws Error when it ends before it listens
   */
  static async start(program: string, dataDir: string, federationPort?: number): Promise<KillableServer> {
    const given = federationPort === undefined ? [] : ['4', String(federationPort)];
    const child = spawn(process.execPath, [program, dataDir, ...given], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ended = once(child, 'close').then(([code]) => {
      throw new Error(`the server ended with ${code} before it listened`);
    });
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
    ended.catch(() => undefined); // it is killed later
    return new KillableServer(child, port);
  }

  /** Begins to erase somebody, as the console would. */
  erase(userId: UserId): void {
    this.child.send({ erase: userId });
  }

  /** Begins to clear media away, as the console would. */
  cleanUp(request: CleanUpRequest): void {
    this.child.send({ cleanUp: request });
  }

  /** SIGKILL: nothing is said to it, nothing is written any more. Does nothing to one that is dead. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await closed;
    await this.#agent.destroy();
  }

  /**
   * The body of a request that must succeed.
   *
   * @param path below `/_matrix/client/v3`, unless it begins with `/_`
   * @param body an object is sent as JSON, bytes as they are
   * @throws Error with what the server said, or that it is gone
   */
  async call(method: 'GET' | 'POST' | 'PUT', path: string, token?: string, body?: object): Promise<any> {
    const reply = await request(
      `http://127.0.0.1:${this.port}${path.startsWith('/_') ? '' : '/_matrix/client/v3'}${path}`,
      {
        method,
        dispatcher: this.#agent,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          'content-type': body instanceof Uint8Array ? 'text/plain' : 'application/json',
        },
        ...(body && { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
      },
    );
    const isJson = String(reply.headers['content-type']).startsWith('application/json');
    const answer = isJson ? await reply.body.json() : Buffer.from(await reply.body.arrayBuffer());
    if (reply.statusCode !== 200) throw new Error(`${method} ${path}: ${reply.statusCode} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Makes an account; resolves with its access token. */
  async register(username: string): Promise<string> {
    const account = { username, password: 'correct horse', auth: { type: 'm.login.dummy' } };
    return (await this.call('POST', '/register', undefined, account)).access_token;
  }
}
