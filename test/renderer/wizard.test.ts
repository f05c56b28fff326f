import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openRecoveryKit } from '../../src-main/maintenance/recovery-kit.js';
import { TestAuthority, writePair } from '../support/authority.js';
import { expectAccessible } from '../support/axe.js';
import { launchBrowser } from '../support/chromium.js';
import { TEST_MACHINE, type TestHeadless } from '../support/headless.js';
import { TestDns } from '../support/test-dns.js';
import {
  beginNew,
  finish,
  heading,
  keepKit,
  name,
  openWizard,
  pass,
  press,
  seeRecordsChange,
  start,
} from '../support/wizard.js';

/** The first builds the pages; a whole wizard is some forty clicks. */
vi.setConfig({ testTimeout: 90_000 });

const NAME = 'smith-family.org';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
});

it('ends at home with a running server, an administrator who can sign in, and an invitation that works', async () => {
  await using setup = await openWizard(browser);
  const { hearth, page } = setup;
  await beginNew(page, 'Only at home');
  await name(page, 'https://Family.Test/', 'family.test');
  await page.getByLabel(/I understand/).check();
  await press(page, 'Continue');
  await pass(page, 'Certificate');
  await pass(page, 'Safety');
  await start(page, 'family.test');
  const { file, passphrase } = await keepKit(page);
  expect((await openRecoveryKit(file, passphrase)).serverName).toBe('family.test');
  await finish(page);
  await press(page, 'Make an invitation');
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  const link = await page.locator('.invitation code').first().textContent();
  await joinBy(hearth, page, link ?? '', 'sam');
  const signedIn = await signIn(await clientUrl(hearth), 'sam', 'a long pass phrase');
  expect(signedIn.user_id).toBe('@sam:family.test');
  const admin = await signIn(await clientUrl(hearth), 'alex', 'correct horse battery');
  expect(admin.user_id).toBe('@alex:family.test');
  await press(page, 'Go to Home');
  await heading(page, 'Home');
  await page.reload();
  await heading(page, 'Home');
  expect(await page.getByText('Setting up is not finished.').count()).toBe(0);
});

/** Somebody follows an invitation's link in a browser of their own. */
async function joinBy(hearth: TestHeadless, page: Page, link: string, name: string): Promise<void> {
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
  await hearth.call('invitations.revoke', { token: link.split('#')[1] });
  await guest.reload();
  await guest.getByRole('heading', { level: 1, name: 'This invitation does not work any more' }).waitFor();
  await context?.close();
}

const signIn = (url: string, user: string, password: string) =>
  post(`${url}/login`, { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password });

it('sets up a server straight on the internet: records looked at live, and a certificate of one’s own', async () => {
  const dns = new TestDns();
  await using setup = await openWizard(browser, { dns });
  const { hearth, page } = setup;
  await beginNew(page, 'From anywhere, straight to this computer');
  await name(page, NAME, NAME);
  await press(page, 'Continue');
  await heading(page, 'Where the name leads');
  await page.getByLabel('Internet address (optional)').fill('93.184.216.34');
  await seeRecordsChange(page, dns, NAME);
  // From here on nothing is to leave this computer.
  dns.hosts.delete(NAME);
  await press(page, 'Continue');
  await heading(page, 'Open one port on your router');
  await page.locator('.router').getByText('192.168.1.5').waitFor();
  await press(page, 'Continue');
  await heading(page, 'Certificate');
  await page.getByLabel('I have files').check();
  const files = certificateFor(hearth, [NAME]);
  await page.getByLabel('Certificate file').fill(files.certificatePath);
  await page.getByLabel('Key file').fill('/nowhere/privkey.pem');
  await page.getByText('There is no file /nowhere/privkey.pem.').waitFor();
  await press(page, 'Continue');
  await page.getByRole('alert').getByText('These files cannot be used.').waitFor();
  await page.getByLabel('Key file').fill(files.privateKeyPath);
  await page.getByText('The certificate of Authority of tests is missing in the file.').waitFor();
  await press(page, 'Continue');
  await pass(page, 'Safety');
  await start(page, NAME);
  await keepKit(page);
  await press(page, 'Continue');
  await pass(page, 'Keep it running');
  await heading(page, 'Check everything');
  await page.getByText('Other servers cannot reach you, because of “Name in DNS”.').waitFor();
  const toMend = page.getByRole('list', { name: 'To mend' });
  await toMend.getByText(`${NAME} has no address in DNS, and no service record either.`).waitFor();
  await toMend.getByText(`Add an A record (and AAAA for IPv6) for ${NAME}`).waitFor();
  dns.hosts.set(NAME, ['127.0.0.1']);
  await press(page, 'Check this step again: Name in DNS');
  await toMend.getByText(`${NAME} has no address in DNS, and no service record either.`).waitFor({ state: 'detached' });
  await page.getByRole('list', { name: 'What was looked at' }).getByText('Signing in').waitFor();
  await press(page, 'Finish anyway');
  await heading(page, 'Your server is running');
  const { listeners } = await hearth.running.host.status();
  const secure = listeners.find(({ tls, address }) => tls && address === '0.0.0.0');
  expect(await namesServedAt(secure?.port ?? 0)).toBe(`DNS:${NAME}`);
  const delegation = await fetch(`${await origin(hearth)}/.well-known/matrix/server`);
  expect(await delegation.json()).toEqual({ 'm.server': `${NAME}:443` });
});

