import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtHearth } from '../support/built.js';
import { launchBrowser } from '../support/chromium.js';

/** What `npm start` runs once everything is built, on a computer without a display. */
async function start(
  home: string,
): Promise<{ child: ChildProcess; link: Promise<string>; ended: Promise<number | null> }> {
  const program = join(await builtHearth(), 'start.js');
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...rest } = process.env;
  const env = { ...rest, HEARTH_HOME: home, HEARTH_HEADLESS: '1', HEARTH_CONSOLE_PORT: '0' };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const link = new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (part: Buffer) => {
      said += part.toString();
      const [, found] = /Console: (http:\S+#key=[\w-]+)/.exec(said) ?? [];
      if (found) resolve(found);
    });
    void ended.then((code) => reject(new Error(`it ended with ${code}: ${said}`)));
  });
  return { child, link, ended };
}

it('says where the console is, sets a server up in a browser, and starts it by itself the next time', async () => {
  const home = mkdtempSync(join(tmpdir(), 'hearth-start-'));
  const browser = await launchBrowser();
  const started: ChildProcess[] = [];
  try {
    const page = await browser.newPage({ locale: 'en-US' });
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    const first = await start(home);
    started.push(first.child);
    await page.goto(await first.link);
    await page.getByLabel('Just try it').check();
    await press('Continue');
    await page.getByRole('heading', { name: 'Where to keep everything' }).waitFor();
    await page.getByRole('img', { name: /free of/ }).waitFor();
    await press('Continue');
    await page.getByLabel('Your name').fill('alex');
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await press('Continue');
    await press('Start the server');
    await page.getByRole('heading', { name: 'Your server is running' }).waitFor();
    await page.getByRole('button', { name: 'Go to Home' }).click();
    await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    const address = (await page.locator('code').first().textContent()) ?? '';
    const versions = await fetch(`${address}/_matrix/client/versions`);
    expect(versions.status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);

    const second = await start(home);
    started.push(second.child);
    await page.goto(await second.link);
    await page.getByText('Your server is running.').waitFor();
    second.child.kill('SIGINT');
    expect(await second.ended).toBe(0);
  } finally {
    for (const child of started) child.kill('SIGKILL');
    await browser.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}, 90_000);
