import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

const FOR_MANY_PAGES = { timeout: 60_000 };

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
  fake.host.addPerson('alex', { isAdmin: true, displayName: 'Alex' });
  const kim = fake.host.addPerson('kim', { displayName: 'Kim' });
  const now = Date.now();
  fake.host.accounts.details.set(kim.userId, {
    sessions: [
      {
        deviceId: 'PHONE',
        name: 'Pixel',
        createdAt: now,
        lastSeen: now - 600_000,
        address: '192.168.1.17',
        userAgent: 'Element X',
      },
    ],
    rooms: [{ roomId: '!kitchen:family.test', name: 'Kitchen', people: 4 }],
    roomCount: 1,
    uploads: {
      files: 2,
      bytes: 3_000_000,
      newest: [{ mediaId: 'a', type: 'image/png', bytes: 2_000_000, createdAt: now }],
    },
    addresses: [{ medium: 'email', address: 'kim@mail.test', addedAt: now }],
  });
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1200, height: 800 },
    bypassCSP: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = await context.newPage();
  await page.goto(fake.link());
});

afterEach(async () => {
  await page.context().close();
  await fake.console.close();
});

const open = async (path: string, name: string) => {
  await page.goto(`${fake.console.address}#${path}`);
  await page.getByRole('heading', { level: 1, name }).waitFor();
};
const openKim = () => open('/people/person/%40kim%3Afamily.test', 'Kim');
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const tab = (name: string) => page.getByRole('tab', { name }).click();

it('shows what there is about somebody, tab by tab', async () => {
  await open('/people', 'People');
  await page.getByRole('link', { name: 'Kim' }).click();
  await page.getByText('2 files, 3 MB').waitFor();
  await expectAccessible(page, 'overview');
  await tab('Devices');
  await page.getByRole('row', { name: /Pixel/ }).getByText('192.168.1.17').waitFor();
  await expectAccessible(page, 'devices');
  await tab('Rooms');
  const room = page.getByRole('row', { name: /Kitchen/ });
  await room.getByText('!kitchen:family.test').waitFor();
  expect(await room.getByRole('link', { name: 'Kitchen' }).getAttribute('href')).toContain('/rooms/!kitchen');
  await tab('Media');
  await page.getByRole('row', { name: /image\/png/ }).waitFor();
  await tab('Addresses');
  await page.getByText('kim@mail.test').first().waitFor();
  await expectAccessible(page, 'addresses');
  await tab('Activity');
  await page.getByRole('link', { name: 'Show logs for this person' }).click();
  await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
  await page.getByText('@kim:family.test').first().waitFor();
});

it('goes from tab to tab with the arrow keys', async () => {
  await openKim();
  await page.getByRole('tab', { name: 'Overview' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'Devices', selected: true }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Devices');
  await page.keyboard.press('End');
  await page.getByRole('tab', { name: 'Activity', selected: true }).waitFor();
  expect(page.url()).toContain('/activity');
});

it('renames, suspends and locks somebody, and remembers that it did', async () => {
  await openKim();
  await press('Rename');
  await page.getByLabel('Display name').fill('Kim K.');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Kim K.' }).waitFor();
  await tab('Safety');
  await press('Suspend');
  await press('End suspension');
  await press('Lock');
  await page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
  await tab('Activity');
  for (const done of ['Renamed', 'Suspended', 'Suspension ended', 'Locked']) {
    await page.getByRole('listitem').getByText(done, { exact: true }).waitFor();
  }
});

it('gives somebody a limit of their own', async () => {
  await openKim();
  await tab('Safety');
  const form = page.getByRole('form', { name: 'How much they may send' });
  expect(await form.getByLabel(/^As much as everybody: 5 messages/).isChecked()).toBe(true);
  await form.getByLabel('A limit of their own').check();
  await form.getByRole('textbox', { name: 'Messages a second' }).fill('0');
  await form.getByText('A whole number from 1 to 1,000.').waitFor();
  await form.getByRole('textbox', { name: 'Messages a second' }).fill('25');
  await expectAccessible(page, 'limit');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => fake.host.accounts.limits.get('@kim:family.test')).toEqual({ perSecond: 25, burst: 1000 });
  await form.getByLabel('As much as they like').check();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => fake.host.accounts.limits.get('@kim:family.test')).toEqual({ perSecond: 0, burst: 0 });
  await form.getByLabel(/^As much as everybody/).check();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => fake.host.accounts.limits.size).toBe(0);
});

