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
  // the check for accessibility is a script put into the page
  const context = await browser.newContext({
    bypassCSP: true,
    locale: 'en-US',
    viewport: { width: 1280, height: 900 },
  });
  page = await context.newPage();
  await page.goto(fake.link());
  await heading('Home');
});
afterEach(async () => {
  await page.context().close();
  await fake.console.close();
});

const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const open = async (path = '/rooms', name = 'Rooms') => {
  await page.goto(`${fake.console.address}#${path}`);
  await heading(name);
  await page.locator('.loading').first().waitFor({ state: 'detached' });
};
const names = () => page.locator('tbody th .person-name').allTextContents();

function aFamily() {
  const { room } = fake.host;
  const space = { roomId: '!space:family.test', name: 'House', alias: undefined, people: [] } as const;
  room.add('Family', { lastActive: Date.now() - 60_000, bytes: 9_000_000, events: 5200, spaces: [space] });
  room.add('Garden club', { isEncrypted: false, isPublic: true, joined: 320, local: 2, origin: 'club.test' });
  room.add(undefined, { people: ['Alex', 'Kim'], joined: 2, local: 2, events: 40, bytes: 60_000 });
  room.add('House', { roomId: space.roomId, isSpace: true, isEncrypted: false });
  room.add('Old chess', { local: 0, joined: 11, isBlocked: true, lastActive: Date.now() - 9e9 });
  room.persons.push(
    { userId: '@alex:family.test', displayName: 'Alex', membership: 'join', isLocal: true, role: 'admin' },
    { userId: '@kim:family.test', displayName: 'Kim', membership: 'join', isLocal: true, role: 'person' },
    { userId: '@ann:club.test', displayName: undefined, membership: 'invite', isLocal: false, role: 'person' },
  );
  room.tree.push({
    ...space,
    isTop: true,
    children: [
      { roomId: '!room0:family.test', name: 'Family', alias: undefined, people: [], isSpace: false, isKnown: true },
      { roomId: '!far:club.test', name: undefined, alias: undefined, people: [], isSpace: false, isKnown: false },
    ],
  });
}

it('says when there are no rooms yet', async () => {
  await open();
  await page.getByText('No rooms yet.').waitFor();
  await expectAccessible(page, 'no rooms');
});

it('says that it knows nothing while the server does not run', async () => {
  fake.host.become('stopped');
  await open();
  await page.getByText('The server is not running. Start it first.').waitFor();
});

