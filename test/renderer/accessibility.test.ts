import { type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { furnish, goTo, TOUR } from '../support/console-tour.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

vi.setConfig({ testTimeout: 120_000 });

let browser: Browser;
let fake: Fake;
let page: Page;

beforeAll(async () => {
  [browser, fake] = await Promise.all([launchBrowser(), openFakeConsole()]);
  // the check is a script put into the page, which the console's own policy rightly forbids
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1200, height: 800 } });
  page = await context.newPage();
  furnish(fake.host);
});

afterAll(async () => {
  await browser?.close();
  await fake?.console.close();
});

const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const go = async (path: string, name: string) => {
  await page.goto(`${fake.console.address}#${path}`);
  await heading(name);
};
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

it('shows the locked page without violations', async () => {
  await go('/', 'Open the console by its link');
  await expectAccessible(page, 'locked');
});

it('shows every step of the wizard without violations', async () => {
  fake.host.isConfigured = false;
  await page.goto(fake.link());
  await page.reload();
  await heading('Welcome to Hearth');
  await expectAccessible(page, 'welcome');
  await press('Continue');
  await expectAccessible(page, 'welcome, with its error');
  await page.getByLabel('Bring over a Synapse server').check();
  await press('Continue');
  await heading('Bring over a Synapse server');
  await expectAccessible(page, 'not yet');
  await press('Back');
  await page.getByLabel('Set up a new server').check();
  await press('Continue');
  await heading('Language and looks');
  await expectAccessible(page, 'look');
  await press('Continue');
  await heading('Where to keep everything');
  await page.getByRole('img', { name: /free of/ }).waitFor();
  await expectAccessible(page, 'folder');
  await press('Continue');
  await heading('Who should be able to reach it?');
  await press('Continue');
  await page.getByText(/nginx uses port 443/).waitFor();
  await expectAccessible(page, 'who reaches it, with its error');
  await page.getByLabel('Only at home').check();
  await press('Continue');
  await page.getByLabel('Server name').fill('192.168.1.4');
  await page.getByText('This is an address in numbers.').waitFor();
  await expectAccessible(page, 'name, with its error');
  await page.getByLabel('Server name').fill('family.test');
  await page.getByLabel(/I understand/).check();
  await expectAccessible(page, 'name, private');
  await press('Back');
  await page.getByLabel('Through a web server I run').check();
  await press('Continue');
  await page.getByLabel('Server name').fill('smith-family.org');
  await press('Continue');
  await heading('Where the name leads');
  await page.getByLabel('A web site that stays there').check();
  await page.getByText('Leads elsewhere').waitFor();
  await expectAccessible(page, 'where the name leads');
  await press('Continue');
  await heading('Tell your web server');
  await page.locator('pre').first().waitFor();
  await expectAccessible(page, 'web server');
  await press('Back');
  await press('Back');
  await press('Back');
  await page.getByLabel('From anywhere, straight to this computer').check();
  await press('Continue');
  await press('Continue');
  await press('Continue');
  await heading('Open one port on your router');
  await expectAccessible(page, 'router');
  await press('Continue');
  await heading('Certificate');
  await page.getByLabel('I have files').check();
  await press('Continue');
  await page.getByText('These files cannot be used.').waitFor();
  await page.getByLabel('Certificate file').fill('/etc/ssl/fullchain.pem');
  await page.getByLabel('Key file').fill('/etc/ssl/privkey.pem');
  await page.getByText('Who vouches for it').waitFor();
  await expectAccessible(page, 'certificate');
  await press('Continue');
  await heading('Safety');
  await expectAccessible(page, 'safety');
  await press('Continue');
  await heading('Your account');
  await press('Continue');
  await expectAccessible(page, 'account, with its errors');
  await page.getByLabel('Your name').fill('alex');
  await press('Suggest a password');
  await expectAccessible(page, 'account');
  await press('Continue');
  await heading('Ready to start');
  await press('Start the server');
  await page.getByText('This is not the name.').waitFor();
  await expectAccessible(page, 'ready, with its error');
  await page.getByLabel(/^Type smith-family.org/).fill('smith-family.org');
  await press('Start the server');
  await heading('Recovery kit');
  await expectAccessible(page, 'kit, not made');
  await press('Make my recovery kit');
  await page.locator('.passphrase').waitFor();
  await press('I have it');
  await page.getByText('Save the file or print the page first.').waitFor();
  await expectAccessible(page, 'kit, with its error');
  await press('Save the file');
  await page.getByLabel('The last 4 characters of the passphrase').fill('r2tz');
  await press('I have it');
  await page.getByText(/^Saved on/).waitFor();
  await expectAccessible(page, 'kit, saved');
  await press('Continue');
  await heading('Keep it running');
  await expectAccessible(page, 'keep it running');
  await press('Continue');
  await heading('Check everything');
  await page.getByText('A record leads to another address.').waitFor();
  await expectAccessible(page, 'check everything');
  await press('Continue');
  await heading('Your server is running');
  await press('Make an invitation');
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await expectAccessible(page, 'done');
  await press('Go to Home');
});

