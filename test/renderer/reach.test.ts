import { type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { REACH_STEPS } from '../../src-main/matrix/diagnostics/index.js';
import { redacted } from '../../src-renderer/screens/servers/reach-report.js';
import { expectAccessible } from '../support/axe.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { fakeStep } from '../support/fake-host/reach.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

const WAITS = new Set(['connection', 'certificate', 'version', 'keys', 'signed-request', 'hairpin']);
const BARRED = REACH_STEPS.map((name) => {
  if (WAITS.has(name)) return fakeStep(name, { state: 'waiting', code: 'EARLIER_STEP' });
  if (name === 'addresses') {
    const fields = { there: '198.51.100.4', here: '203.0.113.7' };
    const evidence = ['family.test: 198.51.100.4'];
    return fakeStep(name, { state: 'error', code: 'ADDRESSES_ELSEWHERE', fields, found: '198.51.100.4', evidence });
  }
  if (name === 'domain') {
    return fakeStep(name, { state: 'could-not-check', code: 'DOMAIN_EXPIRY', fields: { host: 'family.test' } });
  }
  if (name === 'calls') return fakeStep(name, { state: 'not-applicable', code: 'CALLS_NONE' });
  return fakeStep(name, { found: '203.0.113.7' });
});

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
    bypassCSP: true,
    locale: 'en-US',
    viewport: { width: 1200, height: 900 },
  });
  page = await context.newPage();
  await page.goto(fake.link());
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  await page.getByRole('link', { name: 'Other servers' }).click();
  await page.getByRole('tab', { name: 'Can others reach us?' }).click();
});
afterEach(async () => {
  await page.context().close();
  await fake.console.close();
});

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const line = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

it('says what it does before the first look, and that all is well after it', async () => {
  await page.getByText('Nobody has looked yet.').waitFor();
  await expectAccessible(page, 'before the first look');
  await press('Run the check');
  await page.getByText('Other servers can reach family.test.').waitFor();
  expect(await page.getByRole('listitem').filter({ hasText: 'Fine' }).count()).toBe(REACH_STEPS.length);
  await expectAccessible(page, 'all is well');
});

it('names the step that keeps others out, what waits for it, and what to do', async () => {
  fake.host.way.finds = BARRED;
  await press('Run the check');
  await page.getByText('Other servers cannot reach you, because of “Addresses”.').waitFor();
  await page.getByText('6 checks wait for this.').waitFor();
  await line('Addresses').getByText('The name leads to 198.51.100.4, but you are at 203.0.113.7.').waitFor();
  await line('Addresses').getByText('Change the A and AAAA records to 203.0.113.7').waitFor();
  await line('Certificate').getByText('Waits', { exact: true }).waitFor();
  await line('Domain').getByText('Not known', { exact: true }).waitFor();
  await line('Calls').getByText('Not needed', { exact: true }).waitFor();
  await expectAccessible(page, 'barred');
  if (process.env['SHOW']) await page.screenshot({ path: `${process.env['SHOW']}/reach.png`, fullPage: true });
});

it('looks at one step again, and asks a friend’s server', async () => {
  fake.host.way.finds = BARRED;
  await press('Run the check');
  await press('Check this step again: Addresses');
  await expect.poll(() => fake.host.way.asked.at(-1)).toEqual({ steps: ['addresses'], through: undefined });
  await page.getByLabel('Name of the other server').fill('friend.test');
  await page.keyboard.press('Enter');
  await expect.poll(() => fake.host.way.asked.at(-1)).toEqual({ steps: ['round-trip'], through: 'friend.test' });
  await page.getByLabel('Name of the other server').fill('no server');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'The server did not understand' }).waitFor();
});

it('copies a report in which no address stands', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  fake.host.way.finds = BARRED;
  await press('Run the check');
  await press('Copy report');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('10. [Error] Addresses\n   The name leads to ip-2, but you are at ip-1.');
  await press('Copy as JSON');
  const json = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(json).toMatchObject({ serverName: 'family.test', outcome: 'error', steps: { length: 23 } });
});

it.each([
  ['at 203.0.113.7:8448 and 203.0.113.8', 'at ip-1:8448 and ip-2'],
  ['[2001:db8::7]:443', '[ip-1]:443'],
  ['::1 and fe80::1:2', 'ip-1 and ip-2'],
  ['2026-11-23T21:12:28.000Z', '2026-11-23T21:12:28.000Z'],
  ['status: 200', 'status: 200'],
])('takes addresses out of %j', (words, expected) => {
  expect(redacted(words)).toBe(expected);
});
