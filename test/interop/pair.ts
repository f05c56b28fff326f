import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHomeserver, testConfig, type TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';
import { Door } from './door.js';
import { Gate } from './gate.js';
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
    /** the ways to each of them, where they are watched */
    readonly doors: Readonly<Record<Side['name'], Door>> | undefined,
    /** the ways to each of them, where they can be cut */
    private readonly gates: readonly Gate[] = [],
  ) {
    const side = (name: Side['name'], server: TestHomeserver | Synapse): Side => ({
      name,
      serverName: server.serverName,
      register: (who) => server.register(who),
    });
    this.hearth = side('hearth', own);
    this.synapse = side('synapse', other);
  }

  /**
   * @param name of the Synapse's folder: one for each file of tests
   * @param host how others call the Synapse, before its port
   */
  static async start(name: string, host?: string): Promise<Pair> {
    const [own, other] = await Promise.all([startHearth(), Synapse.start(name, { host })]);
    return new Pair(own, other, undefined);
  }

  /** A pair that reach each other through doors that can let requests wait. */
  static async behindDoors(name: string): Promise<Pair> {
    const [ownPort, otherPort] = [await freePort(), await freePort()];
    const own = await startHearth(ownPort, 0);
    const other = await Synapse.start(name, { named: `localhost:${otherPort}` });
    const doors = {
      hearth: new Door(() => own.addresses.find(({ tls }) => tls)?.port ?? 0),
      synapse: new Door(() => other.tlsPort),
    };
    await Promise.all([doors.hearth.open(ownPort), doors.synapse.open(otherPort)]);
    return new Pair(own, other, doors);
  }

  /** A pair whose link can be cut. */
  static async behindGates(name: string): Promise<Pair> {
    const [ownPort, otherPort] = [await freePort(), await freePort()];
    const own = await startHearth(ownPort, 0);
    const other = await Synapse.start(name, { named: `localhost:${otherPort}` });
    const gates = [
      await Gate.open('127.0.0.1', ownPort, () => own.addresses.find(({ tls }) => tls)?.port ?? 0),
      await Gate.open('127.0.0.1', otherPort, () => other.tlsPort),
    ];
    return new Pair(own, other, undefined, gates);
  }

  /** Cuts the link, connections that stand too. */
  part(): void {
    for (const gate of this.gates) gate.shut();
  }

  /** The link is there again. */
  meet(): void {
    for (const gate of this.gates) gate.reopen();
  }

  /** How many joins of Hearth wait for members. */
  completing(): number {
    return this.own.homeserver.joins.list().filter(({ stage }) => stage === 'completing').length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.doors?.hearth.close();
    await this.doors?.synapse.close();
    for (const gate of this.gates) await gate.close();
    await this.own[Symbol.asyncDispose]();
    await this.other[Symbol.asyncDispose]();
  }
}

/** @param named the port in its name @param port where it listens */
async function startHearth(named?: number, port?: number): Promise<TestHomeserver> {
  const own = named ?? (await freePort());
  const base = testConfig(await mkdtemp(join(tmpdir(), 'hearth-interop-')));
  const bindAddresses = ['127.0.0.1'];
  return startHomeserver({
    config: {
      serverName: `localhost:${own}`,
      listeners: [
        { port: 0, bindAddresses, tls: false, trustedProxies: [], resources: ['client', 'media', 'health'] },
        { port: port ?? own, bindAddresses, tls: true, trustedProxies: [], resources: ['federation', 'keys', 'media'] },
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