it.each(TOUR)('shows $name without violations', async (stop) => {
  await goTo(page, fake.console.address, stop);
  await heading(stop.heading);
  await expectAccessible(page, stop.name);
});

it('shows what went wrong without violations', async () => {
  await go('/', 'Home');
  fake.host.warnings = ['line 3: not used'];
  fake.host.become('failed', { code: 'PORT_IN_USE', message: 'listen EADDRINUSE', fields: { port: 8008 }, since: 0 });
  await page.getByText('another program uses port 8008').waitFor();
  await expectAccessible(page, 'failed');
  await go('/people', 'People');
  await page.getByText('The server is not running. Start it first.').waitFor();
  await expectAccessible(page, 'people of a server that does not run');
  fake.host.become('running');
});

it('shows its dialogs without violations', async () => {
  await go('/people/person/%40kim%3Afamily.test', 'Kim');
  for (const entry of ['Rename', 'Reset password', 'Make administrator', 'Write a notice', 'Deactivate']) {
    await press(entry);
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page, entry);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await go('/people', 'People');
  await press('Add a person');
  await expectAccessible(page, 'add a person');
  await page.keyboard.press('Escape');
  await press('Invite someone');
  await expectAccessible(page, 'invite');
  await press('Make the invitation');
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await expectAccessible(page, 'invitation');
  await page.keyboard.press('Escape');
});

it('shows how a server is reached without violations', async () => {
  await go('/servers/matrix.test/check', 'matrix.test');
  await page.getByText('It cannot be reached: see “Certificate”.').waitFor();
  for (const summary of await page.locator('.diagnosis summary').all()) await summary.click();
  await expectAccessible(page, 'diagnosis');
  fake.host.tried = { answered: false, why: 'no', cause: 'connect' };
  await press('Try sending now');
  await page.getByText('nobody took the connection').waitFor();
  await expectAccessible(page, 'a try that failed');
});

it('shows a chosen line of the log without violations', async () => {
  await go('/logs', 'Logs');
  await page.getByRole('listbox').getByRole('option').first().click();
  await page.getByRole('region', { name: 'The chosen line' }).waitFor();
  await expectAccessible(page, 'log line');
});

it('fits small windows and large text without scrolling sideways', async () => {
  await page.evaluate(() => localStorage.setItem('hearth.appearance', '{"textSize":"200"}'));
  await page.reload();
  const overflowing: string[] = [];
  for (const width of [1200, 700, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const stop of TOUR) {
      await goTo(page, fake.console.address, stop);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (overflow > 0) overflowing.push(`${stop.name} at ${width}: ${overflow}`);
    }
  }
  expect(overflowing).toEqual([]);
});
