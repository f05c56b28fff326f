import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import type { FakeHealth } from '../support/fake-host/health.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let browser: Browser;
let fake: Fake;
let health: FakeHealth;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});
beforeEach(async () => {
  fake = await openFakeConsole();
  health = fake.host.wellness;
  fake.host.addPerson('alex', { isAdmin: true });
  fake.host.addPerson('kim');
  fake.host.addPerson('sam');
});
afterEach(async () => {
  await page?.context().close();
  await fake.console.close();
});

async function open(): Promise<void> {
  const context = await browser.newContext({
    locale: 'en-US',
    bypassCSP: true,
    viewport: { width: 1200, height: 900 },
  });
  page = await context.newPage();
  await page.goto(fake.link());
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
}

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const repairs = () => page.getByRole('region', { name: 'To repair' });
const pill = (words: string) => page.getByRole('banner').getByText(words, { exact: true });

/** A server that has been measured for a while. */
function measured(): void {
  health.curves = {
    connected: (part) => (part > 0.5 ? 2 : 1),
    activeRooms: () => 7,
    messagesLocal: () => 2,
    messagesRemote: () => 1.5,
    delay: () => 420,
    memory: () => 180_000_000,
    diskUsed: (part) => 100_000_000 + 48_000_000 * part,
    diskFree: () => 212_000_000_000,
    waitingServers: () => 2,
    waitingAge: () => 90 * 60_000,
    stall: () => 12,
  };
}

const broken = () =>
  health.addCheck('reach', {
    state: 'error',
    severity: 'high',
    reason: 'blocked',
    fields: { step: 'port', code: 'PORT_CLOSED', waiting: 9 },
    actions: ['show-reach'],
    evidence: 'port: error PORT_CLOSED 203.0.113.7:443',
  });

it('says in one sentence that all is well, in the same words as the pill', async () => {
  health.addCheck('reach', { severity: 'high' });
  health.addCheck('memory');
  await open();
  await page.getByText('Your server is running. 2 of 3 people are connected. Other servers can reach you.').waitFor();
  await pill('Running').waitFor();
  await repairs().getByText('Nothing to repair').waitFor();
  await repairs().getByText('2 checks find nothing wrong.').waitFor();
});

it('says what happened, what it means and what to do, and leads there', async () => {
  broken();
  await open();
  await page.getByText('Your server is running, but not everything works.').waitFor();
  await pill('Something is wrong').waitFor();
  const card = repairs().getByRole('listitem').filter({ hasText: 'cannot reach you' });
  await card.getByRole('heading', { name: 'Other servers cannot reach you: “Port” fails.' }).waitFor();
  await card.getByText('You can still chat among yourselves.').waitFor();
  await card.getByText('What to do:').waitFor();
  await press('Show step by step');
  await expect.poll(() => page.url()).toContain('#/servers/-/reach');
});

it('shows evidence, times and thirty days to who wants them', async () => {
  broken();
  health.spansOfChecks = [
    { from: Date.now() - 20 * DAY, to: Date.now() - 5 * DAY, state: 'ok' },
    { from: Date.now() - 5 * DAY, to: undefined, state: 'error' },
  ];
  await open();
  await repairs().getByText('Details').first().click();
  await repairs().getByText('port: error PORT_CLOSED 203.0.113.7:443').first().waitFor();
  await repairs().getByRole('img', { name: 'Fine for 75% of the last 30 days.' }).waitFor();
});

it('puts a problem aside until it changes, and takes it back', async () => {
  broken();
  await open();
  await press('Ignore or check: Reachable for other servers');
  await page.getByRole('menuitem', { name: 'Ignore until it changes' }).click();
  await repairs().getByText('Nothing to repair').waitFor();
  await pill('Running').waitFor();
  expect(health.ignored).toEqual([{ code: 'reach', until: 'changed' }]);
  await repairs().getByText('One problem that you ignore').click();
  await repairs().getByRole('button', { name: 'Show again' }).click();
  await repairs()
    .getByRole('heading', { name: /cannot reach you/ })
    .waitFor();
  expect(health.ignored.at(-1)).toEqual({ code: 'reach', until: null });
});

it('does not offer to put aside for long what is critical', async () => {
  health.addCheck('disk-space', {
    state: 'error',
    severity: 'critical',
    reason: 'very-low',
    fields: { free: 900_000_000, total: 9e9 },
  });
  await open();
  await repairs().getByRole('heading', { name: 'The disk is nearly full: 900 MB are left.' }).waitFor();
  await press('Ignore or check: Room on the disk');
  await page.getByRole('menuitem', { name: 'Ignore for a day' }).waitFor();
  expect(await page.getByRole('menuitem').count()).toBe(2);
});

it('looks again when asked to, and shows what was found', async () => {
  broken();
  health.onLook = () => (health.checks = []);
  await open();
  await repairs()
    .getByRole('heading', { name: /cannot reach you/ })
    .waitFor();
  await press('Check now');
  await repairs().getByText('Nothing to repair').waitFor();
  expect(health.looked).toEqual([undefined]);
});

it('lists all checks, and takes what could not be checked for no failure', async () => {
  health.addCheck('clock', { state: 'could-not-check', isVisible: false });
  health.addCheck('memory');
  await open();
  await repairs().getByText('All checks').click();
  const list = repairs().getByRole('list', { name: 'All checks' });
  await list.getByRole('listitem').filter({ hasText: 'Clock' }).getByText('Not known').waitFor();
  await list.getByRole('listitem').filter({ hasText: 'Memory' }).getByText('Fine').waitFor();
});