it('sets up a server behind a web server, with lines for that web server', async () => {
  const machine = {
    ...TEST_MACHINE,
    portUse: async (port: number) => ({ port, state: 'taken', program: 'nginx' }) as const,
  };
  await using setup = await openWizard(browser, { machine });
  const { hearth, page } = setup;
  await heading(page, 'Welcome to Hearth');
  await page.getByLabel('Set up a new server').check();
  await press(page, 'Continue');
  await pass(page, 'Language and looks');
  await pass(page, 'Where to keep everything');
  await page.getByText('nginx answers on port 443 of this computer.').waitFor();
  await page.getByLabel('Through a web server I run').check();
  await press(page, 'Continue');
  await name(page, NAME, NAME);
  await press(page, 'Continue');
  await heading(page, 'Where the name leads');
  await page.getByLabel('A web site that stays there').check();
  await page.getByText(`{"m.server":"matrix.${NAME}:443"}`).waitFor();
  await press(page, 'Continue');
  await heading(page, 'Tell your web server');
  await page.getByText(`matrix.${NAME} {`).waitFor();
  for (const [server, line] of [
    ['nginx', 'proxy_pass http://127.0.0.1:'],
    ['Apache', 'nocanon'],
    ['HAProxy', 'use_backend hearth'],
    ['Traefik', 'passHostHeader: true'],
  ] as const) {
    await page.getByLabel(server, { exact: true }).check();
    await page.getByText(line).first().waitFor();
  }
  await page.getByLabel('Address of the web server').fill('192.168.1.9');
  await page.getByText('http://192.168.1.5:').first().waitFor();
  await press(page, 'Continue');
  await pass(page, 'Safety');
  await start(page, NAME);
  const { listeners } = await hearth.running.host.status();
  expect(listeners.some(({ tls }) => tls)).toBe(false);
  const state = hearth.running.host.connection().state();
  expect(state.publicBaseUrl).toBe(`https://matrix.${NAME}/`);
  expect(state.listeners[0]?.trustedProxies).toContain('192.168.1.9');
});

it('sets up a server behind a tunnel, which nothing but this computer reaches', async () => {
  await using setup = await openWizard(browser);
  const { hearth, page } = setup;
  await beginNew(page, 'Through a tunnel');
  await page.getByLabel('Server name').fill('family.test');
  await page.getByText('This is a private name, and other servers can never find it.').waitFor();
  await page.getByLabel('Server name').fill(NAME);
  await page.getByText(`@alex:${NAME}`).waitFor();
  await press(page, 'Continue');
  await pass(page, 'Where the name leads');
  await heading(page, 'Set up the tunnel');
  await page.getByText(`cloudflared tunnel route dns hearth ${NAME}`).waitFor();
  await press(page, 'Continue');
  await pass(page, 'Safety');
  await start(page, NAME);
  const { listeners } = await hearth.running.host.status();
  expect(listeners.every(({ address }) => ['::1', '127.0.0.1'].includes(address))).toBe(true);
});

