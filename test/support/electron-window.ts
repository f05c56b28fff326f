import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Frame, type Page, type Route } from 'playwright-core';
import { chromiumFlags, chromiumPath } from './chromium.js';
import { preloadScript } from './electron-page.js';

type Handler = (event: object, ...args: unknown[]) => Promise<unknown>;
type Prevent = { preventDefault(): void };

export const ipcMain = {
  handlers: new Map<string, Handler>(),
  handle(channel: string, handler: Handler): void {
    ipcMain.handlers.set(channel, handler);
  },
  removeHandler(channel: string): void {
    ipcMain.handlers.delete(channel);
  },
};

type Serve = (request: Request) => Promise<Response>;
export const protocol = {
  handlers: new Map<string, Serve>(),
  declared: [] as unknown[],
  registerSchemesAsPrivileged(list: unknown[]): void {
    protocol.declared.push(...list);
  },
  handle(scheme: string, serve: Serve): void {
    protocol.handlers.set(scheme, serve);
  },
};

type Answer = (answer: { cancel: boolean }) => void;

/** Keeps the handlers that the app sets, so that tests can ask them. */
class Session extends EventEmitter {
  readonly handlers: Record<string, (...args: never[]) => unknown> = {};
  beforeRequest: (details: { url: string }, answer: Answer) => void = (_details, answer) => answer({ cancel: false });
  readonly webRequest = {
    onBeforeRequest: (handler: Session['beforeRequest']) => {
      this.beforeRequest = handler;
    },
  };
  setPermissionRequestHandler = this.#keep('permissionRequest');
  setPermissionCheckHandler = this.#keep('permissionCheck');
  setDevicePermissionHandler = this.#keep('devicePermission');
  setDisplayMediaRequestHandler = this.#keep('displayMedia');

  setSpellCheckerEnabled(): void {}

  #keep(name: string) {
    return (handler: (...args: never[]) => unknown): void => {
      this.handlers[name] = handler;
    };
  }
}

export const session = { defaultSession: new Session() };

/** Custom schemes are hosts below `.localhost` here: Chromium takes no schemes at run time. */
const toHttp = (url: string): string => url.replace(/^app:\/\/([^/]*)/, 'http://$1.app.localhost');
const fromHttp = (url: string): string => url.replace(/^http:\/\/([^/]*?)\.app\.localhost/, 'app://$1');

class WebContents extends EventEmitter {
  readonly id = 1;
  readonly mainFrame: object;
  windowOpenHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });

  constructor(private readonly window: BrowserWindow) {
    super();
    const { window: owner } = this;
    this.mainFrame = {
      get url() {
        return fromHttp(owner.page?.url() ?? '');
      },
    };
  }

  setWindowOpenHandler(handler: WebContents['windowOpenHandler']): void {
    this.windowOpenHandler = handler;
  }

  getURL(): string {
    return fromHttp(this.window.page?.url() ?? '');
  }

  isDestroyed(): boolean {
    return this.window.page?.isClosed() ?? false;
  }

  send(channel: string, ...args: unknown[]): void {
    void this.window.hear(channel, args);
  }
}

/** Told of every window's contents, as Electron's app tells. */
export const created = new EventEmitter();

interface WindowOptions {
  readonly width: number;
  readonly height: number;
  readonly webPreferences: { readonly preload: string };
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = [];
  readonly webContents: WebContents;
  page: Page | undefined;
  isShown = false;
  isGone = false;
  readonly #binding = `ipc${randomUUID().replaceAll('-', '')}`;
  #loading: string | undefined;

