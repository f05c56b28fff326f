import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type DesktopApp, type ElectronParts, launchDesktop } from '../support/electron-launch.js';

const press = (app: DesktopApp, name: string) => app.page.getByRole('button', { name, exact: true }).click();
const heading = (app: DesktopApp, name: string) => app.page.getByRole('heading', { level: 1, name }).waitFor();

async function setUp(app: DesktopApp): Promise<void> {
  await heading(app, 'Welcome to Hearth');
  await app.page.getByLabel('Just try it').check();
  await press(app, 'Continue');
  await heading(app, 'Where to keep everything');
  await press(app, 'Continue');
  await app.page.getByLabel('Your name').fill('alex');
  await app.page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await press(app, 'Continue');
  await press(app, 'Start the server');
  await heading(app, 'Your server is running');
}

const trayStatus = (app: DesktopApp): Promise<string> =>
  app.evaluate(({ Tray }: ElectronParts) => Tray.all[0].menu.getMenuItemById('status').label);

it('sets a server up in the window, over IPC alone', async () => {
  await using app = await launchDesktop();
  await setUp(app);
  expect(existsSync(join(app.home, 'homeserver.yaml'))).toBe(true);
  await press(app, 'Go to Home');
  await app.page.getByText('Your server is running.').waitFor();
  await expect.poll(() => trayStatus(app)).toMatch(/^The server is (starting|running)/);
});

it('lets the person choose a folder with the system’s own dialog', async () => {
  await using app = await launchDesktop();
  const chosen = join(app.home, 'chosen');
  await app.evaluate(({ answers }: ElectronParts, folder) => {
    answers['dialog.showOpenDialog'] = [{ canceled: false, filePaths: [folder] }];
  }, chosen);
  await app.page.getByLabel('Just try it').check();
  await press(app, 'Continue');
  await press(app, 'Choose…');
  await expect.poll(() => app.page.getByLabel('Folder').inputValue()).toBe(chosen);
});

it('starts the server again when its process dies, and says so meanwhile', async () => {
  await using app = await launchDesktop();
  await setUp(app);
  await press(app, 'Go to Home');
  await app.page.getByText('Your server is running.').waitFor();
  await app.evaluate(({ utilityProcess }: ElectronParts) => process.kill(utilityProcess.children[0], 'SIGKILL'));
  await app.page.getByText('The server’s program does not answer.').waitFor();
  await app.page.getByText('The server’s program does not answer.').waitFor({ state: 'detached' });
  await expect.poll(() => trayStatus(app)).toMatch(/^The server is (starting|running)/);
  expect(await app.evaluate(({ utilityProcess }: ElectronParts) => utilityProcess.children.length)).toBe(2);
});

it('hides the window when it is closed, says once where it went, and shows it when started again', async () => {
  await using app = await launchDesktop();
  await heading(app, 'Welcome to Hearth');
  const closeAndLook = () =>
    app.evaluate(({ BrowserWindow, calls }: ElectronParts) => {
      const [window] = BrowserWindow.all;
      window.close();
      const notices = calls.filter(({ api }: { api: string }) => api === 'notification').length;
      return { isVisible: window.isVisible(), isGone: window.isGone, notices };
    });
  expect(await closeAndLook()).toEqual({ isVisible: false, isGone: false, notices: 1 });
  expect(await closeAndLook()).toEqual({ isVisible: false, isGone: false, notices: 1 });
  expect(await app.startAgain()).toBe(0);
  await expect
    .poll(() => app.evaluate(({ BrowserWindow }: ElectronParts) => BrowserWindow.all[0].isVisible()))
    .toBe(true);
  expect(JSON.parse(readFileSync(join(app.home, 'app', 'window.json'), 'utf8'))).toMatchObject({
    hasSaidWhereItGoes: true,
  });
});

it('stops the server before it quits', async () => {
  await using app = await launchDesktop();
  await setUp(app);
  const server: number = await app.evaluate(({ utilityProcess }: ElectronParts) => utilityProcess.children[0]);
  await app.evaluate(({ Tray }: ElectronParts) => {
    setTimeout(() => Tray.all[0].menu.getMenuItemById('quit').click(), 10);
  });
  expect(await app.ended).toBe(0);
  expect(() => process.kill(server, 0)).toThrow('ESRCH');
});

it('speaks the language of the system outside the window too', async () => {
  await using app = await launchDesktop({ locale: 'de-DE' });
  await expect.poll(() => trayStatus(app)).toBe('Noch nicht eingerichtet');
});

const tray = (app: DesktopApp, id: string) =>
  app.evaluate(({ Tray }: ElectronParts, item) => Tray.all[0].menu.getMenuItemById(item) !== undefined, id);
const pick = (app: DesktopApp, id: string, checked?: boolean) =>
  app.evaluate(
    ({ Tray }: ElectronParts, [item, isOn]) => Tray.all[0].menu.getMenuItemById(item).click({ checked: isOn }),
    [id, checked] as const,
  );