it('goes on at the page where it was left, also when the program ended in between', async () => {
  await using setup = await openWizard(browser);
  const { hearth, page } = setup;
  await beginNew(page, 'Through a tunnel');
  await name(page, NAME, NAME);
  await press(page, 'Continue');
  await heading(page, 'Where the name leads');
  await press(page, 'Save and finish later');
  await heading(page, 'Your answers are saved');
  await page.goto('about:blank');
  await hearth.restart();
  await page.goto(hearth.running.link());
  await heading(page, 'Where the name leads');
  await press(page, 'Back');
  await expect.poll(() => page.getByLabel('Server name').inputValue()).toBe(NAME);
  await press(page, 'Back');
  await expect.poll(() => page.getByLabel('Through a tunnel').isChecked()).toBe(true);
});

it('makes the server once, and comes back to the pages after that until the last', async () => {
  await using setup = await openWizard(browser);
  const { hearth, page } = setup;
  await beginNew(page, 'Only at home');
  await name(page, NAME, NAME);
  await press(page, 'Continue');
  await pass(page, 'Certificate');
  await pass(page, 'Safety');
  await heading(page, 'Your account');
  expect((await hearth.running.host.status()).listeners).toEqual([]);
  await start(page, NAME);
  expect(await page.getByRole('button', { name: 'Back' }).count()).toBe(0);
  await press(page, 'Continue');
  await page.getByRole('alert').getByText('Make the kit, keep it').waitFor();
  await press(page, 'Save and finish later');
  await heading(page, 'Home');
  await page.getByText('Setting up is not finished.').waitFor();
  await hearth.restart();
  await page.goto(hearth.running.link());
  await heading(page, 'Recovery kit');
  await press(page, 'Save and finish later');
  await press(page, 'Go on');
  await heading(page, 'Recovery kit');
  await press(page, 'Make my recovery kit');
  await page.getByLabel('The last 4 characters of the passphrase').fill('zzzz');
  await press(page, 'I have it');
  await page.getByText('Save the file or print the page first.').waitFor();
  await press(page, 'Save the file');
  await press(page, 'I have it');
  await page.getByText('These are not the last four characters of the passphrase.').waitFor();
});

it('starts nothing before the name is typed once more', async () => {
  await using setup = await openWizard(browser);
  const { hearth, page } = setup;
  await beginNew(page, 'Only at home');
  await name(page, NAME, NAME);
  await press(page, 'Continue');
  await pass(page, 'Certificate');
  await pass(page, 'Safety');
  await page.getByLabel('Your name').fill('alex');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await press(page, 'Continue');
  await heading(page, 'Ready to start');
  await page.getByLabel(`Type ${NAME} to confirm`).fill('smith-family.com');
  await press(page, 'Start the server');
  await page.getByText('This is not the name.').waitFor();
  expect(hearth.running.host.isConfigured).toBe(false);
});

it('makes a server to try in a minute', async () => {
  await using setup = await openWizard(browser);
  const { page } = setup;
  await page.getByLabel('Just try it').check();
  await press(page, 'Continue');
  await pass(page, 'Where to keep everything');
  await page.getByLabel('Your name').fill('alex');
  await press(page, 'Suggest a password');
  await press(page, 'Continue');
  await press(page, 'Start the server');
  await heading(page, 'Your server is running');
  await press(page, 'Go to Home');
  await page.getByText('This is a trial.').waitFor();
  await page.getByText('Your server is running.').waitFor();
});

it.each([
  ['Move or restore a server', 'hearth restore-key'],
  ['Bring over a Synapse server', 'hearth serve --config'],
])('says what can be done today about: %s', async (choice, command) => {
  await using setup = await openWizard(browser);
  const { page } = setup;
  await page.getByLabel(choice).check();
  await press(page, 'Continue');
  await heading(page, choice);
  await page.getByText('The wizard cannot do this yet.').waitFor();
  await page.getByText(command).first().waitFor();
  await press(page, 'Back');
  await heading(page, 'Welcome to Hearth');
});

