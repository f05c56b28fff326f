import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { BROKEN_STEPS } from '../support/diagnosis-steps.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

const HOUR = 3_600_000;
const LATE = {
  state: 'retrying',
  failures: 3,
  failingSince: Date.now() - HOUR,
  nextTry: Date.now() + 2 * HOUR + 30_000,
  lastFailure: {
    at: Date.now() - HOUR,
    why: 'late.test port 8448 cannot be connected to (ECONNREFUSED)',
    cause: 'connect',
  },
  waiting: { events: 3, isMore: false, others: 0, since: Date.now() - HOUR },
} as const;

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
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1200, height: 900 } });
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
const open = async () => {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Other servers' }).click();
  await heading('Other servers');
};
const step = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });

it('says when there are no other servers yet', async () => {
  await open();
  await page.getByText('No other servers yet.').waitFor();
});

it('says that it knows nothing while the server does not run', async () => {
  fake.host.become('stopped');
  await open();
  await page.getByRole('alert').getByText('The server is not running. Start it first.').waitFor();
});

it('says of each server in words how it fares and what waits for it', async () => {
  fake.host.addServer('fine.test');
  fake.host.addServer('late.test', LATE);
  await open();
  const late = page.getByRole('row').filter({ hasText: 'late.test' });
  await late.getByText('Trying again').waitFor();
  await late.getByText('We try again in 2 hours.').waitFor();
  await late.getByText('3 messages, the oldest since 1 hour ago').waitFor();
  await page.getByRole('row').filter({ hasText: 'fine.test' }).getByText('Nothing').waitFor();
  await page.getByLabel('Only those with trouble').check();
  await page.getByRole('row').filter({ hasText: 'fine.test' }).waitFor({ state: 'detached' });
  await page.getByLabel('Search servers').fill('nobody');
  await page.getByText('No server matches.').waitFor();
});

it('tells why a server failed, and what came of trying again', async () => {
  fake.host.addServer('late.test', LATE);
  await open();
  await page.getByRole('link', { name: 'late.test' }).click();
  await heading('late.test');
  await page.getByText('nobody took the connection.').waitFor();
  fake.host.tried = { answered: false, why: 'refused', cause: 'tls' };
  await press('Try sending now');
  await page.getByText('It still does not answer: its certificate is not trusted.').waitFor();
  fake.host.tried = { answered: true, why: undefined, cause: undefined };
  await press('Try sending now');
  await page.getByText('It answered. What waits is being sent.').waitFor();
});

it('shows the steps as they are known, the fix for what is wrong, and nothing that strangers put there', async () => {
  const [first, ...others] = BROKEN_STEPS;
  fake.host.steps = first ? [first] : [];
  const ended = Promise.withResolvers<void>();
  fake.host.diagnosed = ended.promise;
  await open();
  await page.getByLabel('Server name').fill('matrix.test');
  await page.keyboard.press('Enter');
  await heading('matrix.test');
  await page.getByText('Your server has never asked this one for anything.').waitFor();
  await page.getByText('Checking: 1 of 9 steps done.').waitFor();
  await step('Certificate').getByText('Not yet').waitFor();
  fake.host.steps.push(...others);
  ended.resolve();
  await page.getByText('It cannot be reached: see “Certificate”.').waitFor();
  await step('Certificate').getByText('The certificate is for <img src=x>.other.test, not for matrix.test.').waitFor();
  await step('Certificate').getByText('Get a certificate for matrix.test').waitFor();
  await step('Matrix answers').getByText('This waits for an earlier step.').waitFor();
  await step('The file .well-known').getByText('Details').click();
  await page.getByText('<script>alert(1)</script>').waitFor();
  expect(await page.locator('main img').count()).toBe(0);
});

it('leads to the way here when our own name is checked', async () => {
  await open();
  await page.getByLabel('Server name').fill('family.test');
  await press('Check');
  await page.getByText('Nobody has looked yet.').waitFor();
});

it('shows an odd name without its tricks', async () => {
  await open();
  await page.getByLabel('Server name').fill('<b>/\u202Etset.live');
  await press('Check');
  await heading('<b>/tset.live');
  expect(await page.locator('main b').count()).toBe(0);
});

