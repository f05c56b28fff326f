import type { Browser, Locator, Page } from 'playwright-core';
import { beforeEach, expect, it, vi } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { aroundFamily, type TestFamily } from '../support/family.js';
import { chooseOption, pressKey, tabTo, typeInto } from '../support/keyboard.js';

vi.setConfig({ testTimeout: 60_000 });

let browser: Browser;
let family: TestFamily;
let page: Page;

aroundFamily((story) => {
  ({ browser, family, page } = story);
});
beforeEach(() => family.go('/people', 'People'));

const button = (name: string, within: Page | Locator = page) => within.getByRole('button', { name, exact: true });
const press = (name: string) => pressKey(page, button(name));
const dialog = () => page.getByRole('dialog');
const closed = () => dialog().waitFor({ state: 'detached' });
const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
/** The value of a field to copy from. */
const valueOf = async (label: string) =>
  (await dialog().locator('.copy-field').filter({ hasText: label }).locator('code').textContent()) ?? '';
const openPerson = (localpart: string, name: string, view = '') =>
  family.go(`/people/person/${encodeURIComponent(`@${localpart}:family.test`)}${view}`, name);

it('adds a person, who signs in with the password shown once', async () => {
  await press('Add a person');
  await expect.poll(focused).toBe('');
  await typeInto(page, dialog().getByLabel('User name'), 'Sam');
  await typeInto(page, dialog().getByLabel('Display name (optional)'), 'Sam Smith');
  await page.keyboard.press('Enter');
  await dialog().getByText('Shown this once').waitFor();
  const password = await valueOf('Password');
  const sam = await family.signIn('sam', password);
  await page.keyboard.press('Escape');
  await closed();
  await expect.poll(focused).toBe('Add a person');
  await page.getByRole('row', { name: /Sam Smith/ }).waitFor();
  expect((await sam.get('/account/whoami')).body.user_id).toBe('@sam:family.test');
});

it('says at the field what is wrong with a name', async () => {
  await press('Add a person');
  await typeInto(page, dialog().getByLabel('User name'), 'alex');
  await page.keyboard.press('Enter');
  await dialog().getByText('Somebody has this name already.').waitFor();
  await page.keyboard.press('Escape');
  await closed();
});

it('resets a password: the old one and its devices are out, the new one is in', async () => {
  const kim = await family.add('kim', 'Kim');
  await openPerson('kim', 'Kim');
  await press('Reset password');
  await page.keyboard.press('Escape');
  await closed();
  expect((await kim.get('/account/whoami')).status).toBe(200);
  await press('Reset password');
  await pressKey(page, button('Reset password', dialog()));
  await dialog().getByText('Shown this once').waitFor();
  const password = await valueOf('Password');
  expect(password).not.toBe(kim.password);
  expect((await kim.get('/account/whoami')).body.errcode).toBe('M_UNKNOWN_TOKEN');
  await expect(family.signIn('kim', kim.password)).rejects.toThrow('M_FORBIDDEN');
  await family.signIn('kim', password);
  await pressKey(page, button('Done', dialog()));
  await closed();
});

it('gives a link instead, with which they choose a password themselves, once', async () => {
  const joe = await family.add('joe', 'Joe');
  await openPerson('joe', 'Joe');
  await press('Reset password');
  await pressKey(page, button('Give a link instead', dialog()));
  await dialog()
    .getByText(/^Hand it over/)
    .waitFor();
  const link = await valueOf('Link');
  expect((await joe.get('/account/whoami')).status).toBe(200);
  await pressKey(page, button('Done', dialog()));
  await closed();
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 390, height: 780 }, bypassCSP: true });
  const phone = await context.newPage();
  phone.setDefaultTimeout(15_000);
  const path = new URL(link);
  await phone.goto(`${family.url}${path.pathname}${path.hash}`);
  await phone.getByRole('heading', { name: 'Choose a new password' }).waitFor();
  await phone.getByText('@joe:family.test').waitFor();
  await expectAccessible(phone, 'new password');
  await typeInto(phone, phone.getByLabel('Password', { exact: true }), 'short');
  await phone.keyboard.press('Enter');
  await phone
    .getByText(/at least 8/)
    .first()
    .waitFor();
  await typeInto(phone, phone.getByLabel('Password', { exact: true }), 'my own horse');
  await phone.keyboard.press('Enter');
  await phone.getByRole('heading', { name: 'Your new password is set' }).waitFor();
  await family.signIn('joe', 'my own horse');
  expect((await joe.get('/account/whoami')).body.errcode).toBe('M_UNKNOWN_TOKEN');
  await phone.reload();
  await phone.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await context.close();
});

