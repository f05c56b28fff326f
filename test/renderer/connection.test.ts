import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ControlError } from '../../src-main/control/procedure.js';
import { expectAccessible } from '../support/axe.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { GOOD_CERTIFICATE } from '../support/fake-host/connection.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

let browser: Browser;
let fake: Fake;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  fake = await openFakeConsole();
  fake.host.addPerson('alex', { isAdmin: true });
  const context = await browser.newContext({
    bypassCSP: true,
    locale: 'en-US',
    viewport: { width: 1200, height: 900 },
  });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(fake.link());
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
});

afterEach(async () => {
  await page.context().close();
  await fake.console.close();
  expect(complaints).toEqual([]);
});

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
async function open(tab: string, path = ''): Promise<void> {
  await page.goto(`${fake.console.address}#/connection${path}`);
  await page.getByRole('heading', { level: 1, name: 'Connection' }).waitFor();
  await page.getByRole('tab', { name: tab, selected: true }).waitFor();
}

it.each([
  ['Name and addresses', '', 'Where this computer listens'],
  ['Certificate', '/certificate', 'Use another one'],
  ['The way here', '/dns', 'Take it away'],
  ['Who reaches it', '/change', 'What would change'],
  ['Calls and push', '/calls', 'Waking phones'],
  ['Recovery kit', '/recovery', 'Not saved yet'],
])('shows %s without violations, and nothing sideways on a phone at 200 percent', async (tab, path, words) => {
  await page.goto(`${fake.console.address}#/connection${path}`);
  if (path === '/change') await page.getByLabel('Only at home').check();
  await open(tab, path);
  await page.getByText(words).first().waitFor();
  await expectAccessible(page, tab);
  await page.evaluate(() => localStorage.setItem('hearth.appearance', '{"textSize":"200"}'));
  await page.reload();
  await page.setViewportSize({ width: 360, height: 800 });
  await page.getByRole('tab', { name: tab }).waitFor();
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await expect.poll(overflow).toBe(0);
});

it('is in the rail, and its tabs go by the arrow keys', async () => {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Connection' }).click();
  await page.getByRole('tab', { name: 'Name and addresses' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'Certificate', selected: true }).waitFor();
  expect(page.url()).toMatch(/#\/connection\/certificate$/);
});

it('says why nothing can be shown, and shows it once it can', async () => {
  fake.host.ways.failure = new ControlError('CONFIG_INVALID', 'homeserver.yaml, line 3');
  await open('Name and addresses');
  await page.getByText('The configuration has a mistake.').waitFor();
  fake.host.ways.failure = undefined;
  await press('Try again');
  await page.getByRole('heading', { name: 'Where this computer listens' }).waitFor();
});

it('has a word for those who need nothing: a server at home, and one behind a web server', async () => {
  const { ways } = fake.host;
  ways.current = { ...ways.current, choice: { mode: 'home' }, publicBaseUrl: undefined };
  await open('The way here', '/dns');
  await page.getByText('Nothing to set up outside this computer').waitFor();
  ways.current = { ...ways.current, choice: { mode: 'proxy', host: 'smith-family.org' }, certificate: undefined };
  fake.events.announce('address.changed');
  await open('Certificate', '/certificate');
  await page.getByText('The web server or the tunnel in front of it has one.').waitFor();
});

it('says in words what is wrong with a certificate, and what to do', async () => {
  const { ways } = fake.host;
  const findings = GOOD_CERTIFICATE.findings.map((each) =>
    each.aspect === 'dates'
      ? { ...each, state: 'warning' as const, code: 'DATES_SOON', fields: { at: Date.now() + 3 * 86_400_000, days: 3 } }
      : each,
  );
  ways.current = { ...ways.current, certificate: { ...GOOD_CERTIFICATE, findings } };
  await open('Certificate', '/certificate');
  await page.getByText(/It ends on .*, in 3 days\./).waitFor();
  await page.getByText('Renew it in time.').waitFor();
});

it('checks other files while they are typed, and uses them', async () => {
  await open('Certificate', '/certificate');
  await page.getByLabel('Certificate file').fill('/new/fullchain.pem');
  await page.getByLabel('Key file').fill('/new/privkey.pem');
  await page.getByText('What is in these files').waitFor();
  await press('Use these files');
  await page.getByText('The new certificate is in use.').waitFor();
  await page.getByText('/new/fullchain.pem').first().waitFor();
});

it('shows what another choice changes, writes it, and offers the restart', async () => {
  await open('Who reaches it', '/change');
  await page.getByLabel('Only at home').check();
  await page.getByText('Nobody outside your home would reach the server.').waitFor();
  await page.getByText('public_baseurl').waitFor();
  await press('Write these settings');
  await page.getByText('The server still runs with the old settings.').waitFor();
  expect(fake.host.ways.applied).toEqual([{ mode: 'home' }]);
});

it('asks the name itself, when somebody wants to know', async () => {
  await open('Name and addresses');
  await press('Ask the name now');
  await page.getByText('There is no such file, so nobody is sent here.').waitFor();
  await page.getByText('Let it answer: {"m.server":"smith-family.org:443"}').waitFor();
});

it('fills in the lines for each web server', async () => {
  const { ways } = fake.host;
  ways.current = { ...ways.current, choice: { mode: 'proxy', host: 'chat.smith-family.org' } };
  await open('The way here', '/dns');
  for (const [server, line] of [
    ['Caddy', 'reverse_proxy @hearth 127.0.0.1:8008'],
    ['nginx', 'server_name chat.smith-family.org;'],
    ['Apache', 'AllowEncodedSlashes NoDecode'],
    ['HAProxy', 'server hearth 127.0.0.1:8008'],
    ['Traefik', 'allowEncodedSlash: true'],
  ] as const) {
    await page.getByLabel(server, { exact: true }).check();
    await page.getByText(line).first().waitFor();
  }
  await page.getByText('{"m.server":"chat.smith-family.org:443"}').first().waitFor();
});

it('takes addresses for calls, and no others', async () => {
  await open('Calls and push', '/calls');
  await page.getByLabel('Addresses of the helper').fill('https://turn.test');
  await page.getByText('Each begins with turn:, turns: or stun:').waitFor();
  await page.getByLabel('Addresses of the helper').fill('turn:a.test turns:b.test');
  await press('Save');
  await page.getByText('The server still runs with the old settings.').waitFor();
  expect(fake.host.ways.current.calls.turnUris).toEqual(['turn:a.test', 'turns:b.test']);
});

it('prints the kit on a page of its own, and keeps it off the screen', async () => {
  await open('Recovery kit', '/recovery');
  await press('Make my recovery kit');
  await page.locator('.passphrase').waitFor();
  expect(await page.locator('.kit-paper').isVisible()).toBe(false);
  await page.evaluate(() => {
    window.print = () => undefined;
  });
  await press('Print the page');
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.kit-paper').isVisible()).toBe(true);
  await page.locator('.kit-paper').getByText('hearth restore-key smith-family.org.recovery.json --replace').waitFor();
  expect(await page.locator('.rail').isVisible()).toBe(false);
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: 'screen' });
  expect(await page.locator('.rail').isVisible()).toBe(true);
});
