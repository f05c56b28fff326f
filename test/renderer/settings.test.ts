import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

let browser: Browser;
let fake: Fake;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  fake = await openFakeConsole();
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1200, height: 800 },
    bypassCSP: true,
  });
  page = await context.newPage();
  await page.goto(fake.link());
});

afterEach(async () => {
  await page.context().close();
  await fake.console.close();
});

const open = async (tab: string) => {
  await page.goto(`${fake.console.address}#/settings/${tab}`);
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await page.locator('.loading').first().waitFor({ state: 'detached' });
};

it.each(['', 'start', 'notices', 'limits', 'privacy', 'appearance', 'advanced', 'about'])(
  'shows the tab “%s” without violations',
  async (tab) => {
    await open(tab);
    await expectAccessible(page, tab);
  },
);

it('changes who gets in, warns of an open door, and offers the restart', async () => {
  await open('privacy');
  await page.getByLabel('Anybody').check();
  await page.getByText('Open servers are found and misused within days').waitFor();
  await page.getByText('Changes wait for a restart.').waitFor();
  expect(fake.host.decisions.values.registration).toBe('open');
  await page.getByLabel('Guests').check();
  await expect.poll(() => fake.host.decisions.values.guests).toBe(true);
});

it('says in the configuration’s own words why something cannot be set', async () => {
  fake.host.decisions.refused = '`max_upload_size` must be a number of bytes, not "a lot".';
  await open('limits');
  await page.getByLabel('Largest upload, in megabytes').fill('0');
  await page.getByText('A number above 0.').waitFor();
  await page.getByLabel('Largest upload, in megabytes').fill('80');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('must be a number of bytes').waitFor();
});

it('writes a limit in the unit of the configuration', async () => {
  await open('limits');
  await page.getByLabel('Largest upload, in megabytes').fill('80');
  await page.keyboard.press('Enter');
  await expect.poll(() => fake.host.decisions.values.uploadSize).toBe(80 * 1024 * 1024);
  expect(await page.getByLabel('Messages a minute for each person, at length').inputValue()).toBe('12');
});

it('shows the file with what of it is not honoured', async () => {
  await open('advanced');
  expect(await page.getByRole('textbox', { name: 'Configuration file' }).inputValue()).toContain('server_name');
  await page.getByText('line 9: `caches` is not needed here.').waitFor();
});

it('says in a browser what only the app can do', async () => {
  await open('start');
  await page.getByText('Only in the desktop app').waitFor();
});
