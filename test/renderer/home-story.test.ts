import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/chromium.js';
import { TestHeadless } from '../support/headless.js';

let browser: Browser;
let hearth: TestHeadless;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  hearth = await TestHeadless.start({ withPages: true });
  const answers = {
    mode: 'home',
    folder: join(hearth.home, 'data'),
    serverName: 'family.test',
    acceptsPrivateName: true,
  };
  const admin = { localpart: 'alex', password: 'correct horse battery' };
  expect(await hearth.call('setup.finish', { ...answers, admin })).toMatchObject({ ok: true });
  expect(await hearth.call('setup.complete')).toMatchObject({ ok: true });
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1200, height: 900 } });
  page = await context.newPage();
  await page.goto(hearth.running.link());
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await hearth?.[Symbol.asyncDispose]();
});

const region = (name: string) => page.getByRole('region', { name });
const repairs = () => region('To repair');
const KIT = 'The recovery kit was not saved yet.';

it('finds by itself that the recovery kit is not saved, and that it is once it was', { timeout: 60_000 }, async () => {
  await repairs().getByRole('heading', { name: KIT }).waitFor();
  await page
    .getByText(/Your server is running\. .* of 1 person|Nobody is connected\./)
    .first()
    .waitFor();
  await page
    .getByRole('banner')
    .getByText('Needs a look')
    .or(page.getByRole('banner').getByText('Something is wrong'))
    .waitFor();
  const kit = (await hearth.call('kit.make')) as { value: { passphrase: string } };
  await hearth.call('kit.confirm', { ending: kit.value.passphrase.slice(-4) });
  await repairs().getByRole('heading', { name: KIT }).waitFor({ state: 'detached' });
  await region('What happened').getByText('The recovery kit was saved.').waitFor();
});

it('shows what was measured, and who came', async () => {
  await expect.poll(() => page.getByRole('img', { name: /^Memory: lowest .* MB, highest .* MB\.$/ }).count()).toBe(1);
  await region('What happened').getByText('@alex:family.test').waitFor();
  await region('The last 24 hours')
    .getByText(/^Running: /)
    .waitFor();
  await region('First steps').getByRole('img', { name: 'Done' }).first().waitFor();
});

it('keeps all that when the server is stopped, and says so in the same words everywhere', async () => {
  await hearth.call('server.stop');
  await page.getByText('Your server is stopped.').waitFor();
  await page.getByRole('banner').getByText('Stopped').waitFor();
  await region('How it goes')
    .getByText(/^As of /)
    .waitFor();
  expect(await page.getByRole('img', { name: /^Memory: lowest/ }).count()).toBe(1);
  await region('What happened').getByText('The server was stopped.').waitFor();
  await page.getByRole('button', { name: 'Start the server' }).first().click();
  await page
    .getByText('Your server is starting.')
    .or(page.getByText(/Your server is running/))
    .first()
    .waitFor();
});
