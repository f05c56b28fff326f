import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { treemapAreas } from '../../src-renderer/screens/storage/treemap-areas.js';
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
  // the check for accessibility is a script put into the page
  const context = await browser.newContext({
    bypassCSP: true,
    locale: 'en-US',
    viewport: { width: 1280, height: 900 },
  });
  page = await context.newPage();
  await page.goto(fake.link());
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
});
afterEach(async () => {
  await page.context().close();
  await fake.console.close();
});

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const open = async (view = '') => {
  await page.goto(`${fake.console.address}#/storage${view}`);
  await page.getByRole('heading', { level: 1, name: 'Storage' }).waitFor();
  await page.locator('.loading').first().waitFor({ state: 'detached' });
};

it.each([[[6, 6, 4, 3, 2, 2, 1]], [[1]], [[1000, 1]], [[5, 5, 5, 5]]])(
  'divides a rectangle by %j into areas as large as they must be, within it and without overlap',
  (sizes) => {
    const areas = treemapAreas(sizes, { x: 0, y: 0, width: 600, height: 400 });
    const sum = sizes.reduce((total, size) => total + size, 0);
    expect(areas).toHaveLength(sizes.length);
    for (const [index, { x, y, width, height }] of areas.entries()) {
      expect(width * height).toBeCloseTo(((sizes[index] ?? 0) / sum) * 240_000, 3);
      expect(x).toBeGreaterThanOrEqual(-1e-6);
      expect(x + width).toBeLessThanOrEqual(600 + 1e-6);
      expect(y + height).toBeLessThanOrEqual(400 + 1e-6);
    }
  },
);

it('says what takes the space, in areas and in a table, and for how long there is room', async () => {
  await open();
  await page.getByText('At this pace the disk is full in about 34 weeks.').waitFor();
  await page.getByRole('row', { name: /Copies of others’ files 4.2 GB 48.4%/ }).waitFor();
  await page.getByRole('link', { name: 'Garden club' }).waitFor();
  await expectAccessible(page, 'storage');
});

it('says when there is next to nothing, and what is not known yet', async () => {
  const { disk } = fake.host;
  disk.view = {
    ...disk.view,
    parts: [{ part: 'database', bytes: 14e6 }],
    used: 14e6,
    growth: undefined,
    rooms: [],
    people: [],
    servers: [],
  };
  await open();
  await page.getByText('Almost nothing yet: 14 MB').waitFor();
  await page.getByText('Not known yet').waitFor();
});

it('warns when the disk is nearly full, and leads to what can be cleared', async () => {
  const { disk } = fake.host;
  disk.view = { ...disk.view, disk: { folder: '/srv/hearth', free: 2e9, total: 120e9, rung: 'very-low' } };
  await open();
  await page.getByRole('alert').getByText('2 GB left.').waitFor();
  await page.getByRole('link', { name: 'Review what can be cleared' }).click();
  await page.getByRole('heading', { name: 'Link previews' }).waitFor();
});

it('says that it knows nothing while the server does not run', async () => {
  fake.host.become('stopped');
  await open();
  await page.getByText('The server is not running. Start it first.').waitFor();
});

