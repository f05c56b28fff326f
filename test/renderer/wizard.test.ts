import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { launchBrowser } from '../support/chromium.js';
import { TestHeadless } from '../support/headless.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
});

/** A fresh Hearth with its console open in a browser of its own. */
async function open(): Promise<{ hearth: TestHeadless; page: Page } & AsyncDisposable> {
  const hearth = await TestHeadless.start({ withPages: true });
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  await page.goto(hearth.running.link());
  return {
    hearth,
    page,
    async [Symbol.asyncDispose]() {
      await context.close();
      await hearth[Symbol.asyncDispose]();
    },
  };
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

async function setUpAtHome(page: Page): Promise<void> {
  await heading(page, 'Welcome to Hearth');
  await page.getByLabel('At home').check();
  await press(page, 'Continue');
  await page.getByLabel('Server name').fill('https://Family.Test/');
  await page.getByText('@alex:family.test').waitFor();
  await page.getByLabel(/I understand/).check();
  await press(page, 'Continue');
  await heading(page, 'Where to keep everything');
  await press(page, 'Continue');
  await page.getByLabel('Your name').fill('alex');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await press(page, 'Continue');
  await heading(page, 'Ready to start');
  await press(page, 'Start the server');
  await heading(page, 'Your server is running');
}

it('ends with a running server, an administrator who can sign in, and an invitation that works', async () => {
  await using setup = await open();
  const { hearth, page } = setup;
  await setUpAtHome(page);
  await press(page, 'Invite someone');
  await heading(page, 'People');
  await page.getByText('No invitations yet.').waitFor();
  await page.getByRole('button', { name: 'Invite someone' }).first().click();
  await press(page, 'Make the invitation');
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  const link = await page.getByRole('dialog').locator('code').first().textContent();
  await joinBy(page, link ?? '', 'sam');
  const signedIn = await signIn(await clientUrl(hearth), 'sam', 'a long pass phrase');
  expect(signedIn.user_id).toBe('@sam:family.test');
  const admin = await signIn(await clientUrl(hearth), 'alex', 'correct horse battery');
  expect(admin.user_id).toBe('@alex:family.test');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'People', exact: true }).last().click();
  await page.getByText('@sam:family.test').waitFor();
});

/** Somebody follows an invitation's link in a browser of their own. */
async function joinBy(page: Page, link: string, name: string): Promise<void> {
  const context = await page.context().browser()?.newContext({ locale: 'en-US', bypassCSP: true });
  const guest = await context?.newPage();
  if (!guest) throw new Error('no browser for the guest');
  await guest.goto(link);
  await guest.getByRole('heading', { level: 1, name: 'You are invited' }).waitFor();
  await expectAccessible(guest, 'join');
  await guest.getByLabel('User name').fill(name);
  await guest.getByLabel('Password', { exact: true }).fill('a long pass phrase');
  await guest.getByRole('button', { name: 'Make my account' }).click();
  await guest.getByRole('heading', { level: 1, name: 'Your account is ready' }).waitFor();
  await guest.getByText(`@${name}:family.test`).waitFor();
  await expectAccessible(guest, 'joined');
  await guest.reload();
  await guest.getByRole('heading', { level: 1, name: 'This invitation does not work any more' }).waitFor();
  await context?.close();
}

const signIn = (url: string, user: string, password: string) =>
  post(`${url}/login`, { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password });

it('goes on where it was left when the browser is closed in between', async () => {
  await using setup = await open();
  const { hearth, page } = setup;
  await page.getByLabel('At home').check();
  await press(page, 'Continue');
  await page.getByLabel('Server name').fill('smith-family.org');
  await press(page, 'Continue');
  await heading(page, 'Where to keep everything');
  await page.goto('about:blank');
  await hearth.restart();
  await page.goto(hearth.running.link());
  await heading(page, 'Welcome to Hearth');
  await expect.poll(() => page.getByLabel('At home').isChecked()).toBe(true);
  await press(page, 'Continue');
  await expect.poll(() => page.getByLabel('Server name').inputValue()).toBe('smith-family.org');
});

it('makes a server to try in a minute', async () => {
  await using setup = await open();
  const { page } = setup;
  await page.getByLabel('Just try it').check();
  await press(page, 'Continue');
  await heading(page, 'Where to keep everything');
  await press(page, 'Continue');
  await page.getByLabel('Your name').fill('alex');
  await press(page, 'Suggest a password');
  await press(page, 'Continue');
  await press(page, 'Start the server');
  await heading(page, 'Your server is running');
  await press(page, 'Go to Home');
  await page.getByText('This is a trial.').waitFor();
  await page.getByText('Your server is running.').waitFor();
});

it('can be done with the keyboard alone', async () => {
  await using setup = await open();
  const { page } = setup;
  await heading(page, 'Welcome to Hearth');
  await tabTo(page, 'At home');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await heading(page, 'A name for your server');
  await tabTo(page, 'Server name');
  await page.keyboard.type('family.test');
  await page.getByText('@alex:family.test').waitFor();
  await tabTo(page, 'I understand that this server can never talk to other servers');
  await page.keyboard.press('Space');
  await tabTo(page, 'Continue');
  await page.keyboard.press('Enter');
  await heading(page, 'Where to keep everything');
  await tabTo(page, 'Continue');
  await page.keyboard.press('Enter');
  await heading(page, 'Your account');
  await tabTo(page, 'Your name');
  await page.keyboard.type('alex');
  await tabTo(page, 'Password');
  await page.keyboard.type('correct horse battery');
  await page.keyboard.press('Enter');
  await heading(page, 'Ready to start');
  await tabTo(page, 'Start the server');
  await page.keyboard.press('Enter');
  await heading(page, 'Your server is running');
  await tabTo(page, 'Invite someone');
  await page.keyboard.press('Enter');
  await heading(page, 'People');
  await tabTo(page, 'Invite someone');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => focused(page)).toBe('Invite someone');
});

it('says what is wrong with a name in words, and goes no further', async () => {
  await using setup = await open();
  const { page } = setup;
  await press(page, 'Continue');
  await page.getByRole('alert').getByText('Choose one of the two first.').waitFor();
  await page.getByLabel('At home').check();
  await press(page, 'Continue');
  const name = page.getByLabel('Server name');
  for (const [typed, sentence] of [
    ['192.168.1.4', 'This is an address in numbers.'],
    ['matrix.org', 'Another Matrix server has this name.'],
    ['my server', 'A name has letters a to z'],
    ['co.uk', 'Nobody can own this one.'],
  ] as const) {
    await name.fill(typed);
    await page.getByText(sentence).waitFor();
    await press(page, 'Continue');
    await heading(page, 'A name for your server');
    expect(await name.getAttribute('aria-invalid')).toBe('true');
  }
});

/** Presses Tab until the thing called `name` has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${name}`);
}

/** The name of what has the focus, as a label or a button says it. */
const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement | null;
    const title = element?.labels?.[0]?.querySelector('.choice-title')?.textContent;
    const label = title ?? element?.labels?.[0]?.textContent;
    return (label ?? element?.getAttribute('aria-label') ?? element?.textContent)?.trim();
  });

async function clientUrl(hearth: TestHeadless): Promise<string> {
  const { listeners } = await hearth.running.host.status();
  return `http://127.0.0.1:${listeners.find(({ tls }) => !tls)?.port}/_matrix/client/v3`;
}

async function post(url: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
}