const shape = (app: DesktopApp): Promise<string> =>
  app.evaluate(({ Tray }: ElectronParts) => String(Tray.all[0].image.path).replace(/.*\//, ''));

it('pauses the server from the tray, says until when, and starts it again', async () => {
  await using app = await launchDesktop();
  await setUp(app);
  await expect.poll(() => shape(app)).not.toBe('busy.png');
  await pick(app, 'pause-hour');
  await expect.poll(() => trayStatus(app)).toMatch(/^Paused until /);
  expect(await shape(app)).toBe('asleep.png');
  expect(JSON.parse(readFileSync(join(app.home, 'app', 'settings.json'), 'utf8')).pausedUntil).toBeGreaterThan(0);
  await pick(app, 'unpause');
  await expect.poll(() => trayStatus(app)).toMatch(/^The server is (starting|running)/);
  expect(await tray(app, 'unpause')).toBe(false);
});

it('keeps the computer awake on mains only, and while somebody wants it', async () => {
  await using app = await launchDesktop();
  await heading(app, 'Welcome to Hearth');
  const held = () =>
    app.evaluate(({ powerSaveBlocker }: ElectronParts) => [...powerSaveBlocker.held.values()] as string[]);
  expect(await held()).toEqual(['prevent-app-suspension']);
  await app.evaluate(({ powerMonitor }: ElectronParts) => {
    powerMonitor.onBattery = true;
    powerMonitor.emit('on-battery');
  });
  expect(await held()).toEqual([]);
  await app.evaluate(({ powerMonitor }: ElectronParts) => {
    powerMonitor.onBattery = false;
    powerMonitor.emit('on-ac');
  });
  expect(await held()).toHaveLength(1);
  await pick(app, 'keep-awake', false);
  expect(await held()).toEqual([]);
});

it('starts at login by the system’s own means', async () => {
  await using app = await launchDesktop();
  await heading(app, 'Welcome to Hearth');
  const file = join(app.home, 'config', 'autostart', 'hearth.desktop');
  expect(existsSync(file)).toBe(false);
  await pick(app, 'start-at-login', true);
  expect(readFileSync(file, 'utf8')).toMatch(/^Exec=".+" --hidden$/m);
  await pick(app, 'start-at-login', false);
  expect(existsSync(file)).toBe(false);
});

it('tells the server that the computer sleeps and wakes up', async () => {
  await using app = await launchDesktop();
  await setUp(app);
  await expect.poll(() => trayStatus(app), { timeout: 25_000 }).not.toBe('The server is starting');
  await app.evaluate(({ powerMonitor }: ElectronParts) => powerMonitor.emit('suspend'));
  await expect.poll(() => trayStatus(app)).toBe('The computer is about to sleep');
  await app.evaluate(({ powerMonitor }: ElectronParts) => powerMonitor.emit('resume'));
  await expect.poll(() => trayStatus(app)).not.toBe('The computer is about to sleep');
});

it('opens the screen that the tray or a link names', async () => {
  await using app = await launchDesktop();
  await setUp(app);
  await press(app, 'Go to Home');
  await pick(app, 'logs');
  await heading(app, 'Logs');
  await app.evaluate(({ app: program }: ElectronParts) =>
    program.emit('second-instance', {}, ['hearth', 'hearth://settings']),
  );
  await heading(app, 'Settings');
  await app.evaluate(({ app: program }: ElectronParts) =>
    program.emit('second-instance', {}, ['hearth', 'hearth://people/<b>']),
  );
  await heading(app, 'Settings');
});

it('has its own settings in the window, in step with the tray', async () => {
  await using app = await launchDesktop();
  await setUp(app);
  await press(app, 'Go to Home');
  await app.page.getByRole('link', { name: 'Settings' }).click();
  await app.page.getByRole('tab', { name: 'Start and sleep' }).click();
  const keepAwake = app.page.getByLabel('Keep this computer awake while it is plugged in');
  expect(await keepAwake.isChecked()).toBe(true);
  await pick(app, 'keep-awake', false);
  await expect.poll(() => keepAwake.isChecked()).toBe(false);
  await app.page.getByLabel('Start Hearth when somebody signs in').check();
  await app.page.getByRole('tab', { name: 'Notifications' }).click();
  await app.page.getByLabel('When space runs out').uncheck();
  await expect
    .poll(() =>
      app.evaluate(({ Tray }: ElectronParts) => Tray.all[0].menu.getMenuItemById('start-at-login').checked as boolean),
    )
    .toBe(true);
  const kept = JSON.parse(readFileSync(join(app.home, 'app', 'settings.json'), 'utf8'));
  expect(kept).toMatchObject({ keepAwake: false, notices: { storage: false, reach: true } });
});

it('offers the chat that the configuration names, in the browser, and tries all servers', async () => {
  await using app = await launchDesktop();
  await setUp(app);
  await expect.poll(() => trayStatus(app), { timeout: 25_000 }).toMatch(/^The server is running/);
  expect(await tray(app, 'open-chat')).toBe(false);
  const file = join(app.home, 'homeserver.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nweb_client_location: https://chat.example.org/\n`);
  await pick(app, 'restart');
  await expect.poll(() => tray(app, 'open-chat'), { timeout: 25_000 }).toBe(true);
  await pick(app, 'open-chat');
  const opened = () =>
    app.evaluate(({ calls }: ElectronParts) =>
      calls
        .filter(({ api }: { api: string }) => api === 'shell.openExternal')
        .map(({ args }: { args: string[] }) => args[0]),
    );
  expect(await opened()).toEqual(['https://chat.example.org/']);
  expect(await tray(app, 'try-all')).toBe(true);
  await pick(app, 'try-all');
});
