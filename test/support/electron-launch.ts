import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { _electron, type Browser, chromium, type Page } from 'playwright-core';
import { builtHearth } from './built.js';

/** The desktop app under test, in a real Electron where `TEST_ELECTRON` names one, else over the stand-in. */
export interface DesktopApp extends AsyncDisposable {
  readonly home: string;
  readonly page: Page;
  /** resolves with the exit code */
  readonly ended: Promise<number | null>;
  /** Runs `work` in the app's main process with Electron's parts (of the stand-in: `calls` and `answers` too). */
  evaluate<T, A>(work: (electron: ElectronParts, argument: A) => T | Promise<T>, argument?: A): Promise<T>;
  /** a second start of the same app: resolves with its exit code */
  startAgain(): Promise<number | null>;
  signal(name: NodeJS.Signals): void;
}

// what a test reaches in the main process is Electron's, or the stand-in's: tests know which they ask
// oxlint-disable-next-line typescript/no-explicit-any
export type ElectronParts = any;

export async function launchDesktop(
  options: { home?: string; locale?: string; desktop?: string } = {},
): Promise<DesktopApp> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'hearth-desktop-'));
  const program = process.env['TEST_ELECTRON'];
  return program ? launchElectron(program, home) : launchDouble(home, options.locale ?? 'en-US', options.desktop);
}

async function launchElectron(program: string, home: string): Promise<DesktopApp> {
  const main = join(await builtHearth(), 'main.js');
  const env = { ...process.env, HEARTH_HOME: home } as Record<string, string>;
  const args = [main, `--user-data-dir=${join(home, 'app')}`];
  const app = await _electron.launch({ executablePath: program, args, env });
  const ended = new Promise<number | null>((resolve) => app.process().once('exit', resolve));
  return {
    home,
    page: await app.firstWindow(),
    ended,
    evaluate: (work, argument) => app.evaluate(work as never, argument as never) as never,
    async startAgain() {
      const second = await _electron.launch({ executablePath: program, args, env }).catch(() => undefined);
      return second ? 0 : 1;
    },
    signal: (name) => app.process().kill(name),
    async [Symbol.asyncDispose]() {
      await app.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function launchDouble(home: string, locale: string, desktop = ''): Promise<DesktopApp> {
  const folder = await builtHearth();
  const double = await builtDouble(folder);
  const main = new MainProcess(start(folder, double, home, locale, { desktop }));
  const browser = await chromium.connectOverCDP(await main.browser, { noDefaults: true });
  return {
    home,
    page: await firstPage(browser),
    ended: main.ended,
    evaluate: (work, argument) => main.evaluate(String(work), argument) as never,
    startAgain: () => new MainProcess(start(folder, double, home, locale)).ended,
    signal: (name) => main.child.kill(name),
    async [Symbol.asyncDispose]() {
      main.child.kill('SIGTERM');
      await main.ended;
      await browser.close().catch(() => undefined);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Starts the stand-in as a delivered app with arguments that end it. @returns the exit code */
export async function exitCodeOf(args: readonly string[]): Promise<number | null> {
  const folder = await builtHearth();
  const home = mkdtempSync(join(tmpdir(), 'hearth-desktop-'));
  const child = start(folder, await builtDouble(folder), home, 'en-US', { args, isPackaged: true });
  const late = setTimeout(() => child.kill(), 15_000);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(late);
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  return code;
}

interface Start {
  readonly args?: readonly string[];
  readonly isPackaged?: boolean;
  /** the system's name for it: `GNOME` */
  readonly desktop?: string;
}

function start(folder: string, double: string, home: string, locale: string, more: Start = {}): ChildProcess {
  return fork(join(folder, 'main.js'), more.args ?? [], {
    execArgv: ['--import', double],
    env: {
      ...process.env,
      HEARTH_HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      ELECTRON_DOUBLE_USER_DATA: join(home, 'app'),
      ELECTRON_DOUBLE_LOCALE: locale,
      // the desktop that the tests run on is not asked whether it has a tray
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(home, 'no-bus')}`,
      XDG_CURRENT_DESKTOP: more.desktop ?? '',
      ...(more.isPackaged && { ELECTRON_DOUBLE_PACKAGED: '1' }),
    },
    serialization: 'advanced',
    stdio: ['ignore', process.env['TEST_SHOW_OUTPUT'] ? 'inherit' : 'ignore', 'inherit', 'ipc'],
  });
}

/** The process of the stand-in, and what it tells. */
class MainProcess {
  readonly ended: Promise<number | null>;
  readonly browser: Promise<string>;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #nextId = 0;

  constructor(readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => child.once('exit', resolve));
    this.browser = new Promise((resolve, reject) => {
      child.on('message', (message: { kind: string; address: string }) => {
        if (message.kind === 'browser') resolve(message.address);
      });
      void this.ended.then((code) => reject(new Error(`the app ended with ${code}`)));
    });
    this.browser.catch(() => undefined);
    child.on('message', (message: { kind: string; id: number; value?: unknown; error?: string }) => {
      if (message.kind !== 'evaluated') return;
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.value);
      else waiting?.reject(new Error(message.error));
    });
  }

  evaluate(source: string, argument: unknown): Promise<unknown> {
    this.#nextId += 1;
    const id = this.#nextId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.child.send({ kind: 'evaluate', id, source, argument });
    });
  }
}

async function firstPage(browser: Browser): Promise<Page> {
  for (;;) {
    const pages = browser.contexts().flatMap((context) => context.pages());
    const page = pages.find((each) => each.url().includes('.app.localhost'));
    if (page) return page;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The stand-in as one file beside the built programs. */
async function builtDouble(folder: string): Promise<string> {
  const outfile = join(folder, `electron-double-${process.pid}.mjs`);
  const entry = fileURLToPath(new URL('electron-double.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  return outfile;
}
