import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DesktopApp, type ElectronParts, exitCodeOf, launchDesktop } from '../support/electron-launch.js';

/** All of it: one word more is a door. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
].toSorted();

let app: DesktopApp;

beforeAll(async () => {
  app = await launchDesktop();
  await app.page.getByRole('heading', { level: 1 }).waitFor();
});

afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
});

const preferences = () =>
  app.evaluate(({ BrowserWindow }: ElectronParts) => BrowserWindow.all[0].options.webPreferences);

it('keeps pages in the sandbox, apart from Node and from the preload script', async () => {
  expect(await app.evaluate(({ app: electron }: ElectronParts) => electron.isSandboxed)).toBe(true);
  expect(await preferences()).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    navigateOnDragDrop: false,
  });
});

it('gives the page two functions and nothing of Electron', async () => {
  const seen = await app.page.evaluate(() => {
    const page = window as unknown as Record<string, unknown>;
    return {
      hearth: Object.keys(page['hearth'] as object),
      require: typeof page['require'],
      process: typeof page['process'],
    };
  });
  expect(seen).toEqual({ hearth: ['call', 'subscribe'], require: 'undefined', process: 'undefined' });
});

it('listens on one channel', async () => {
  const channels = await app.evaluate(({ ipcMain }: ElectronParts) => [...ipcMain.handlers.keys()]);
  expect(channels).toEqual(['control']);
});

it('answers its own top frame only', async () => {
  const ask = (frame: string) =>
    app.evaluate(async ({ ipcMain, BrowserWindow }: ElectronParts, frame) => {
      const { webContents } = BrowserWindow.all[0];
      const frames: Record<string, object | null> = {
        none: null,
        inner: { url: 'app://console/' },
        foreign: Object.create(webContents.mainFrame, { url: { value: 'https://evil.example/' } }),
        own: webContents.mainFrame,
      };
      const event = { sender: webContents, senderFrame: frames[frame] };
      const result = await ipcMain.handlers.get('control')(event, 'setup.state', undefined);
      return result.ok ? 'answered' : result.error.code;
    }, frame);
  expect(await ask('own')).toBe('answered');
  for (const frame of ['none', 'inner', 'foreign']) expect(await ask(frame)).toBe('FORBIDDEN');
});

it.each([
  ['a name that is no text', [{ $: 1 }, undefined]],
  ['a name that is no procedure’s', ['__proto__', undefined]],
  ['a third argument', ['setup.state', undefined, 1]],
  ['far too much', ['setup.checkName', { serverName: 'x'.repeat(300_000) }]],
])('refuses %s', async (_case, args) => {
  const error = await app.evaluate(async ({ ipcMain, BrowserWindow }: ElectronParts, given) => {
    const { webContents } = BrowserWindow.all[0];
    const event = { sender: webContents, senderFrame: webContents.mainFrame };
    return (await ipcMain.handlers.get('control')(event, ...(given as unknown[]))).error;
  }, args);
  // said by the door itself, before any procedure sees it
  expect(error).toEqual({ code: 'BAD_INPUT', message: 'the call has the wrong shape' });
});

it('stays where it is, whatever a page tries', async () => {
  const before = app.page.url();
  await app.page.evaluate(() => {
    location.href = 'https://example.org/';
  });
  await app.page.evaluate(() => void window.open('https://example.org/'));
  const frames = await app.page.evaluate(() => {
    const frame = document.createElement('iframe');
    frame.src = 'https://example.org/';
    document.body.append(frame);
    return window.frames.length;
  });
  expect(frames).toBe(1);
  await expect.poll(() => app.page.context().pages().length).toBe(1);
  expect(app.page.url()).toBe(before);
  expect(app.page.frames().some((frame) => frame.url().includes('example.org'))).toBe(false);
  await app.page.evaluate(() => document.querySelector('iframe')?.remove());
});

it('lets pages reach no network', async () => {
  const outcome = await app.page.evaluate(() =>
    fetch('http://127.0.0.1:8008/').then(
      () => 'reached',
      () => 'refused',
    ),
  );
  expect(outcome).toBe('refused');
  const judge = (url: string) =>
    app.evaluate(
      ({ session }: ElectronParts, url) =>
        new Promise<boolean>((resolve) =>
          session.defaultSession.beforeRequest({ url }, ({ cancel }: { cancel: boolean }) => resolve(cancel)),
        ),
      url,
    );
  expect(await judge('app://console/index.html')).toBe(false);
  for (const url of [
    'https://example.org/',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    'app://other/',
    'app://console.evil/',
    'ws://127.0.0.1/',
  ]) {
    expect({ url, isCancelled: await judge(url) }).toEqual({ url, isCancelled: true });
  }
});

it('grants pages nothing but the clipboard to write on', async () => {
  const granted = (permission: string, origin = 'app://console/') =>
    app.evaluate(
      ({ session }: ElectronParts, asked) =>
        session.defaultSession.handlers.permissionCheck(null, asked.permission, asked.origin),
      { permission, origin },
    );
  expect(await granted('clipboard-sanitized-write')).toBe(true);
  expect(await granted('clipboard-sanitized-write', 'https://example.org')).toBe(false);
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'usb',
    'serial',
    'hid',
    'fullscreen',
  ]) {
    expect({ permission, isGranted: await granted(permission) }).toEqual({ permission, isGranted: false });
  }
  expect(await app.evaluate(({ session }: ElectronParts) => session.defaultSession.handlers.devicePermission({}))).toBe(
    false,
  );
});

it('serves its own pages only, with their policy, and by GET only', async () => {
  const get = (url: string, method = 'GET') =>
    app.evaluate(
      async ({ protocol }: ElectronParts, { url, method }) => {
        const response = await protocol.handlers.get('app')(new Request(url, { method }));
        return { status: response.status, policy: response.headers.get('content-security-policy') };
      },
      { url, method },
    );
  const { status, policy } = await get('app://console/');
  expect(status).toBe(200);
  expect(policy.split('; ').toSorted()).toEqual(POLICY);
  expect(await get('app://console/', 'POST')).toEqual({ status: 405, policy });
  for (const path of [
    'other/index.html',
    'console/../core.js',
    'console/%2e%2e/core.js',
    'console/..%2fcore.js',
    'console/none.html',
    'console/%00',
  ]) {
    expect({ path, ...(await get(`app://${path}`)) }).toEqual({ path, status: 404, policy });
  }
});

it('does not start without its sandbox once it is delivered', async () => {
  expect(await exitCodeOf(['--no-sandbox'])).toBe(1);
});

it('prevents every way of leaving, and every window', async () => {
  const prevented = await app.evaluate(({ BrowserWindow }: ElectronParts) => {
    const { webContents } = BrowserWindow.all[0];
    const events = ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview'];
    return events.filter((name) => {
      let isPrevented = false;
      webContents.emit(name, { preventDefault: () => (isPrevented = true) }, 'https://example.org/');
      return isPrevented;
    });
  });
  expect(prevented).toEqual(['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview']);
  const opened = (url: string) =>
    app.evaluate(
      ({ BrowserWindow }: ElectronParts, url) => BrowserWindow.all[0].webContents.windowOpenHandler({ url }).action,
      url,
    );
  expect(await opened('https://example.org/')).toBe('deny');
  expect(await opened('app://console/')).toBe('deny');
});

it('answers requests for permissions and for the screen as it answers questions about them', async () => {
  const asked = (permission: string) =>
    app.evaluate(
      ({ session, BrowserWindow }: ElectronParts, permission) =>
        new Promise<boolean>((resolve) => {
          session.defaultSession.handlers.permissionRequest(BrowserWindow.all[0].webContents, permission, resolve);
        }),
      permission,
    );
  expect(await asked('clipboard-sanitized-write')).toBe(true);
  for (const permission of ['media', 'notifications', 'fullscreen', 'clipboard-read', 'openExternal']) {
    expect({ permission, isGranted: await asked(permission) }).toEqual({ permission, isGranted: false });
  }
  const stream = await app.evaluate(
    ({ session }: ElectronParts) =>
      new Promise<object>((resolve) => session.defaultSession.handlers.displayMedia({}, resolve)),
  );
  expect(stream).toEqual({});
});

it('answers so many calls at once, and no more', async () => {
  const codes = await app.evaluate(async ({ ipcMain, BrowserWindow }: ElectronParts) => {
    const { webContents } = BrowserWindow.all[0];
    const event = { sender: webContents, senderFrame: webContents.mainFrame };
    const call = () => ipcMain.handlers.get('control')(event, 'setup.state', undefined);
    const results = await Promise.all(Array.from({ length: 80 }, call));
    return results.map((result: any) => (result.ok ? 'answered' : result.error.code));
  });
  expect(codes.filter((code: string) => code === 'answered')).toHaveLength(64);
  expect(codes.filter((code: string) => code === 'TOO_MANY_CALLS')).toHaveLength(16);
});
