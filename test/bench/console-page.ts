import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { silentLogger } from '../../src-main/base/logger.js';
import { createLogDesk } from '../../src-main/control/logs/log-desk.js';
import type { ControlEvents } from '../../src-main/control/procedure.js';
import { DebuggedParts } from '../../src-main/logging/debugged-parts.js';
import { RingSink } from '../../src-main/logging/ring-sink.js';
import { systemClock } from '../../src-main/base/clock.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { furnish } from '../support/console-tour.js';
import { FakeServerHost } from '../support/fake-server-host.js';

/** As many lines as the server keeps in memory. */
const RING_LINES = 100_000;
const PARTS = ['http', 'federation', 'rooms', 'media', 'storage'] as const;

/** A host that pretends, but for its log: that is the server's own, which stays quick however long it is. */
export class BenchHost extends FakeServerHost {
  readonly ring = new RingSink({ lines: RING_LINES });
  readonly #desk = createLogDesk({
    ring: this.ring,
    debugged: new DebuggedParts(systemClock),
    clock: systemClock,
    log: silentLogger,
    folder: join('/nonexistent', 'exports'),
    path: () => undefined,
    serverName: () => 'family.test',
    sections: async () => [],
  });
  #written = 0;

  constructor(readonly news: ControlEvents) {
    super(news);
  }

  override logs = () => this.#desk as never;

  /** Writes lines as a busy server does. Whoever calls announces them: the server does so four times a second. */
  write(count: number): void {
    for (let each = 0; each < count; each += 1) {
      this.#written += 1;
      const n = this.#written;
      const level = n % 97 === 0 ? 'error' : n % 23 === 0 ? 'warn' : 'info';
      const part = PARTS[n % PARTS.length];
      const fields = { request: `r${n}`, room: `!room${n % 40}:family.test`, ms: n % 31, status: 200 };
      const words = `a request was answered after the usual while, ${n}`;
      this.ring.write(JSON.stringify({ level, time: Date.now(), part, msg: words, ...fields }));
    }
  }
}

/** What the renderer of a page takes. */
export interface RendererSize {
  /** MiB of JavaScript's heap that is in use, after its garbage was collected */
  readonly heap: number;
  /** MiB resident, and of these what no file backs */
  readonly rss: number;
  readonly own: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** The built console in a browser with a host of its own. */
export class BenchConsole implements AsyncDisposable {
  private constructor(
    readonly browser: Browser,
    readonly host: BenchHost,
    readonly address: string,
    private readonly link: () => string,
    private readonly end: () => Promise<void>,
  ) {}

  static async open(): Promise<BenchConsole> {
    let host: BenchHost | undefined;
    const fake = await openFakeConsole((events) => (host = new BenchHost(events)));
    if (!host) throw new Error('the console made no host');
    furnish(host);
    host.write(2000);
    const browser = await launchBrowser();
    return new BenchConsole(browser, host, fake.console.address, fake.link, async () => {
      await browser.close();
      await fake.console.close();
    });
  }

  /** A browser that was never here, and a page of it. */
  async newContext(): Promise<BrowserContext> {
    return this.browser.newContext({ locale: 'en-US', viewport: { width: 1200, height: 800 } });
  }

  /** A page with a session, at the start. */
  async openPage(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto(this.link());
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    return page;
  }

  /** The address that opens a session, once. */
  sessionLink(): string {
    return this.link();
  }

  async goTo(page: Page, path: string, heading: string): Promise<void> {
    await page.goto(`${this.address}#${path}`);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  /** Collects garbage first. */
  async sizeOf(page: Page): Promise<RendererSize> {
    const cdp = await page.context().newCDPSession(page);
    for (let turn = 0; turn < 2; turn += 1) await cdp.send('HeapProfiler.collectGarbage');
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
    await cdp.detach();
    const { rss, own } = await this.#rendererMemory();
    return { heap: usedSize / 2 ** 20, rss, own, nodes, listeners: jsEventListeners };
  }

  async #rendererMemory(): Promise<{ rss: number; own: number }> {
    const cdp = await this.browser.newBrowserCDPSession();
    const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
    await cdp.detach();
    const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => memoryOf(id));
    return sizes.reduce((most, each) => (each.own > most.own ? each : most), { rss: 0, own: 0 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

function memoryOf(pid: number): { rss: number; own: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { rss: mib('VmRSS'), own: mib('RssAnon') };
}
