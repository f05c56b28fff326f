import type { Page } from 'playwright-core';
import { it, vi } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { aroundWalk, type ConsoleWalk } from '../support/console-walk.js';

vi.setConfig({ testTimeout: 120_000 });

let walk: ConsoleWalk;
let page: Page;

aroundWalk(
  (begun) => {
    walk = begun;
    ({ page } = walk);
  },
  { entered: false },
);

const heading = (name: string) => walk.heading(name);
const press = (name: string) => walk.press(name);

it('shows the locked page without violations', async () => {
  await walk.go('/', 'Open the console by its link');
  await expectAccessible(page, 'locked');
});

it('shows every step of the wizard without violations', async () => {
  walk.host.isConfigured = false;
  const fields = { there: '198.51.100.4', here: '203.0.113.7' };
  walk.host.way.finds = walk.host.way.finds.map((step) =>
    step.name === 'addresses' ? { ...step, state: 'error', code: 'ADDRESSES_ELSEWHERE', fields } : step,
  );
  await walk.enter('Welcome to Hearth');
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
  await page.getByRole('list', { name: 'To mend' }).getByText('198.51.100.4').first().waitFor();
  await page.getByRole('list', { name: 'What was looked at' }).waitFor();
  await expectAccessible(page, 'check everything');
  await page.getByRole('button', { name: /^(?:Continue|Finish anyway)$/ }).click();
  await heading('Your server is running');
  await press('Make an invitation');
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await expectAccessible(page, 'done');
  await press('Go to Home');
});