it('fills eight tiles with figures and lines that have words', async () => {
  measured();
  await open();
  const tiles = page.getByRole('region', { name: 'How it goes' }).getByRole('listitem');
  await expect.poll(() => tiles.count()).toBe(8);
  const words = (name: string) => tiles.filter({ hasText: name });
  await words('People connected').getByText('of 3 accounts').waitFor();
  await words('Rooms in use').getByText('7', { exact: true }).waitFor();
  await words('Messages a minute').getByText('2 from here, 1.5 from others').waitFor();
  await words('Delay').getByText('420 ms').waitFor();
  await words('Memory').getByText('of 664 MB meant for it').waitFor();
  await words('Disk').getByText('212 GB free').waitFor();
  await words('Waiting to send').getByText('the oldest for 1 hour, 30 minutes').waitFor();
  await page.getByRole('img', { name: 'People connected: lowest 1, highest 2.' }).waitFor();
});

it('shows the same as a table, of any of four spans', async () => {
  measured();
  await open();
  await press('7 days');
  await press('View as table');
  const table = page.getByRole('table', { name: 'How it goes, as a table' });
  await table.getByRole('columnheader', { name: 'Rooms in use' }).waitFor();
  expect(await table.getByRole('row').count()).toBe(169);
  await press('View as tiles');
  await page.getByRole('img', { name: /People connected: lowest/ }).waitFor();
});

it('says in tiles what is not known yet, and nothing that is not', async () => {
  await open();
  await page.getByRole('img', { name: 'Rooms in use: nothing measured yet.' }).waitFor();
  await page.getByText('no messages from other servers').waitFor();
});

it('tells how the last day went, in a picture and in a table', async () => {
  await open();
  const day = page.getByRole('region', { name: 'The last 24 hours' });
  await day.getByText('Running: 16 hours').waitFor();
  await day.getByText('Asleep: 8 hours').waitFor();
  await day.getByText('View as table').click();
  expect(await day.getByRole('row').count()).toBe(4);
});

it('keeps the last figures, grey and with their time, while the server is down', async () => {
  measured();
  broken();
  await open();
  await page.getByText('2 from here, 1.5 from others').waitFor();
  fake.host.become('failed', { code: 'PORT_IN_USE', message: 'x', fields: { port: 8008 }, since: 0 });
  await pill('Not running').waitFor();
  await page.getByText('Your server is not running.').waitFor();
  const tiles = page.getByRole('region', { name: 'How it goes' });
  await tiles.getByText(/^As of /).waitFor();
  await tiles.getByText('2 from here, 1.5 from others').waitFor();
  expect(await page.locator('.tiles.stale').count()).toBe(1);
  expect(await page.getByRole('button', { name: 'Check now' }).count()).toBe(0);
});

it('says that it starts while nothing can be said yet', async () => {
  health.isQuiet = true;
  broken();
  health.checks = health.checks.map((check) => ({ ...check, isVisible: false, hidden: 'starting' as const }));
  await open();
  await page.getByText('Your server is starting.').waitFor();
  await pill('Starting').waitFor();
});

it('tells what happened, with names of strangers made harmless', async () => {
  health.note('server-started', {}, HOUR);
  health.note('person-added', { person: '@<b>\u202Eevil:test' });
  health.note('problem-began', { check: 'certificate' });
  await open();
  const list = page.getByRole('region', { name: 'What happened' });
  await list.getByText('The server was started.').waitFor();
  await list.getByText('@<b>evil:test').waitFor();
  await list.getByText('A problem began: Certificate.').waitFor();
});

it('shows first steps while there is only one person, and which are done', async () => {
  fake.host.accounts.persons.splice(1);
  health.addCheck('key-not-saved', {
    state: 'warning',
    severity: 'medium',
    category: 'backup',
    reason: 'never',
    actions: ['save-key'],
  });
  await open();
  const steps = page.getByRole('region', { name: 'First steps' });
  const stepOf = (name: string) => steps.getByRole('listitem').filter({ hasText: name });
  await stepOf('Sign in with an app').getByRole('img', { name: 'Done' }).waitFor();
  await stepOf('Invite somebody').getByRole('img', { name: 'To do' }).waitFor();
  await stepOf('Save the recovery kit').getByRole('link').click();
  await expect.poll(() => page.url()).toContain('#/connection/recovery');
});

it('is accessible when all is well, when much is wrong, opened, and as a table', { timeout: 90_000 }, async () => {
  await open();
  await expectAccessible(page, 'home');
  measured();
  broken();
  health.addCheck('slept', {
    state: 'warning',
    severity: 'low',
    reason: 'slept',
    fields: { from: Date.now() - 9 * HOUR, to: Date.now() - HOUR },
    actions: ['show-start-and-sleep'],
  });
  health.note('person-added', { person: '@kim:family.test' });
  health.changed();
  await repairs().getByRole('heading', { name: /slept/ }).waitFor();
  await page.evaluate(() => document.querySelectorAll('main details').forEach((each) => each.setAttribute('open', '')));
  await repairs()
    .getByRole('img', { name: /of the last 30 days/ })
    .first()
    .waitFor();
  await expectAccessible(page, 'home with problems');
  await press('View as table');
  await expectAccessible(page, 'home as a table');
});
