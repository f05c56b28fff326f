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
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = await context.newPage();
  await page.goto(fake.link());
});

afterEach(async () => {
  await page.context().close();
  await fake.console.close();
});

const open = async (path = '/logs') => {
  await page.goto(`${fake.console.address}#${path}`);
  await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
};
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const list = () => page.getByRole('listbox', { name: 'Logs' });
const chosen = () => page.getByRole('region', { name: 'The chosen line' });

it('goes from find to find, with other lines between them', async () => {
  for (const words of ['one', 'needle two', 'three', 'a needle']) fake.host.addLine('info', 'http', words);
  await open();
  await page.getByLabel('Search the logs').fill('NEEDLE');
  await expect.poll(() => list().getByRole('option').count()).toBe(2);
  await press('Show other lines too');
  await expect.poll(() => list().getByRole('option').count()).toBe(4);
  await press('Next find');
  await page.getByText('1 of 2').waitFor();
  await chosen().getByText('needle two').waitFor();
  await press('Next find');
  await chosen().getByText('a needle').waitFor();
  await press('Next find');
  await chosen().getByText('needle two').waitFor();
});

it('says that a pattern is none', async () => {
  fake.host.addLine('info', 'http', 'one');
  await open();
  await press('Pattern');
  await page.getByLabel('Search the logs').fill('(');
  await page.getByRole('alert').getByText('This is not a pattern').waitFor();
});

it('shows only what is about one server, and everything again', async () => {
  fake.host.addLine('info', 'federation', 'a server does not answer', { server: 'far.test' });
  fake.host.addLine('debug', 'http', 'asked', { server: 'far.test' });
  fake.host.addLine('info', 'http', 'other');
  await open();
  await list().getByRole('option').first().click();
  await chosen().getByText('What waits for it is kept and sent later.').waitFor();
  await chosen().getByRole('button', { name: 'Only this server far.test' }).click();
  await expect.poll(() => list().getByRole('option').count()).toBe(2);
  await press('Show all lines again');
  await list().getByText('other').waitFor();
});

it('opens for one server where another screen says so', async () => {
  fake.host.addLine('info', 'http', 'this one', { server: 'far.test' });
  fake.host.addLine('info', 'http', 'not this');
  await open('/logs/about/server/far.test');
  await list().getByText('this one').waitFor();
  expect(await list().getByText('not this').count()).toBe(0);
});

it('chooses several lines by keyboard, and copies them', async () => {
  for (const words of ['one', 'two', 'three']) fake.host.addLine('info', 'http', words);
  await open();
  await list().focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Shift+ArrowUp');
  await chosen().getByText('2 lines chosen').waitFor();
  await list().focus();
  await page.keyboard.press('Control+c');
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/^\S+Z INFO http: two \{\}\n\S+Z INFO http: three \{\}$/);
});

it('asks for older lines when one comes near the first', async () => {
  for (let n = 1; n <= 2500; n += 1) fake.host.addLine('info', 'http', `line ${n}.`);
  await open();
  await list().getByText('line 2500.').waitFor();
  await press('Pause');
  await list().evaluate((box) => box.scrollTo(0, 0));
  await expect.poll(() => list().getByRole('option').first().getAttribute('aria-setsize')).toBe('2500');
  // what was in sight stays in sight
  await list().getByText('line 501.').waitFor();
  await list().evaluate((box) => box.scrollTo(0, 0));
  await list().getByText('line 1.').waitFor();
});

it('lets one part tell every detail for a quarter of an hour', async () => {
  fake.host.addLine('info', 'federation', 'one');
  await open();
  await page.getByLabel('Part of the server').selectOption('federation');
  await press('Every detail for 15 minutes');
  await page.getByText('Every detail (ends in 15 minutes) of').waitFor();
  await press('End now');
  await press('Every detail for 15 minutes');
});

it('says the same things once, with what they mean', async () => {
  for (let n = 0; n < 12; n += 1) fake.host.addLine('warn', 'push', 'a push gateway did not take a notification');
  await open('/logs/condensed');
  const row = page.getByRole('row', { name: /a push gateway/ });
  await row.getByText('12').waitFor();
  await row.getByText('A phone could not be woken').waitFor();
});

it('reads files back, page by page', async () => {
  const now = Date.now();
  for (let n = 0; n < 1500; n += 1) {
    fake.host.log.filed.push({
      id: 0,
      time: now - n * 1000,
      level: 'info',
      part: 'http',
      text: `old ${n}.`,
      fields: '',
    });
  }
  await open('/logs/files');
  await list().getByText('old 0.').waitFor();
  await press('Look further back');
  await expect.poll(() => list().getByRole('option').first().getAttribute('aria-setsize')).toBe('1500');
});

it('shows what an export replaces, asks before it leaves names in, and saves the file', async () => {
  fake.host.addLine('info', 'http', 'joined');
  await open();
  await press('Export…');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Replaced: one person.').waitFor();
  await dialog.getByText('joined @person-1').waitFor();
  await expectAccessible(page, 'export');
  await dialog.getByLabel('Include real names').click();
  await dialog.getByText('Include real names and addresses?').waitFor();
  expect(await dialog.getByLabel('Include real names').isChecked()).toBe(false);
  await dialog.getByRole('button', { name: 'Yes, include them' }).click();
  await dialog.getByText('Nothing is replaced in these lines.').waitFor();
  await dialog.getByRole('button', { name: 'Write the file' }).click();
  await dialog.getByText('/srv/hearth/exports/hearth-log.log').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save a copy' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('hearth-log.log');
});

it('makes a report', async () => {
  await open('/logs/report');
  await press('Make the report');
  await page.getByText('/srv/hearth/exports/hearth-problem-report.txt').waitFor();
});

it('shows what strangers wrote as text: no markup, no turned direction, not without end', async () => {
  const nasty = `<img src=x onerror="document.title='owned'">\u202Egnp.exe\u0000${'x'.repeat(10_000)}`;
  fake.host.addLine('warn', 'federation', 'a server refuses an event', { reason: nasty, server: nasty });
  fake.host.addLine('warn', nasty, nasty);
  await open();
  const line = list().getByRole('option').last();
  await line.waitFor();
  expect(await page.locator('.log img').count()).toBe(0);
  const shown = (await line.textContent()) ?? '';
  expect(shown).not.toContain('\u202E');
  expect(shown.length).toBeLessThan(3000);
  await line.click();
  await chosen().waitFor();
  expect(await chosen().textContent()).not.toContain('\u202E');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect([wide, await page.title()]).toEqual([0, 'Logs · Hearth']);
});