it('limits how much somebody may keep', async () => {
  await openKim();
  await tab('Media');
  const form = page.getByRole('form', { name: 'How much they may keep here' });
  await form.getByLabel('A limit of their own').check();
  await form.getByRole('textbox', { name: 'Megabytes in all' }).fill('0');
  await form.getByText('A whole number from 1 to 10,000,000.').waitFor();
  await form.getByRole('textbox', { name: 'Megabytes in all' }).fill('4');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('3 MB of 4 MB').waitFor();
  await expectAccessible(page, 'quota');
  expect(fake.host.accounts.quotas.get('@kim:family.test')).toBe(4_000_000);
  await form.getByLabel('As much as everybody').check();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => fake.host.accounts.quotas.size).toBe(0);
});

it('revokes an invitation and restores it', async () => {
  const { token } = fake.host.addInvitation();
  await open('/people/invitations', 'People');
  await press(`Revoke invitation ${token}`);
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText('Revoked', { exact: true }).waitFor();
  await press(`Restore invitation ${token}`);
  await page.getByRole('button', { name: `Revoke invitation ${token}` }).waitFor();
});

it('signs somebody out, on one device or everywhere', async () => {
  await openKim();
  await tab('Devices');
  await press('Sign out: Pixel');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await press('Sign out everywhere');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(fake.host.accounts.done.map(({ fields }) => fields['what'])).toEqual(['signed-out', 'signed-out']);
});

it('says what is wrong with an address before it asks the server', async () => {
  await openKim();
  await tab('Addresses');
  await page.getByLabel('Add an e-mail address').fill('nothing like it');
  await press('Add');
  await page.getByText('An e-mail address has a name, @ and a domain.').waitFor();
});

it('counts what goes before an account is closed', async () => {
  await openKim();
  await tab('Safety');
  await press('Deactivate');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Signed out on one device').waitFor();
  await dialog.getByText('Leaves one room').waitFor();
  await dialog.getByText('2 uploaded files (3 MB) stay').waitFor();
  await dialog.getByLabel('Take name and picture away too').check();
  await expectAccessible(page, 'deactivate');
  await dialog.getByLabel('Type kim to confirm').fill('kim');
  await dialog.getByRole('button', { name: 'Deactivate' }).click();
  await page.getByText('This account is deactivated.').waitFor();
});

it('says that somebody is not there', async () => {
  await open('/people/person/%40nobody%3Afamily.test', '@nobody:family.test');
  await page.getByRole('alert').waitFor();
});

it('sorts and filters people', async () => {
  await open('/people', 'People');
  await page.getByLabel('Which people').selectOption('admins');
  await page.getByText('One person').waitFor();
  await page.getByLabel('Which people').selectOption('all');
  await page.getByRole('button', { name: 'Last seen' }).click();
  await page
    .getByRole('columnheader', { name: 'Last seen' })
    .and(page.locator('[aria-sort]:not([aria-sort="none"])'))
    .waitFor();
});

it('stays quick with 10,000 people', async () => {
  for (let n = 0; n < 10_000; n += 1) fake.host.addPerson(`p${n}`, { displayName: `Person ${n}` });
  await open('/people', 'People');
  await page.getByText('10,002 people').waitFor();
  const last = page.getByRole('row').last();
  await expect
    .poll(async () => {
      await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
      return Number(await last.getAttribute('aria-rowindex'));
    }, FOR_MANY_PAGES)
    .toBeGreaterThan(400);
  expect(await page.locator('tbody tr').count()).toBeLessThan(120);
}, 90_000);