it('can be done with the keyboard alone', async () => {
  await using setup = await openWizard(browser);
  const { page } = setup;
  await heading(page, 'Welcome to Hearth');
  await choose(page, 'Set up a new server');
  await proceed(page, 'Language and looks');
  await proceed(page, 'Where to keep everything');
  await heading(page, 'Who should be able to reach it?');
  await choose(page, 'Only at home');
  await heading(page, 'A name for your server');
  await tabTo(page, 'Server name');
  await page.keyboard.type('family.test');
  await page.getByText('@alex:family.test').waitFor();
  await tabTo(page, 'I understand that this server can never talk to other servers');
  await page.keyboard.press('Space');
  await proceed(page, 'A name for your server');
  await proceed(page, 'Certificate');
  await proceed(page, 'Safety');
  await heading(page, 'Your account');
  await tabTo(page, 'Your name');
  await page.keyboard.type('alex');
  await tabTo(page, 'Password');
  await page.keyboard.type('correct horse battery');
  await page.keyboard.press('Enter');
  await heading(page, 'Ready to start');
  await tabTo(page, 'Type family.test to confirm');
  await page.keyboard.type('family.test');
  await page.keyboard.press('Enter');
  await heading(page, 'Recovery kit');
  await tabTo(page, 'Make my recovery kit');
  await page.keyboard.press('Enter');
  const passphrase = (await page.locator('.passphrase').textContent()) ?? '';
  await tabTo(page, 'Save the file');
  await page.keyboard.press('Enter');
  await tabTo(page, 'The last 4 characters of the passphrase');
  await page.keyboard.type(passphrase.slice(-4));
  await page.keyboard.press('Enter');
  await page.getByText(/^Saved on/).waitFor();
  await proceed(page, 'Recovery kit');
  await proceed(page, 'Keep it running');
  await proceed(page, 'Check everything');
  await heading(page, 'Your server is running');
  await tabTo(page, 'Make an invitation');
  await page.keyboard.press('Enter');
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await tabTo(page, 'Go to Home');
  await page.keyboard.press('Enter');
  await heading(page, 'Home');
});

it('says what is wrong with a name in words, and goes no further', async () => {
  await using setup = await openWizard(browser);
  const { page } = setup;
  await press(page, 'Continue');
  await page.getByRole('alert').getByText('Choose one of these first.').waitFor();
  await beginNew(page, 'Only at home');
  const field = page.getByLabel('Server name');
  for (const [typed, sentence] of [
    ['192.168.1.4', 'This is an address in numbers.'],
    ['matrix.org', 'Another Matrix server has this name.'],
    ['my server', 'A name has letters a to z'],
    ['co.uk', 'Nobody can own this one.'],
  ] as const) {
    await field.fill(typed);
    await page.getByText(sentence).waitFor();
    await press(page, 'Continue');
    await heading(page, 'A name for your server');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
  }
});

function certificateFor(hearth: TestHeadless, names: readonly string[]) {
  const folder = join(hearth.home, 'certificates');
  mkdirSync(folder);
  return writePair(folder, 'own', new TestAuthority().issue(names));
}

/** Who is shown to somebody who connects. */
const namesServedAt = (port: number): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subjectaltname);
      socket.destroy();
    }).once('error', reject);
  });

/** Takes a choice and goes on. */
async function choose(page: Page, choice: string): Promise<void> {
  await tabTo(page, choice);
  await page.keyboard.press('Space');
  await tabTo(page, 'Continue');
  await page.keyboard.press('Enter');
}

/** Goes on from the page with this heading. */
async function proceed(page: Page, from: string): Promise<void> {
  await heading(page, from);
  await tabTo(page, 'Continue');
  await page.keyboard.press('Enter');
}

/** Presses Tab until the thing called `name` has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
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

const clientUrl = async (hearth: TestHeadless): Promise<string> => `${await origin(hearth)}/_matrix/client/v3`;

async function origin(hearth: TestHeadless): Promise<string> {
  const { listeners } = await hearth.running.host.status();
  return `http://127.0.0.1:${listeners.find(({ tls }) => !tls)?.port}`;
}

async function post(url: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
}
