import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

let browser: Browser;
let fake: Fake;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  fake = await openFakeConsole();
  fake.host.addPerson('alex', { isAdmin: true, displayName: 'Alex' });
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1200, height: 800 } });
  page = await context.newPage();
  complaints = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(fake.link());
  await heading('Home');
});

afterEach(async () => {
  await page.context().close();
  await fake.console.close();
  expect(complaints).toEqual([]);
});

const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const open = async (entry: string) => {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: entry }).click();
  await heading(entry);
};

it('takes the key out of the address, and works on after the page is loaded again', async () => {
  expect(page.url()).toBe(`${fake.console.address}#/`);
  await page.reload();
  await heading('Home');
});

it('moves the focus to the heading of each screen, and names it in the title', async () => {
  await open('People');
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('People');
  expect(await page.title()).toBe('People · Hearth');
});

it('says in words how the server is, and what to do when it is down', async () => {
  await page.getByText('Your server is running. 1 of 1 person is connected.').waitFor();
  fake.host.become('failed', { code: 'PORT_IN_USE', message: 'listen EADDRINUSE', fields: { port: 8008 }, since: 0 });
  const alert = page.getByRole('alert');
  await alert.getByText('The server could not start: another program uses port 8008.').waitFor();
  await alert.getByText('Until it runs again, nobody can send or receive.').waitFor();
  await page.getByText('Your server is not running.').waitFor();
  await press('Start again');
  await alert.waitFor({ state: 'detached' });
  await page.getByText('Your server is running.').waitFor();
});

it('stops and starts the server, and shows both as they happen', async () => {
  await open('Settings');
  await press('Stop the server');
  await page.getByText('The server is stopped.').waitFor();
  await page.getByRole('banner').getByText('Stopped').waitFor();
  await page.getByRole('main').getByRole('button', { name: 'Start the server' }).first().click();
  await page.getByRole('banner').getByText('Running').waitFor();
});

it('keeps what it knew when the server’s program goes away, and says so', async () => {
  await page.getByText('212 GB free').waitFor();
  await fake.console.close();
  await page.getByText('The server’s program does not answer.').waitFor();
  await page.getByText('212 GB free').waitFor();
});

it('asks for the link again when there is no session', async () => {
  await page.context().clearCookies();
  await page.reload();
  await heading('Open the console by its link');
});

it('locks itself when one says so, and no old session opens it again', async () => {
  const cookies = await page.context().cookies();
  await open('Settings');
  await press('Lock this console');
  await heading('Open the console by its link');
  await page.context().addCookies(cookies);
  await page.reload();
  await heading('Open the console by its link');
});

it('shows names as strangers wrote them as text, without tricks', async () => {
  fake.host.addPerson('mallory', { displayName: '<img src=x onerror=alert(1)>\u202Egnp.exe\u0000' });
  await open('People');
  await page.getByText('<img src=x onerror=alert(1)>gnp.exe').waitFor();
  expect(await page.locator('td img, th img').count()).toBe(0);
});

it('finds people as one types', async () => {
  fake.host.addPerson('sam', { displayName: 'Sam' });
  await open('People');
  await page.getByText('2 people').waitFor();
  await page.getByLabel('Search people').fill('sam');
  await page.getByText('One person').waitFor();
  expect(await page.getByRole('row').count()).toBe(2);
  await page.getByLabel('Search people').fill('nobody');
  await page.getByText('Nobody matches.').waitFor();
});

