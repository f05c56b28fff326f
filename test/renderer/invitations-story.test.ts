import type { Browser, Page } from 'playwright-core';
import { beforeEach, expect, it, vi } from 'vitest';
import { aroundFamily, type TestFamily } from '../support/family.js';
import { chooseOption, pressKey, typeInto } from '../support/keyboard.js';

vi.setConfig({ testTimeout: 60_000 });

let browser: Browser;
let family: TestFamily;
let page: Page;

aroundFamily((story) => {
  ({ browser, family, page } = story);
});
beforeEach(() => family.go('/people/invitations', 'People'));

const dialog = () => page.getByRole('dialog');

/** Makes one by keyboard. @returns its code */
async function invite(label: string, lifetime = 'One week'): Promise<string> {
  await pressKey(page, page.getByRole('button', { name: 'Invite someone' }).first());
  await typeInto(page, dialog().getByLabel('Who is it for? (optional)'), label);
  await chooseOption(page, dialog().getByLabel('Works for'), lifetime);
  await pressKey(page, dialog().getByRole('button', { name: 'Make the invitation' }));
  const link = (await dialog().locator('.copy-field').filter({ hasText: 'Link' }).locator('code').textContent()) ?? '';
  await pressKey(page, dialog().getByRole('button', { name: 'Done' }));
  await dialog().waitFor({ state: 'detached' });
  return link.split('/join/#')[1] ?? '';
}

/** The page behind the link, on somebody's phone. */
async function onPhone(token: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 390, height: 780 }, hasTouch: true });
  const phone = await context.newPage();
  phone.setDefaultTimeout(15_000);
  await phone.goto(`${family.url}/join/#${token}`);
  return phone;
}

const card = (label: string) => page.getByRole('listitem').filter({ hasText: label });

it('lets a newcomer in by the link, and shows who came', async () => {
  const token = await invite('Grandma');
  const phone = await onPhone(token);
  await phone.getByRole('heading', { name: 'You are invited' }).waitFor();
  await typeInto(phone, phone.getByLabel('User name'), 'alex');
  await typeInto(phone, phone.getByLabel('Password', { exact: true }), 'rhubarb and custard');
  await phone.keyboard.press('Enter');
  await phone.getByText('Somebody has this name already.').waitFor();
  await typeInto(phone, phone.getByLabel('User name'), 'nina');
  await phone.keyboard.press('Enter');
  await phone.getByRole('heading', { name: 'Your account is ready' }).waitFor();
  const link = new URL((await phone.getByRole('link', { name: 'Open in Element X' }).getAttribute('href')) ?? '');
  expect(Object.fromEntries(link.searchParams)).toEqual({
    account_provider: family.url,
    login_hint: 'mxid:@nina:family.test',
  });
  expect(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await phone.context().close();
  await family.signIn('nina', 'rhubarb and custard');
  await card('Grandma').getByRole('link', { name: '@nina:family.test' }).waitFor();
  await card('Grandma').getByText('Used', { exact: true }).waitFor();
  await pressKey(page, page.getByRole('button', { name: `Make a new one like this: ${token}` }));
  await dialog().getByText('Hand this invitation over').waitFor();
  await pressKey(page, dialog().getByRole('button', { name: 'Done' }));
  await dialog().waitFor({ state: 'detached' });
  await card('Grandma').getByText('Open', { exact: true }).waitFor();
});

it('says whom to ask when an invitation was taken back', async () => {
  const token = await invite('Choir');
  await pressKey(page, page.getByRole('button', { name: `Revoke invitation ${token}` }));
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await card('Choir').getByText('Open', { exact: true }).waitFor();
  await pressKey(page, page.getByRole('button', { name: `Revoke invitation ${token}` }));
  await pressKey(page, dialog().getByRole('button', { name: 'Revoke', exact: true }));
  await dialog().waitFor({ state: 'detached' });
  const phone = await onPhone(token);
  await phone.getByRole('heading', { name: 'This invitation does not work any more' }).waitFor();
  await phone.getByText('Ask whoever sent it for a new one.').waitFor();
  await phone.context().close();
});

it('says that the server does not answer, and goes on once it does', async () => {
  const token = await invite('Neighbour');
  const phone = await onPhone('nothing');
  await phone.getByRole('heading', { name: 'This invitation does not work any more' }).waitFor();
  await phone.route('**/join/server', (route) => route.abort());
  await phone.goto(`${family.url}/join/?again#${token}`);
  await phone.getByRole('heading', { name: 'The server does not answer' }).waitFor();
  await phone.unroute('**/join/server');
  await pressKey(phone, phone.getByRole('button', { name: 'Try again' }));
  await phone.getByRole('heading', { name: 'You are invited' }).waitFor();
  await phone.context().close();
});

it('makes a new one like one that ran out', async () => {
  const token = await invite('Late guest', 'One day');
  family.clock.move(2 * 24 * 60 * 60 * 1000);
  // the console's session ran out with it
  await page.goto('about:blank');
  await page.goto(family.hearth.running.link());
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  await family.go('/people/invitations', 'People');
  await card('Late guest').getByText('Expired', { exact: true }).waitFor();
  await pressKey(page, page.getByRole('button', { name: `Make a new one like this: ${token}` }));
  await dialog().getByText('Hand this invitation over').waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  const made = await family.ask<{ label?: string; state: string; usesAllowed?: number }[]>('invitations.list');
  expect(made.filter(({ label, state }) => label === 'Late guest' && state === 'open')).toMatchObject([
    { usesAllowed: 1 },
  ]);
});