it('counts before it clears, with no age chosen, and shows how far it is', async () => {
  await open('/clean-up');
  expect(await page.getByLabel('Not opened for').first().inputValue()).toBe('');
  await page.getByLabel('Not opened for').first().selectOption('90');
  await page.getByText('412 files, 3.1 GB').first().waitFor();
  await expectAccessible(page, 'clean up');
  await press('Clear away: Copies of others’ files');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('What is not touched').waitFor();
  await expectAccessible(page, 'clear away');
  await dialog.getByRole('button', { name: 'Clear away' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(fake.host.disk.asked).toEqual([{ kind: 'copies', days: 90 }]);
  await page.getByText('100 of 412 files, 700 MB free again').waitFor();
  await press('Stop');
  await page.getByRole('row').filter({ hasText: 'Stopped' }).waitFor();
});

it('wants a word typed before it clears what nobody can bring back', async () => {
  await open('/clean-up');
  await page.getByLabel('Not opened for').nth(1).selectOption('365');
  await press('Clear away: Files of our people');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Clear away' }).click();
  await dialog.getByText('This is not the name.').waitFor();
  await dialog.getByLabel('Type delete to confirm').fill('delete');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect(fake.host.disk.asked).toEqual([{ kind: 'own', days: 365 }]);
});

it('says how much of the database is empty, and writes it anew', async () => {
  await open('/clean-up');
  await page.getByText('2.4 GB, of which 600 MB are empty').waitFor();
  await press('Make it smaller…');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('About 600 MB are free again afterwards. It takes 2 GB of free disk for a while.').waitFor();
  await expectAccessible(page, 'write the database anew');
  await dialog.getByRole('button', { name: 'Begin' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('900 MB of about 1.8 GB').waitFor();
  await expectAccessible(page, 'the database is written anew');
  await press('Stop');
  await page.getByText('Stopped. Everything is as it was.').waitFor();
  await page.getByRole('button', { name: 'Make it smaller…' }).waitFor();
});

it.each([
  [{ state: 'done', after: 1.8e9 }, 'Done: 2.4 GB have become 1.8 GB.'],
  [{ state: 'failed', why: 'in-use' }, 'Another program has the database open.'],
  [{ state: 'failed', why: 'no-space' }, 'There was too little room on the disk.'],
] as const)('says how it ended: %j', async (end, words) => {
  const begun = await fake.host.disk.shrink();
  fake.host.disk.room = { ...fake.host.disk.room, shrinking: { ...begun, ...end } };
  await open('/clean-up');
  await page.getByText(words).waitFor();
});

it('leaves the database to its server where it has one', async () => {
  fake.host.disk.room = { bytes: 3e9, file: undefined, shrinking: undefined };
  await open('/clean-up');
  await page.getByText('Your database server looks after that by itself.').waitFor();
  expect(await page.getByRole('button', { name: 'Make it smaller…' }).count()).toBe(0);
});

it('lists files, sorts them, protects them, takes them out of sight and deletes them', async () => {
  for (let each = 0; each < 5; each += 1) fake.host.disk.add();
  fake.host.disk.add({ server: 'club.test', userId: undefined, name: '<b>x</b>\u202Egpj.exe' });
  await open('/media');
  await page.getByText('5 files').waitFor();
  await expectAccessible(page, 'files');
  await press('Actions for holiday-0.jpg');
  await page.getByRole('menuitem', { name: 'Protect' }).click();
  await page.getByRole('row').filter({ hasText: 'holiday-0.jpg' }).getByText('Protected').waitFor();
  await press('Actions for holiday-1.jpg');
  await page.getByRole('menuitem', { name: 'Take out of sight' }).click();
  await page.getByRole('row').filter({ hasText: 'holiday-1.jpg' }).getByText('Out of sight').waitFor();
  await press('Actions for holiday-2.jpg');
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByLabel('Type holiday-2.jpg to confirm').fill('holiday-2.jpg');
  await page.keyboard.press('Enter');
  await page.getByText('4 files').waitFor();
  await page.getByText('Copies of others’', { exact: true }).click();
  await page.getByText('<b>x</b>gpj.exe').waitFor();
});

it('sets a limit, says what happens near it, and how long copies stay', async () => {
  await open('/limit');
  await page.getByText('There is no limit').waitFor();
  await page.getByLabel('Limit in gigabytes').fill('0.01');
  await press('Save');
  await page.getByText('A number of gigabytes, at least 0.1.').waitFor();
  await page.getByLabel('Limit in gigabytes').fill('5');
  await press('Save');
  await page.getByText('Full: no more files are taken').waitFor();
  await page.getByText('6.2 GB of 5 GB used').waitFor();
  await expectAccessible(page, 'limit');
  await page.getByLabel('Clear copies that nobody opened for').selectOption('180');
  await expect.poll(() => fake.host.disk.asked).toEqual([{ days: 180 }]);
});
