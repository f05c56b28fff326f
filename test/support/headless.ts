import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Headless, runHeadless } from '../../src-main/shell/headless/run.js';
import { CONSOLE_PAGES } from './console.js';

const GB = 1_000_000_000;
/** Room enough on any machine that runs tests. */
const roomy = async () => ({ free: 200 * GB, total: 500 * GB, isNetwork: false });

/** A headless Hearth in a folder of its own, on ports that the system chooses. */
export class TestHeadless {
  private constructor(
    readonly home: string,
    public running: Headless,
  ) {}

  static async start(): Promise<TestHeadless> {
    const home = await mkdtemp(join(tmpdir(), 'hearth-home-'));
    return new TestHeadless(home, await open(home));
  }

  /** What the console's pages would get, without a browser. */
  async call(name: string, input?: unknown) {
    return this.running.control.call(name, input);
  }

  /** The program ends and starts again. */
  async restart(): Promise<void> {
    await this.running.close();
    this.running = await open(this.home);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running.close();
    await rm(this.home, { recursive: true, force: true, maxRetries: 3 });
  }
}

const open = (home: string): Promise<Headless> =>
  runHeadless({ home, consolePort: 0, pages: CONSOLE_PAGES, ports: { plain: 0, tls: 0 }, diskSpace: roomy });