it('speaks German', async () => {
  fake.host.addServer('late.test', LATE);
  fake.host.steps = BROKEN_STEPS;
  await page.evaluate(() => localStorage.setItem('hearth.appearance', '{"language":"de"}'));
  await page.goto(`${fake.console.address}#/servers/late.test/check`);
  await page.reload();
  await page.getByText('niemand nahm die Verbindung an.').waitFor();
  await page.getByText('Er ist nicht erreichbar: siehe „Zertifikat“.').waitFor();
});

it('tidies up after servers that are gone, as far as one wants', async () => {
  fake.host.goneServers = [
    { serverName: 'old.test', failingSince: Date.now() - 90 * 24 * HOUR, isNameGone: true },
    { serverName: 'quiet.test', failingSince: Date.now() - 40 * 24 * HOUR, isNameGone: false },
  ];
  const room = { roomId: '!chess:old.test', name: 'Chess', people: 2, events: 310, bytes: 400_000 } as const;
  fake.host.toTidy = { events: 12, isMore: true, others: 3, copies: 40, copyBytes: 9_000_000, rooms: [room] };
  await open();
  await page.getByText('2 servers have not answered for long').waitFor();
  await press('Tidy up…');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('12 messages that wait, or more, are dropped').waitFor();
  await dialog.getByText(/^Its name has not been found since/).waitFor();
  await dialog.getByLabel('Delete copies of files from there').check();
  await dialog.getByText('40 copies of files are deleted (9 MB)').waitFor();
  await dialog.getByLabel(/^Leave rooms where only they/).check();
  await dialog.getByText('Chess: 2 of yours leave, 310 events are deleted (400 kB)').waitFor();
  await dialog.getByLabel('quiet.test').uncheck();
  const go = dialog.getByRole('button', { name: 'Tidy up', exact: true });
  await expect.poll(() => go.isEnabled()).toBe(true);
  await dialog.getByLabel('Type one room to confirm').fill('one room');
  await page.keyboard.press('Enter');
  await page.getByText('Tidied up. A room is being removed').waitFor();
  expect(fake.host.tidied).toEqual([{ names: ['old.test'], copies: true, rooms: true }]);
  await page.getByText('A server has not answered for long').waitFor();
  await press('Tidy up…');
  await dialog.getByLabel('quiet.test').uncheck();
  await dialog.getByText('Choose a server.').waitFor();
  expect(await go.isDisabled()).toBe(true);
});

it('shows how much went to and fro, as lines and as a table, and with whom', async () => {
  await open();
  await page.getByRole('tab', { name: 'Traffic' }).click();
  await page.getByText('Nothing went to other servers or came from them in this time.').waitFor();
  fake.host.busiest = [
    { serverName: 'matrix.test', eventsSent: 4, eventsReceived: 3120, requestsSent: 120, requestsReceived: 910 },
    { serverName: 'club.test', eventsSent: 57, eventsReceived: 40, requestsSent: 30, requestsReceived: 22 },
  ];
  await press('7 days');
  await page.getByRole('img', { name: /at most 230 from one point to the next/ }).waitFor();
  const first = () => page.getByRole('rowheader').first().textContent();
  expect(await first()).toContain('matrix.test');
  await press('Events sent');
  await expect.poll(first).toContain('club.test');
  await press('As a table');
  await page
    .getByRole('region', { name: 'Events over time' })
    .getByRole('columnheader', { name: 'Events received' })
    .waitFor();
});

it('talks to some servers only, and to everybody again', async () => {
  for (const name of ['friend.test', 'club.test', 'far.test']) fake.host.addServer(name);
  await open();
  await page.getByRole('tab', { name: 'Blocked' }).click();
  await page.getByText('Your server talks to every other server that is not blocked.').waitFor();
  await press('Talk to some only…');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('3 servers that you share rooms with are not on the list:').waitFor();
  await dialog.getByLabel('Server names').fill('Friend.test\nclub.test, friend.test');
  await dialog.getByText('One server that you share rooms with is not on the list:').waitFor();
  await dialog.getByText('far.test', { exact: true }).waitFor();
  await press('Talk to these only');
  await page.getByText('Your server talks to these 2 only:').waitFor();
  expect(fake.host.allowed).toEqual(['friend.test', 'club.test']);
  await press('Talk to everybody again');
  await page.getByText('Your server talks to every other server that is not blocked.').waitFor();
});