it('lists rooms with what they are, sorts, filters and searches them', async () => {
  aFamily();
  await open();
  expect((await names())[0]).toBe('Family');
  await page.getByText('Alex and Kim').waitFor();
  await page.getByText('In House').waitFor();
  await page.getByRole('button', { name: 'Size' }).click();
  await expect
    .poll(() => page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort'))
    .toBe('descending');
  await expect.poll(names).toEqual(expect.arrayContaining(['Family']));
  await page.getByRole('button', { name: 'Name' }).click();
  await expect.poll(async () => (await names()).at(-1)).toBe('Old chess');
  await page.getByLabel('Show').selectOption('blocked');
  await expect.poll(names).toEqual(['Old chess']);
  await page.getByLabel('Show').selectOption('all');
  await page.getByLabel('Search rooms').fill('garden');
  await expect.poll(names).toEqual(['Garden club']);
  await page.getByLabel('Search rooms').fill('nothing');
  await page.getByText('No room matches.').waitFor();
});

it('shows names as strangers wrote them without their tricks', async () => {
  fake.host.room.add('<img src=x onerror=alert(1)>\u202Egnp.exe\u0000');
  fake.host.room.add('x'.repeat(10_000));
  await open();
  await page.getByText('<img src=x onerror=alert(1)>gnp.exe').waitFor();
  expect(await page.locator('td img, th img').count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
});

it('stays quick with 10,000 rooms, of which few are in the page', async () => {
  for (let each = 0; each < 10_000; each += 1) fake.host.room.add(`Room ${String(each).padStart(5, '0')}`);
  await open();
  await page.getByText('10,000 rooms').waitFor();
  expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe('10001');
  const lastInPage = async () => {
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    return Number(await page.locator('tbody tr[data-index]').last().getAttribute('data-index'));
  };
  await expect.poll(lastInPage).toBeGreaterThan(400);
  expect(await page.locator('tbody tr[data-index]').count()).toBeLessThan(120);
});

it('goes from row to row with the arrow keys', async () => {
  aFamily();
  await open();
  await page.getByRole('link', { name: 'Family' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Old chess');
  await page.keyboard.press('Enter');
  await heading('Old chess');
});

it('shows a room in plain words', async () => {
  aFamily();
  await open();
  await page.getByRole('link', { name: 'Garden club' }).click();
  await heading('Garden club');
  for (const words of ['Who is invited', 'club.test', 'Encrypted messages', 'Administrator of the room', 'One: fine'])
    await page.getByText(words).first().waitFor();
  await expectAccessible(page, 'a room');
  await press('Take out of our directory');
  await page.getByRole('button', { name: 'Put into our directory' }).waitFor();
  await press('Block');
  await page.getByRole('button', { name: 'Unblock' }).waitFor();
});

it('says what goes before it clears history, and shows how far it is', async () => {
  aFamily();
  await open('/rooms/!room0%3Afamily.test', 'Family');
  await press('Clear history');
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByLabel('Remove messages from before').inputValue()).toBe('');
  expect(await dialog.getByRole('button', { name: 'Clear history' }).isDisabled()).toBe(true);
  await dialog.getByLabel('Remove messages from before').fill('2020-02-01');
  await dialog.getByText('830 messages, about 1.6 MB on disk.').waitFor();
  await dialog.getByText('What is not touched').waitFor();
  await expectAccessible(page, 'clear history');
  await dialog.getByRole('button', { name: 'Clear history' }).click();
  await dialog.getByText('This is not the name.').waitFor();
  await dialog.getByLabel('Type Family to confirm').fill('Family');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect(fake.host.room.asked).toMatchObject([{ roomId: '!room0:family.test', ours: false }]);
  await page.getByText('480 of about 1,200 events').waitFor();
  await press('Stop');
  await page.getByText('Stopped').waitFor();
});

it('takes everybody out only when the name was typed', async () => {
  aFamily();
  await open('/rooms/!room0%3Afamily.test', 'Family');
  await press('Take everybody out');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('4 people of ours are taken out.').waitFor();
  await dialog.getByLabel('Erase all that is stored of it here').check();
  await dialog.getByText(/5,200 events, about 9 MB on disk, are erased/).waitFor();
  await dialog.getByLabel('Tell people why (optional)').fill('Too loud.');
  await expectAccessible(page, 'remove a room');
  await dialog.getByLabel('Type Family to confirm').fill('Family');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect(fake.host.room.asked).toEqual([
    { roomId: '!room0:family.test', erase: true, block: false, message: 'Too loud.' },
  ]);
  await open('/rooms/-/removals');
  await page.getByRole('row').filter({ hasText: 'Family' }).getByText('Erasing').waitFor();
  await expectAccessible(page, 'removals');
});

it('shows spaces as a tree', async () => {
  aFamily();
  await open('/rooms/-/spaces');
  await page.getByText('names 2 rooms').waitFor();
  await page.getByText('not known here').waitFor();
  await expectAccessible(page, 'spaces');
  await page.getByRole('link', { name: 'Family' }).click();
  await heading('Family');
});

it('blocks a room by its id, and unblocks it', async () => {
  await open('/rooms/-/blocked');
  await press('Block a room');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Room id').fill('chess');
  await page.keyboard.press('Enter');
  await dialog.getByText('A room id begins with “!”.').waitFor();
  await dialog.getByLabel('Room id').fill('!bad:elsewhere.test');
  await page.keyboard.press('Enter');
  await page.getByRole('row').filter({ hasText: '!bad:elsewhere.test' }).waitFor();
  await expectAccessible(page, 'blocked rooms');
  await press('Unblock !bad:elsewhere.test');
  await page.getByText('No room is blocked.').waitFor();
});

it('speaks German', async () => {
  aFamily();
  await open();
  await page.evaluate(() => localStorage.setItem('hearth.appearance', JSON.stringify({ language: 'de' })));
  await page.goto(`${fake.console.address}#/settings/appearance`);
  await heading('Settings');
  await page.getByText('Deutsch', { exact: true }).click();
  await page.getByRole('navigation').getByRole('link', { name: 'Räume' }).click();
  await page.getByText('5 Räume').waitFor();
});