it('gives a new password once, and hands the focus back', async () => {
  await open('People');
  await press('Actions for Alex');
  await page.getByRole('menuitem', { name: 'Reset password' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Shown this once').waitFor();
  expect(await dialog.locator('code').nth(1).textContent()).toMatch(/^[a-z2-9]{4}(?:-[a-z2-9]{4}){3}$/);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Actions for Alex');
});

it('deactivates only whose name was typed', async () => {
  fake.host.addPerson('sam', { displayName: 'Sam' });
  await open('People');
  await press('Actions for Sam');
  await page.getByRole('menuitem', { name: 'Deactivate' }).click();
  await page.getByLabel('Type sam to confirm').press('Enter');
  await page.getByText('This is not the name.').waitFor();
  await page.getByLabel('Type sam to confirm').fill('sam');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => page.getByText('@sam:family.test').count()).toBe(0);
});

it('says why the last administrator stays one', async () => {
  fake.host.accounts.isOnlyAdmin = true;
  await open('People');
  await press('Actions for Alex');
  await page.getByRole('menuitem', { name: 'Remove administrator rights' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove administrator rights' }).click();
  await page.getByRole('alert').getByText('This is the only administrator.').waitFor();
});

it('makes an invitation for several people, shows it again, takes it back and restores it', async () => {
  await open('People');
  await page.getByRole('tab', { name: 'Invitations' }).click();
  await page.getByText('No invitations yet.').waitFor();
  await page.getByRole('button', { name: 'Invite someone' }).first().click();
  await page.getByLabel('For', { exact: true }).selectOption('several');
  await page.getByLabel('How many people?').fill('0');
  await page.getByText('A whole number from 1 to 1000.').waitFor();
  await page.getByLabel('How many people?').fill('3');
  await press('Make the invitation');
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await press('Done');
  await page.getByText('0 of 3 used').waitFor();
  await page.getByRole('button', { name: /^Show invitation/ }).click();
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Revoke invitation/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked').waitFor();
  await page.getByRole('button', { name: /^Restore invitation/ }).click();
  await page.getByRole('button', { name: /^Show invitation/ }).waitFor();
});

it('follows the log, waits while paused, and jumps to the newest', async () => {
  for (let index = 1; index <= 300; index += 1) fake.host.addLine('info', 'http', `line ${index}`);
  await open('Logs');
  const list = page.getByRole('listbox', { name: 'Logs' });
  await list.getByText('line 300', { exact: false }).waitFor();
  fake.host.addLine('info', 'http', 'line 301');
  await list.getByText('line 301', { exact: false }).waitFor();
  await press('Pause');
  fake.host.addLine('warn', 'rooms', 'line 302');
  await page.getByText('Paused. One new line.').waitFor();
  expect(await list.getByText('line 302').count()).toBe(0);
  await press('Jump to newest');
  await list.getByText('line 302', { exact: false }).waitFor();
  expect(await page.locator('.log-line').count()).toBeLessThan(100);
});

it('filters the log by level, part and words, and marks the words', async () => {
  fake.host.addLine('info', 'http', 'request answered', { path: '/sync' });
  fake.host.addLine('error', 'storage', 'disk full');
  fake.host.addLine('debug', 'http', 'a detail');
  await open('Logs');
  const list = page.getByRole('listbox', { name: 'Logs' });
  await list.getByText('disk full').waitFor();
  expect(await list.getByText('a detail').count()).toBe(0);
  await page.getByRole('button', { name: /^Debug/ }).click();
  await list.getByText('a detail').waitFor();
  await page.getByLabel('Part of the server').selectOption('http');
  await expect.poll(() => list.getByText('disk full').count()).toBe(0);
  await page.getByLabel('Search the logs').fill('SYNC');
  await list.locator('mark', { hasText: 'sync' }).waitFor();
  await page.getByLabel('Search the logs').fill('nothing like it');
  await page.getByText('Nothing like this yet.').waitFor();
});

it('shows a line of the log in full, chosen with the keyboard', async () => {
  fake.host.addLine('info', 'http', 'first', { ms: 1 });
  fake.host.addLine('info', 'http', 'second', { path: '/x', ms: 2 });
  await open('Logs');
  await page.getByRole('listbox', { name: 'Logs' }).focus();
  await page.keyboard.press('ArrowUp');
  const detail = page.getByRole('region', { name: 'The chosen line' });
  await detail.getByText('second').waitFor();
  await detail.getByText('"path": "/x"').waitFor();
  await page.keyboard.press('ArrowUp');
  await detail.getByText('first').waitFor();
});

it('speaks German and keeps to it', async () => {
  await open('Settings');
  await page.getByRole('tab', { name: 'Accessibility and language' }).click();
  await page.getByLabel('Deutsch').check();
  await heading('Einstellungen');
  await page.reload();
  await heading('Einstellungen');
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
});

it('is dark when the system is, and when one says so', async () => {
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(ground).not.toBe(light);
  await open('Settings');
  await page.getByRole('tab', { name: 'Accessibility and language' }).click();
  await page.getByLabel('Light').check();
  await expect.poll(ground).toBe(light);
});

it('skips the rail for who goes by keyboard', async () => {
  await page.reload();
  await heading('Home');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('Tab');
  await page.getByRole('link', { name: 'Skip to the page' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main');
});
