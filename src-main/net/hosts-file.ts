import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock, Milliseconds } from '../base/clock.js';

const LOOK_EVERY: Milliseconds = 5000;
const LOCALHOST = /^(?:.*\.)?localhost$/;

/** Names that this machine has addresses of its own for, as closed networks do. */
export class HostsFile {
  #names: ReadonlyMap<string, readonly string[]> = new Map();
  #readAt = '';
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly path = systemPath(),
  ) {}

  /** The addresses of `name` in this file; `localhost` has its own even without one. */
  async addresses(name: string): Promise<readonly string[]> {
    const host = name.toLowerCase();
    await this.#look();
    return this.#names.get(host) ?? (LOCALHOST.test(host) ? ['127.0.0.1', '::1'] : []);
  }

  async #look(): Promise<void> {
    const now = this.clock.now();
    if (Math.abs(now - this.#lookedAt) < LOOK_EVERY) return;
    this.#lookedAt = now;
    try {
      const { mtimeMs, size } = await stat(this.path);
      const version = `${mtimeMs} ${size}`;
      if (version === this.#readAt) return;
      this.#names = parse(await readFile(this.path, 'utf8'));
      this.#readAt = version;
    } catch {
      // A machine without such a file has no such names.
      this.#names = new Map();
      this.#readAt = '';
    }
  }
}

const systemPath = () =>
  process.platform === 'win32'
    ? join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts')
    : '/etc/hosts';

function parse(text: string): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...hosts] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const host of hosts) names.set(host.toLowerCase(), [...(names.get(host.toLowerCase()) ?? []), address]);
  }
  return names;
}