it('suspends, locks and lets go again, and each does what it says', async () => {
  const lee = await family.add('lee', 'Lee');
  const roomId = await lee.createRoom();
  await openPerson('lee', 'Lee', '/safety');
  await press('Suspend');
  await button('End suspension').waitFor();
  const words = { msgtype: 'm.text', body: 'hello' };
  const send = () => lee.put(`/rooms/${encodeURIComponent(roomId)}/send/m.room.message/t${Math.random()}`, words);
  expect((await send()).body.errcode).toBe('M_USER_SUSPENDED');
  expect((await lee.get('/joined_rooms')).status).toBe(200);
  await press('End suspension');
  await button('Suspend').waitFor();
  expect((await send()).status).toBe(200);
  await press('Lock');
  await button('Unlock').waitFor();
  expect((await lee.get('/joined_rooms')).body.errcode).toBe('M_USER_LOCKED');
  await press('Unlock');
  await button('Lock').waitFor();
  expect((await lee.get('/joined_rooms')).status).toBe(200);
});

it('signs one device out, then all of them, and they are out', async () => {
  const phone = await family.add('ann', 'Ann');
  const tablet = await family.signIn('ann', phone.password, 'Old tablet');
  await tablet.sync();
  await openPerson('ann', 'Ann', '/devices');
  await page
    .getByRole('row', { name: /Old tablet/ })
    .getByText('127.0.0.1')
    .waitFor();
  await press('Sign out: Old tablet');
  await pressKey(page, button('Sign out', dialog()));
  await closed();
  await page.getByRole('row', { name: /Old tablet/ }).waitFor({ state: 'detached' });
  expect((await tablet.get('/account/whoami')).body.errcode).toBe('M_UNKNOWN_TOKEN');
  expect((await phone.get('/account/whoami')).status).toBe(200);
  await press('Sign out everywhere');
  await pressKey(page, button('Sign out', dialog()));
  await page.getByText('Not signed in anywhere.').waitFor();
  expect((await phone.get('/account/whoami')).body.errcode).toBe('M_UNKNOWN_TOKEN');
});

it('makes an administrator, takes it back, and keeps the last one', async () => {
  await family.add('mia', 'Mia');
  await openPerson('alex', 'alex');
  await page.getByText('This is the only administrator').waitFor();
  await press('Remove administrator rights');
  await pressKey(page, button('Remove administrator rights', dialog()));
  await dialog()
    .getByRole('alert')
    .getByText(/^This is the only administrator/)
    .waitFor();
  await page.keyboard.press('Escape');
  await closed();
  await openPerson('mia', 'Mia');
  await press('Make administrator');
  await pressKey(page, button('Make administrator', dialog()));
  await closed();
  await button('Remove administrator rights').waitFor();
  await family.go('/people', 'People');
  await chooseOption(page, page.getByLabel('Which people'), 'Administrators');
  await page.getByText('2 people').waitFor();
  await openPerson('mia', 'Mia');
  await press('Remove administrator rights');
  await pressKey(page, button('Remove administrator rights', dialog()));
  await closed();
  await button('Make administrator').waitFor();
});

