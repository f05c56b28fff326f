import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as surfaces from './electron-surfaces.js';
import * as windows from './electron-window.js';

/**
 * Stands in for the main process' `electron` module where Electron's program cannot be had: windows are pages of a real
 * Chromium, the utility process is a child process, tray, menus and dialogs are records that tests read. It shows that
 * our logic works, not that Electron does.
 *
 * Loaded by `node --import electron-double.mjs main.js`.
 */
export const {
  Menu,
  Tray,
  Notification,
  dialog,
  nativeImage,
  nativeTheme,
  powerMonitor,
  powerSaveBlocker,
  screen,
  shell,
} = surfaces;
export const { BrowserWindow, ipcMain, protocol, session } = windows;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: import.meta.url, shortCircuit: true } : next(specifier, context),
});

const folder = process.env['ELECTRON_DOUBLE_USER_DATA'] ?? '.';
mkdirSync(folder, { recursive: true });

class App extends EventEmitter {
  readonly isPackaged = process.env['ELECTRON_DOUBLE_PACKAGED'] !== undefined;
  readonly commandLine = { hasSwitch: (name: string) => process.argv.includes(`--${name}`) };
  isSandboxed = false;
  #lock: Server | undefined;
  #isQuitting = false;

  enableSandbox(): void {
    this.isSandboxed = true;
  }

  getLocale(): string {
    return process.env['ELECTRON_DOUBLE_LOCALE'] ?? 'en-US';
  }

  setAsDefaultProtocolClient(scheme: string): boolean {
    surfaces.record('app.setAsDefaultProtocolClient', scheme);
    return true;
  }

  getPath(): string {
    return folder;
  }

  async whenReady(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#isQuitting) await new Promise(() => undefined);
  }

  /** True for the first program with this folder; a further one tells the first that it was started. */
  requestSingleInstanceLock(): boolean {
    const path = join(folder, 'instance.sock');
    if (isAlive(join(folder, 'instance.pid'))) {
      connect(path).end(JSON.stringify(process.argv));
      return false;
    }
    rmSync(path, { force: true });
    writeFileSync(join(folder, 'instance.pid'), String(process.pid));
    this.#lock = createServer((socket) => {
      const said: Buffer[] = [];
      socket.on('data', (part: Buffer) => said.push(part));
      socket.on('end', () => this.emit('second-instance', {}, JSON.parse(Buffer.concat(said).toString() || '[]')));
    }).listen(path);
    return true;
  }

  quit(): void {
    let isKept = false;
    const keep = () => {
      isKept = true;
    };
    this.emit('before-quit', { preventDefault: keep });
    if (isKept || !BrowserWindow.all.every((window) => window.close())) return;
    this.exit(0);
  }

  exit(code: number): void {
    this.#isQuitting = true;
    if (this.#lock) rmSync(join(folder, 'instance.pid'), { force: true });
    // a second instance's knock is on its way
    setTimeout(() => process.exit(code), 50);
  }
}

function isAlive(pidFile: string): boolean {
  try {
    return process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
  } catch {
    return false;
  }
}

export const app = new App();
windows.created.on('contents', (contents) => app.emit('web-contents-created', {}, contents));
process.on('exit', windows.stopBrowser);

/** Makes `process.parentPort` of a child's IPC channel. */
const PARENT_PORT = `data:text/javascript,${encodeURIComponent(`
  const listeners = [], waiting = [];
  process.on('message', (data) => listeners.length ? listeners.forEach((each) => each({ data })) : waiting.push(data));
  process.parentPort = {
    postMessage: (message) => process.send(message),
    on(_event, listener) { listeners.push(listener); for (const data of waiting.splice(0)) listener({ data }); },
  };
`)}`;

export const utilityProcess = {
  children: [] as number[],
  fork(path: string, args: string[]) {
    const child = fork(path, args, { execArgv: ['--import', PARENT_PORT], serialization: 'advanced' });
    utilityProcess.children.push(child.pid ?? 0);
    return {
      // to a process that is just ending nothing is said, and nobody fails
      postMessage: (message: object) => child.connected && child.send(message, () => undefined),
      on: (event: string, listener: (value: never) => void) => child.on(event, listener as (value: unknown) => void),
      kill: () => child.kill(),
    };
  },
};

interface Evaluation {
  readonly kind: 'evaluate';
  readonly id: number;
  readonly source: string;
  readonly argument: unknown;
}

/** Runs a test's function in this process, with all of the above. */
process.on('message', async ({ kind, id, source, argument }: Evaluation) => {
  if (kind !== 'evaluate') return;
  const { calls, answers } = surfaces;
  const all = {
    app,
    BrowserWindow,
    Menu,
    Tray,
    calls,
    answers,
    ipcMain,
    protocol,
    session,
    Notification,
    nativeTheme,
    powerMonitor,
    powerSaveBlocker,
    utilityProcess,
  };
  try {
    // oxlint-disable-next-line no-eval
    const run = (0, eval)(`(${source})`) as (all: object, argument: unknown) => unknown;
    process.send?.({ kind: 'evaluated', id, value: await run(all, argument) });
  } catch (error) {
    process.send?.({ kind: 'evaluated', id, error: String(error) });
  }
});

/** This module's own file, for who starts programs with it. */
export const DOUBLE = fileURLToPath(import.meta.url);