it('remembers whom an invitation is for, and copies a message', async () => {
  await open('/people/invitations', 'People');
  await page.getByRole('button', { name: 'Invite someone' }).first().click();
  await page.getByLabel('Who is it for? (optional)').fill('Grandma');
  await press('Make the invitation');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Grandma').waitFor();
  await dialog.getByRole('button', { name: 'Copy a message to send' }).click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/^You are invited to our chat\. .*http:\/\/192\.168\.1\.5:8008\/join#tok/);
  await expectAccessible(page, 'invitation');
  await page.emulateMedia({ media: 'print' });
  expect(await dialog.getByRole('button', { name: 'Done' }).isVisible()).toBe(false);
  await dialog.getByText('Scan the picture with your phone').waitFor();
  await page.emulateMedia({ media: 'screen' });
  await press('Done');
  await page.getByRole('listitem').getByText('Grandma').waitFor();
});

it('shows who came by an invitation', async () => {
  fake.host.addInvitation({ state: 'used', used: 1, people: ['@kim:family.test'] });
  await open('/people/invitations', 'People');
  await page.getByRole('link', { name: '@kim:family.test' }).click();
  await page.getByRole('heading', { level: 1, name: 'Kim' }).waitFor();
});

it('counts what erasing somebody takes away, and begins when their name was typed', async () => {
  await open('/people', 'People');
  await press('Actions for Kim');
  await page.getByRole('menuitem', { name: 'Erase…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Erase Kim and everything they posted on this server?' });
  await dialog.getByText('1,192 messages are taken back in 7 rooms (940 kB)').waitFor();
  await dialog.getByText(/^12 more messages stay/).waitFor();
  await dialog.getByText('31 uploaded files are deleted (88 MB)').waitFor();
  await dialog.getByText('Signed out on 2 devices').waitFor();
  await expectAccessible(page, 'erase');
  await dialog.getByLabel('Type kim to confirm').fill('kin');
  await page.keyboard.press('Enter');
  await dialog.getByText('This is not the name.').waitFor();
  expect(fake.host.accounts.erasing).toEqual([]);
  await dialog.getByLabel('Type kim to confirm').fill('kim');
  await page.keyboard.press('Enter');
  await page.getByText('Somebody is being erased').waitFor();
  await page.getByRole('link', { name: '@kim:family.test' }).click();
  await page.getByText('423 of 1,204 messages').waitFor();
  await expectAccessible(page, 'erasing');
  await press('Stop erasing Kim');
  await page.getByText('Stopped', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Erase…' }).waitFor();
});

it('says how an erasure ended, and of one that broke off how to go on', async () => {
  const { userId } = fake.host.addPerson('tim', { displayName: 'Tim', state: 'locked' });
  fake.host.accounts.addErasure(userId, {
    state: 'failed',
    error: 'the disk is full',
    files: 2,
    bytes: 3_000_000,
    endedAt: Date.now(),
  });
  await open('/people/person/%40tim%3Afamily.test/safety', 'Tim');
  await page.getByText(/^420 messages taken back, 2 files deleted \(3 MB\)/).waitFor();
  await page.getByText('3 messages stayed: nobody here may take them back.').waitFor();
  await page.getByText(/^It broke off, and the account is still locked/).waitFor();
  await expectAccessible(page, 'failed');
  fake.host.accounts.addErasure(userId, { state: 'done', endedAt: Date.now() });
  await page.getByText('Erased', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Erase…' }).waitFor({ state: 'detached' });
});

it('does not erase the only administrator', async () => {
  fake.host.accounts.isOnlyAdmin = true;
  await open('/people/person/%40alex%3Afamily.test/safety', 'Alex');
  await press('Erase…');
  await page.getByText('31 uploaded files are deleted (88 MB)').waitFor();
  await page.getByRole('dialog').getByLabel('Type alex to confirm').fill('alex');
  await page.keyboard.press('Enter');
  await page
    .getByRole('alert')
    .getByText(/^This is the only administrator/)
    .waitFor();
});
