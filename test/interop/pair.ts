import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHomeserver, testConfig, type TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';
import { freePort, Synapse } from './synapse.js';

/** Either server, as stories see it. */
export interface Side {
  readonly name: 'hearth' | 'synapse';
  readonly serverName: string;
  register(name: string): Promise<TestUser>;
}

/** A Hearth and a Synapse that reach each other. */
export class Pair {
  readonly hearth: Side;
  readonly synapse: Side;

  private constructor(
    private readonly own: TestHomeserver,
    private readonly other: Synapse,
  ) {
    const side = (name: Side['name'], server: TestHomeserver | Synapse): Side => ({
      name,
      serverName: server.serverName,
      register: (who) => server.register(who),
    });
    this.hearth = side('hearth', own);
    this.synapse = side('synapse', other);
  }

  /** @param name of the Synapse's folder: one for each file of tests */
  static async start(name: string): Promise<Pair> {
    const [own, other] = await Promise.all([startHearth(), Synapse.start(name)]);
    return new Pair(own, other);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.own[Symbol.asyncDispose]();
    await this.other[Symbol.asyncDispose]();
  }
}

async function startHearth(): Promise<TestHomeserver> {
  const port = await freePort();
  const base = testConfig(await mkdtemp(join(tmpdir(), 'hearth-interop-')));
  const bindAddresses = ['127.0.0.1'];
  return startHomeserver({
    config: {
      serverName: `localhost:${port}`,
      listeners: [
        { port: 0, bindAddresses, tls: false, trustedProxies: [], resources: ['client', 'media', 'health'] },
        { port, bindAddresses, tls: true, trustedProxies: [], resources: ['federation', 'keys', 'media'] },
      ],
      federation: {
        ...base.federation,
        verifyCertificates: false,
        allowedRanges: ['127.0.0.0/8', '::1/128'],
        trustedKeyServers: [],
        publicRooms: true,
      },
    },
  });
}
