import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, it, vi } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { furnish, goTo, TOUR } from '../support/console-tour.js';

vi.setConfig({ testTimeout: 300_000 });

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** every picture; not kept */
const ALL = join(ROOT, 'screenshots');
/** those that README shows */
const SHOWN = join(ROOT, 'docs/screenshots');
const IN_README: readonly string[] = [
  'home-desktop-light.png',
  'rooms-desktop-light.png',
  'reach-desktop-light.png',
  'storage-desktop-dark.png',
  'logs-condensed-desktop-dark.png',
  'person-desktop-light.png',
];

const SIZES = { desktop: { width: 1280, height: 832 }, phone: { width: 390, height: 844 } } as const;
const SCHEMES = ['light', 'dark'] as const;

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

let browser: Browser;
let fake: Fake;

beforeAll(async () => {
  [browser, fake] = await Promise.all([launchBrowser(), openFakeConsole()]);
  furnish(fake.host);
  rmSync(ALL, { recursive: true, force: true });
  for (const folder of [ALL, SHOWN]) mkdirSync(folder, { recursive: true });
});

afterAll(async () => {
  await browser?.close();
  await fake?.console.close();
});

const cases = Object.entries(SIZES).flatMap(([size, viewport]) =>
  SCHEMES.map((colorScheme) => ({ size, viewport, colorScheme })),
);

it.each(cases)('takes pictures of every screen: $size, $colorScheme', async ({ size, viewport, colorScheme }) => {
  const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce', locale: 'en-GB' });
  await page.goto(fake.link());
  for (const stop of TOUR) {
    await goTo(page, fake.console.address, stop);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const name = `${stop.name}-${size}-${colorScheme}.png`;
    await page.screenshot({ path: join(ALL, name) });
    if (IN_README.includes(name)) copyFileSync(join(ALL, name), join(SHOWN, name));
  }
  await page.close();
});
