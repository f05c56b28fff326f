import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Machine } from '../../src-main/control/connection/connection-desk.js';
import { type Headless, type HeadlessOptions, runHeadless } from '../../src-main/shell/headless/run.js';
import { builtHearth } from './built.js';
import { TestDns } from './test-dns.js';

const GB = 1_000_000_000;
/** Room enough on any machine that runs tests. */
const roomy = async () => ({ free: 200 * GB, total: 500 * GB, isNetwork: false });

/** What it does not ask of the machine it runs on: which names there are, and what its network looks like. */
type TestHeadlessOptions = Partial<
  Pick<HeadlessOptions, 'consolePort' | 'ports' | 'dns' | 'machine' | 'clock' | 'diskSpace'>
> & {
  readonly withPages?: boolean;
};

const HOME_LINK = {
  address: '192.168.1.5',
  family: 'IPv4',
  internal: false,
  netmask: '',
  mac: '',
  cidr: null,
} as const;

/** A computer at home behind a router, with nothing on the ports of the web. */
export const TEST_MACHINE: Machine = {
  interfaces: () => ({ eth0: [HOME_LINK] }),
  portUse: async (port) => ({ port, state: 'free', program: undefined }),
};

/** A headless Hearth in a folder of its own, on ports that the system chooses. */
export class TestHeadless {
  private constructor(
    readonly home: string,
    private readonly options: Partial<HeadlessOptions> & { readonly pages: string },
    public running: Headless,
  ) {}

  /** @param withPages the built console too: for tests in a browser */
  static async start({ withPages = false, ...given }: TestHeadlessOptions = {}): Promise<TestHeadless> {
    const home = await mkdtemp(join(tmpdir(), 'hearth-home-'));
    const pages = withPages ? join(await builtHearth(), 'renderer') : home;
    const options = { dns: new TestDns(), machine: TEST_MACHINE, ...given, pages };
    return new TestHeadless(home, options, await open(home, options));
  }

  /** What the console's pages would get, without a browser. */
  async call(name: string, input?: unknown) {
    return this.running.control.call(name, input);
  }

  /** The program ends and starts again. */
  async restart(): Promise<void> {
    await this.running.close();
    this.running = await open(this.home, { ...this.options, consolePort: 0 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running.close();
    await rm(this.home, { recursive: true, force: true, maxRetries: 3 });
  }
}

const open = async (home: string, options: Partial<HeadlessOptions>): Promise<Headless> =>
  runHeadless({ home, consolePort: 0, ports: { plain: 0, tls: 0 }, diskSpace: roomy, ...options });
