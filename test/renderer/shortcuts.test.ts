import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { furnish } from '../support/console-tour.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

let browser: Browser;
let fake: Fake;
let page: Page;

beforeAll(async () => {
  [browser, fake] = await Promise.all([launchBrowser(), openFakeConsole()]);
  furnish(fake.host);
  const context = await browser.newContext({ bypassCSP: true, locale: 'en-US', reducedMotion: 'reduce' });
  page = await context.newPage();
  await page.goto(fake.link());
  await heading('Home');
});

afterAll(async () => {
  await browser?.close();
  await fake?.console.close();
});

beforeEach(async () => {
  await page.goto(`${fake.console.address}#/`);
  await heading('Home');
});

const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const focused = () => page.evaluate(() => document.activeElement?.textContent);
const dialog = (name: string) => page.getByRole('dialog', { name });

it('goes to a screen by a part of its name, with the keyboard alone', async () => {
  await page.keyboard.press('Control+k');
  await dialog('Go to').waitFor();
  await page.keyboard.type('sett');
  await page.getByRole('option', { name: 'Settings' }).waitFor();
  await expect.poll(() => page.getByRole('option').count()).toBe(1);
  await page.keyboard.press('Enter');
  await heading('Settings');
  expect(await page.getByRole('dialog').count()).toBe(0);
});

it('finds the pages of a section and rooms, and says where they lie', async () => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('notif');
  await page.getByRole('option', { name: 'Notifications Settings' }).waitFor();
  await page.getByRole('combobox').fill('garden');
  await page.getByRole('option', { name: 'Garden club' }).waitFor();
  await expectAccessible(page, 'palette with rooms');
  await page.keyboard.press('Enter');
  await heading('Garden club');
});

it('finds servers by name, and chooses by the arrow keys', async () => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('.test');
  await page.getByRole('option', { name: 'club.test' }).waitFor();
  const chosen = () => page.getByRole('option', { selected: true }).textContent();
  while ((await chosen()) !== 'club.test') await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await heading('club.test');
});

it('says when nothing is found, and Esc closes it and gives the focus back', async () => {
  await page.getByRole('button', { name: 'Go to…' }).click();
  await page.keyboard.type('nobody is called so');
  await page.getByText('Nothing here has that in its name.').waitFor();
  await page.keyboard.press('Enter');
  await expectAccessible(page, 'palette without finds');
  await page.keyboard.press('Escape');
  await dialog('Go to').waitFor({ state: 'detached' });
  await expect.poll(focused).toBe('Go to…');
  await heading('Home');
});

it('shows the palette without violations', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('option', { name: 'Logs' }).waitFor();
  await expectAccessible(page, 'palette');
  await page.keyboard.press('Escape');
});

it('shows the keys, but not while somebody types a question mark', async () => {
  await page.keyboard.press('?');
  await dialog('Keys').waitFor();
  await expectAccessible(page, 'keys');
  await page.keyboard.press('Escape');
  await page.goto(`${fake.console.address}#/people`);
  await heading('People');
  const search = page.getByRole('searchbox').first();
  await search.fill('');
  await search.press('?');
  expect(await search.inputValue()).toBe('?');
  expect(await page.getByRole('dialog').count()).toBe(0);
});

it('goes between sections and screen with F6', async () => {
  await page.keyboard.press('F6');
  const first = await focused();
  await page.keyboard.press('F6');
  await expect.poll(focused).not.toBe(first);
  await page.keyboard.press('Shift+F6');
  await expect.poll(focused).toBe(first);
});