it('closes an account only when its name was typed, and tells all that was done', async () => {
  const tim = await family.add('tim', 'Tim');
  await tim.createRoom({ name: 'Chess' });
  await openPerson('tim', 'Tim', '/safety');
  await press('Deactivate');
  await dialog().getByText('Signed out on one device').waitFor();
  await dialog().getByText('Leaves one room').waitFor();
  await typeInto(page, dialog().getByLabel('Type tim to confirm'), 'tom');
  await page.keyboard.press('Enter');
  await dialog().getByText('This is not the name.').waitFor();
  await page.keyboard.press('Escape');
  await closed();
  expect((await tim.get('/account/whoami')).status).toBe(200);
  await expect.poll(focused).toBe('Deactivate');
  await press('Deactivate');
  await dialog().getByText('Leaves one room').waitFor();
  await typeInto(page, dialog().getByLabel('Type tim to confirm'), 'tim');
  await page.keyboard.press('Enter');
  await page.getByText('This account is deactivated.').waitFor();
  expect((await tim.get('/account/whoami')).body.errcode).toBe('M_UNKNOWN_TOKEN');
  await expect(family.signIn('tim', tim.password)).rejects.toThrow(/M_USER_DEACTIVATED|M_FORBIDDEN/);
  await openPerson('tim', 'Tim', '/activity');
  await page.getByRole('listitem').getByText('Account deactivated').waitFor();
});

it('erases somebody with all that they wrote and uploaded, once their name was typed, and tells how it went', async () => {
  const [ben, eva] = [await family.add('ben', 'Ben'), await family.add('eva', 'Eva')];
  const roomId = await eva.createRoom({ name: 'Cooking', preset: 'public_chat' });
  await ben.join(roomId);
  for (let each = 0; each < 60; each += 1) await ben.say(roomId, `bens word ${each}`);
  await eva.say(roomId, 'evas word');
  const headers = { 'content-type': 'text/plain' };
  const { content_uri: uri } = await ben.ok('POST', '/_matrix/media/v3/upload', { body: 'bens file', headers });
  const file = `/_matrix/client/v1/media/download/${uri.slice('mxc://'.length)}`;
  const words = async () =>
    (await eva.ok('GET', `/rooms/${roomId}/messages`, { query: { dir: 'b', limit: 100 } })).chunk.flatMap(
      ({ content }: { content: { body?: string } }) => content.body ?? [],
    );
  expect(await words()).toHaveLength(61);
  expect((await eva.get(file)).status).toBe(200);

  await openPerson('ben', 'Ben', '/safety');
  await press('Erase…');
  await dialog()
    .getByText(/^60 messages are taken back in one room/)
    .waitFor();
  await dialog()
    .getByText(/^One uploaded file is deleted/)
    .waitFor();
  await page.keyboard.press('Escape');
  await closed();
  await expect.poll(focused).toBe('Erase…');
  expect((await ben.get('/account/whoami')).status).toBe(200);
  await press('Erase…');
  await dialog()
    .getByText(/^60 messages are taken back in one room/)
    .waitFor();
  await typeInto(page, dialog().getByLabel('Type ben to confirm'), 'ben');
  await page.keyboard.press('Enter');
  await closed();
  await page.getByText(/^60 messages taken back, one file deleted/).waitFor();
  await page.getByText('This account is deactivated.').waitFor();

  expect(await words()).toEqual(['evas word']);
  expect((await eva.get(file)).status).toBe(404);
  expect((await ben.get('/account/whoami')).body.errcode).toBe('M_UNKNOWN_TOKEN');
  await openPerson('ben', 'ben', '/activity');
  await page.getByRole('listitem').getByText('Erased with everything').waitFor();
  await family.go('/', 'Home');
  await page.getByText('60 messages and one file erased, of:').waitFor();
});

it('goes from row to row with the arrow keys, and opens a row’s menu', async () => {
  const rows = page.getByRole('rowheader').getByRole('link');
  await tabTo(page, rows.first());
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => rows.nth(1).evaluate((own) => own === document.activeElement)).toBe(true);
  const name = await focused();
  await pressKey(page, button(`Actions for ${name}`));
  await page.getByRole('menuitem', { name: 'Look after' }).waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => button(`Actions for ${name}`).evaluate((own) => own === document.activeElement)).toBe(true);
});
