import type { Page } from 'playwright-core';
import { it, vi } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { aroundWalk, type ConsoleWalk } from '../support/console-walk.js';

vi.setConfig({ testTimeout: 120_000 });

let walk: ConsoleWalk;
let page: Page;

aroundWalk((begun) => {
  walk = begun;
  ({ page } = walk);
});

const press = (name: string) => walk.press(name);
const go = (path: string, name: string) => walk.go(path, name);

it('shows what went wrong without violations', async () => {
  await go('/', 'Home');
  walk.host.warnings = ['line 3: not used'];
  walk.host.become('failed', { code: 'PORT_IN_USE', message: 'listen EADDRINUSE', fields: { port: 8008 }, since: 0 });
  await page.getByText('another program uses port 8008').waitFor();
  await expectAccessible(page, 'failed');
  await go('/people', 'People');
  await page.getByText('The server is not running. Start it first.').waitFor();
  await expectAccessible(page, 'people of a server that does not run');
  walk.host.become('running');
});

it('shows its dialogs without violations', async () => {
  await go('/people/person/%40kim%3Afamily.test', 'Kim');
  for (const entry of ['Rename', 'Reset password', 'Make administrator', 'Write a notice', 'Deactivate']) {
    if (entry === 'Deactivate') await page.getByRole('tab', { name: 'Safety' }).click();
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
  walk.host.tried = { answered: false, why: 'no', cause: 'connect' };
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
