import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type DesktopApp, type ElectronParts, launchDesktop } from '../support/electron-launch.js';

const welcomed = (app: DesktopApp) => app.page.getByRole('heading', { level: 1, name: 'Welcome to Hearth' }).waitFor();
const close = (app: DesktopApp) =>
  app.evaluate(({ BrowserWindow }: ElectronParts) => void BrowserWindow.all[0].close());
const isVisible = (app: DesktopApp): Promise<boolean> =>
  app.evaluate(({ BrowserWindow }: ElectronParts) => BrowserWindow.all[0].isVisible());
const calls = (app: DesktopApp, api: string): Promise<{ message: string; buttons: string[] }[]> =>
  app.evaluate(
    ({ calls: all }: ElectronParts, name) =>
      all
        .filter((call: { api: string }) => call.api === name)
        .map(({ args }: { args: { message: string; buttons: string[] }[] }) => args[0]),
    api,
  );
const staysWithoutWindow = (home: string): unknown => {
  const file = join(home, 'app', 'settings.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).staysWithoutWindow : undefined;
};

it('asks once, where there is no tray, whether it goes on without the window, and comes back when started again', async () => {
  await using app = await launchDesktop({ desktop: 'GNOME' });
  await welcomed(app);
  await close(app);
  await expect.poll(() => isVisible(app)).toBe(false);
  expect(await calls(app, 'dialog.showMessageBox')).toMatchObject([
    { message: 'Keep running in the background?', buttons: ['Keep running', 'Quit and stop the server'] },
  ]);
  expect(staysWithoutWindow(app.home)).toBe(true);
  expect(await app.startAgain()).toBe(0);
  await expect.poll(() => isVisible(app)).toBe(true);
  await close(app);
  await expect.poll(() => isVisible(app)).toBe(false);
  expect(await calls(app, 'dialog.showMessageBox')).toHaveLength(1);
  // nothing is beside the clock
  expect(await calls(app, 'notification')).toEqual([]);
});

it('asks once even when the window is closed twice meanwhile', async () => {
  await using app = await launchDesktop({ desktop: 'GNOME', locale: 'de-DE' });
  await app.page.getByRole('heading', { level: 1 }).waitFor();
  await app.evaluate(({ BrowserWindow }: ElectronParts) => {
    BrowserWindow.all[0].close();
    BrowserWindow.all[0].close();
  });
  await expect.poll(() => isVisible(app)).toBe(false);
  expect(await calls(app, 'dialog.showMessageBox')).toMatchObject([{ message: 'Im Hintergrund weiterlaufen?' }]);
});

it('quits when the person wants no server without a window, and remembers that', async () => {
  const home = mkdtempSync(join(tmpdir(), 'hearth-desktop-'));
  const first = await launchDesktop({ home, desktop: 'GNOME' });
  await welcomed(first);
  await first.evaluate(({ answers, BrowserWindow }: ElectronParts) => {
    answers['dialog.showMessageBox'] = [{ response: 1 }];
    setTimeout(() => BrowserWindow.all[0].close(), 10);
  });
  expect(await first.ended).toBe(0);
  expect(staysWithoutWindow(home)).toBe(false);
  await using again = await launchDesktop({ home, desktop: 'GNOME' });
  await welcomed(again);
  await again.evaluate(({ BrowserWindow }: ElectronParts) => {
    setTimeout(() => BrowserWindow.all[0].close(), 10);
  });
  expect(await again.ended).toBe(0);
});

it('has pictures for dark taskbars on Windows, and changes them with the theme', async () => {
  await using app = await launchDesktop();
  await welcomed(app);
  const pictureWhen = (platform: string, isDark: boolean) =>
    app.evaluate(
      ({ nativeTheme, Tray }: ElectronParts, [system, dark]) => {
        const real = process.platform;
        Object.defineProperty(process, 'platform', { value: system });
        nativeTheme.shouldUseDarkColors = dark;
        nativeTheme.emit('updated');
        Object.defineProperty(process, 'platform', { value: real });
        const { image } = Tray.all[0];
        return { name: String(image.path).replace(/.*\//, ''), isEmpty: image.isEmpty() as boolean };
      },
      [platform, isDark] as const,
    );
  await expect.poll(() => pictureWhen('win32', false)).toEqual({ name: 'attention.png', isEmpty: false });
  expect(await pictureWhen('win32', true)).toEqual({ name: 'attention-dark.png', isEmpty: false });
  expect(await pictureWhen('win32', false)).toEqual({ name: 'attention.png', isEmpty: false });
  expect(await pictureWhen('linux', true)).toEqual({ name: 'attention.png', isEmpty: false });
});

const drawing = (name: string) => readFileSync(new URL(`../../assets/tray/${name}.svg`, import.meta.url), 'utf8');

it.each(['running', 'attention', 'stopped', 'busy', 'asleep'])('has "%s" for light and dark taskbars', (shape) => {
  expect(drawing(`${shape}-dark`)).not.toBe(drawing(shape));
});
