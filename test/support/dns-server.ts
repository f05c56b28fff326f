import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

/** A record as a test writes it down: `10.0.0.1`, `2001:db8:0:0:0:0:0:1` in full, or `10 5 8448 target.test`. */
export interface TestRecord {
  readonly type: 'A' | 'AAAA' | 'SRV';
  readonly value: string;
  readonly ttl: number;
}

const TYPES = { A: 1, AAAA: 28, SRV: 33 } as const;
const CODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 } as const;

/** A name server on loopback that knows what a test tells it. */
export class TestDnsServer {
  readonly #records = new Map<string, TestRecord[]>();
  readonly #failing = new Set<string>();
  /** `A hs.test`, in the order in which they came */
  readonly asked: string[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on('message', (query, from) => this.#answer(query, from));
  }

  static async start({ address = '127.0.0.1', port = 0 } = {}): Promise<TestDnsServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).bind(port, address, resolve);
    });
    return new TestDnsServer(socket);
  }

  /** `127.0.0.1:port` */
  get address(): string {
    return `127.0.0.1:${(this.socket.address() as AddressInfo).port}`;
  }

  add(name: string, type: TestRecord['type'], value: string, ttl = 60): this {
    this.#records.set(name, [...(this.#records.get(name) ?? []), { type, value, ttl }]);
    return this;
  }

  /** From now on this name cannot be looked up. */
  break(name: string): void {
    this.#failing.add(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }

  #answer(query: Buffer, from: RemoteInfo): void {
    const { name, end } = readName(query);
    const type = Object.entries(TYPES).find(([, code]) => code === query.readUInt16BE(end))?.[0] ?? '?';
    this.asked.push(`${type} ${name}`);
    const records = this.#records.get(name);
    const answers = (records ?? []).filter((record) => record.type === type);
    const code = this.#failing.has(name) ? CODES.SERVFAIL : records ? CODES.NOERROR : CODES.NXDOMAIN;
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    const question = query.subarray(12, end + 4);
    this.socket.send(Buffer.concat([header, question, ...answers.map(encode)]), from.port, from.address);
  }
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

/** The name of a record is that of the question. */
function encode({ type, value, ttl }: TestRecord): Buffer {
  const data = dataOf(type, value);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(TYPES[type], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function dataOf(type: TestRecord['type'], value: string): Buffer {
  if (type === 'A') return Buffer.from(value.split('.').map(Number));
  if (type === 'AAAA') return Buffer.concat(value.split(':').map((part) => Buffer.from(part.padStart(4, '0'), 'hex')));
  const [priority = 0, weight = 0, port = 0] = value.split(' ').map(Number);
  const numbers = Buffer.alloc(6);
  [priority, weight, port].forEach((number, i) => numbers.writeUInt16BE(number, i * 2));
  const labels = (value.split(' ')[3] ?? '').split('.').filter((label) => label !== '');
  const name = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'ascii')]));
  return Buffer.concat([numbers, ...name, Buffer.from([0])]);
}
