import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Headless, runHeadless } from '../../src-main/shell/headless/run.js';
import { builtHearth } from './built.js';

const GB = 1_000_000_000;
/** Room enough on any machine that runs tests. */
const roomy = async () => ({ free: 200 * GB, total: 500 * GB, isNetwork: false });

/** A headless Hearth in a folder of its own, on ports that the system chooses. */
export class TestHeadless {
  private constructor(
    readonly home: string,
    private readonly pages: string,
    public running: Headless,
  ) {}

  /** @param withPages the built console too: for tests in a browser */
  static async start({ withPages = false, consolePort = 0 } = {}): Promise<TestHeadless> {
    const home = await mkdtemp(join(tmpdir(), 'hearth-home-'));
    const pages = withPages ? join(await builtHearth(), 'renderer') : home;
    return new TestHeadless(home, pages, await open(home, pages, consolePort));
  }

  /** What the console's pages would get, without a browser. */
  async call(name: string, input?: unknown) {
    return this.running.control.call(name, input);
  }

  /** The program ends and starts again. */
  async restart(): Promise<void> {
    await this.running.close();
    this.running = await open(this.home, this.pages);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running.close();
    await rm(this.home, { recursive: true, force: true, maxRetries: 3 });
  }
}

const open = async (home: string, pages: string, consolePort = 0): Promise<Headless> =>
  runHeadless({ home, consolePort, pages, ports: { plain: 0, tls: 0 }, diskSpace: roomy });