  constructor(readonly options: WindowOptions) {
    super();
    this.webContents = new WebContents(this);
    BrowserWindow.all.push(this);
    created.emit('contents', this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    if (this.page) return this.#goTo(this.page, toHttp(url));
    const context = await startBrowser();
    const page = context.pages()[0] ?? (await context.newPage());
    this.page = page;
    const { width, height } = this.options;
    await page.setViewportSize({ width, height });
    await page.exposeBinding(this.#binding, ({ frame }, message: { channel: string; args: unknown[] }) =>
      this.#invoke(frame, message),
    );
    const preload = readFileSync(this.options.webPreferences.preload, 'utf8');
    await page.addInitScript({ content: preloadScript(preload, this.#binding) });
    await page.route('**/*', (route) => this.#route(route));
    page.on('popup', (popup) => this.#opened(popup));
    await this.#goTo(page, toHttp(url));
    this.emit('ready-to-show');
  }

  /** What follows a hash is not asked of anybody. */
  async #goTo(page: Page, address: string): Promise<void> {
    [this.#loading] = address.split('#');
    await page.goto(address);
    this.#loading = undefined;
  }

  async hear(channel: string, args: unknown[]): Promise<void> {
    const deliver = ({ name, channel, args }: { name: string; channel: string; args: unknown[] }) =>
      (window as unknown as Record<string, (channel: string, args: unknown[]) => void>)[name]?.(channel, args);
    await this.page?.evaluate(deliver, { name: `${this.#binding}Hear`, channel, args }).catch(() => undefined);
  }

  /** Returns whether the window is gone: a listener may keep it. */
  close(): boolean {
    let isKept = false;
    const prevent: Prevent = {
      preventDefault: () => {
        isKept = true;
      },
    };
    this.emit('close', prevent);
    this.isGone = !isKept;
    return this.isGone;
  }

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  isVisible(): boolean {
    return this.isShown;
  }

  focus(): void {}
  maximize(): void {}
  restore(): void {}
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => false;
  getNormalBounds = (): object => ({ x: 10, y: 20, width: this.options.width, height: this.options.height });

  async #invoke(frame: Frame, { channel, args }: { channel: string; args: unknown[] }) {
    const isMain = frame === this.page?.mainFrame();
    const senderFrame = isMain ? this.webContents.mainFrame : { url: fromHttp(frame.url()) };
    const handler = ipcMain.handlers.get(channel);
    if (!handler) return { error: `No handler registered for '${channel}'` };
    return { value: await handler({ sender: this.webContents, senderFrame }, ...args.map((arg) => arg ?? undefined)) };
  }

  async #route(route: Route): Promise<void> {
    const request = route.request();
    const url = request.url();
    const isOwn = this.#loading === url;
    if (request.isNavigationRequest() && !isOwn && this.#isPrevented(request.frame(), url))
      return route.abort('aborted');
    if (await isCancelled(fromHttp(url))) return route.abort('blockedbyclient');
    const [, scheme = ''] = /^http:\/\/[^/]*\.([a-z]+)\.localhost/.exec(url) ?? [];
    const serve = protocol.handlers.get(scheme);
    if (!serve) return route.continue();
    const answer = await serve(new Request(fromHttp(url), { method: request.method() }));
    const body = Buffer.from(await answer.arrayBuffer());
    return route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body });
  }

  #isPrevented(frame: Frame, url: string): boolean {
    let isPrevented = false;
    const prevent: Prevent = {
      preventDefault: () => {
        isPrevented = true;
      },
    };
    const event = frame === this.page?.mainFrame() ? 'will-navigate' : 'will-frame-navigate';
    this.webContents.emit(event, prevent, fromHttp(url));
    return isPrevented;
  }

  #opened(popup: Page): void {
    if (this.webContents.windowOpenHandler({ url: popup.url() }).action === 'deny') void popup.close();
  }
}

const isCancelled = (url: string): Promise<boolean> =>
  new Promise((resolve) => session.defaultSession.beforeRequest({ url }, ({ cancel }) => resolve(cancel)));

let starting: Promise<BrowserContext> | undefined;
let browser: ChildProcess | undefined;
const profile = mkdtempSync(join(tmpdir(), 'hearth-window-'));

/** One Chromium for the app; the test connects to it too, by the address that it is told. */
function startBrowser(): Promise<BrowserContext> {
  starting ??= (async () => {
    const flags = [...chromiumFlags(), '--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
    browser = spawn(await chromiumPath(), [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = await debuggerOf(browser);
    const connected = await chromium.connectOverCDP(address, { noDefaults: true });
    process.send?.({ kind: 'browser', address });
    return connected.contexts()[0] ?? connected.newContext();
  })();
  return starting;
}

function debuggerOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (part: Buffer) => {
      said += part.toString();
      const [, address] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (address) resolve(address);
    });
    child.on('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${said.slice(-500)}`)));
  });
}

export function stopBrowser(): void {
  browser?.kill('SIGKILL');
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
