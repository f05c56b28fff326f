import { type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.now();
const EVENT = '$lateMessage0123456789abcdefghijklmnopqrstuv';
const WAY = {
  eventId: EVENT,
  roomId: '!room:far.test',
  roomName: '<b>Family</b>',
  sender: '@bob:far.test',
  isOwn: false,
  saidSent: NOW - 2 * HOUR,
  clockAhead: 30_000,
  times: {
    from: 'far.test',
    received: NOW - 10 * MINUTE,
    checked: NOW - 10 * MINUTE + 20,
    putAside: undefined,
    stored: NOW - 10 * MINUTE + 40,
    delivered: NOW - 9 * MINUTE,
  },
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

const go = (path: string) => page.goto(`${fake.console.address}#${path}`);
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const picture = async (name: string) => {
  if (process.env['SHOW']) await page.screenshot({ path: `${process.env['SHOW']}/${name}.png`, fullPage: true });
};

it('shows in the list what there is in common, and how quickly servers answer', async () => {
  fake.host.addServer('far.test', { rooms: 3, people: 17 });
  fake.host.addServer('snail.test', { state: 'slow', replyTime: 14_000 });
  fake.host.addServer('rude.test', { state: 'blocked' });
  await go('/servers');
  const far = page.getByRole('row').filter({ hasText: 'far.test' });
  await far.getByText('3 rooms, 17 members').waitFor();
  await far.getByText('Synapse/1.130.0').waitFor();
  const snail = page.getByRole('row').filter({ hasText: 'snail.test' });
  await snail.getByText('One answer in twenty takes longer than 14 s.').waitFor();
  await page.getByRole('row').filter({ hasText: 'rude.test' }).getByText('Blocked by you').waitFor();
  await expectAccessible(page, 'the list of servers');
  await picture('servers');
});

it('shows what happened with a server, its keys, its rooms, and what we did not take of it', async () => {
  fake.host.addServer('far.test', { clockAhead: -65_000 });
  fake.host.more = {
    attempts: [
      { at: NOW - HOUR, failure: undefined },
      { at: NOW - 2 * HOUR, failure: { why: 'no route', cause: 'connect' } },
    ],
    keys: [{ keyId: 'ed25519:a_1', validUntil: NOW + 24 * HOUR, isExpired: false, fetchedAt: NOW }],
    rooms: [{ roomId: '!room:far.test', name: '<i>Garden</i>', people: 4 }],
    queue: [{ type: 'm.room.message', count: 3 }],
    refusals: [
      { kind: 'event', roomId: '!room:far.test', why: 'it is not allowed', count: 2, lastAt: NOW },
      { kind: 'server-server/events.yaml#getEvent', roomId: undefined, why: '403', count: 1, lastAt: NOW },
    ],
  };
  await go('/servers/far.test');
  await page.getByText('1 minute, 5 seconds behind').waitFor();
  await page.getByText('It answers again.').waitFor();
  await page.getByText('It did not answer: nobody took the connection.').waitFor();
  await page.getByRole('link', { name: '<i>Garden</i>' }).waitFor();
  await page.getByText('3 × m.room.message').waitFor();
  await page.getByText('2 events: it is not allowed').waitFor();
  await page.getByText('A request (getEvent), answered with 403').waitFor();
  await page.getByText(/ed25519:a_1/).waitFor();
  expect(await page.locator('main i').count()).toBe(0);
  await expectAccessible(page, 'one server');
  await picture('server');
  await page.getByRole('link', { name: 'Show logs for this server' }).click();
  await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor();
});

it('blocks a server after it said what that means, and lets it in again', async () => {
  fake.host.addServer('rude.test');
  await go('/servers/rude.test');
  await press('Block…');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('takes nothing from it and sends it nothing').waitFor();
  await dialog.getByText('You share 2 rooms with it').waitFor();
  await expectAccessible(page, 'before blocking');
  await dialog.getByRole('button', { name: 'Block it' }).click();
  await expect.poll(() => fake.host.blocked).toEqual(['rude.test']);
  await page.keyboard.press('Escape');
  await go('/servers/-/blocks');
  await page.getByRole('button', { name: 'Unblock rude.test' }).waitFor();
  await expectAccessible(page, 'blocked servers');
  await picture('blocks');
  await press('Unblock rude.test');
  await page.getByText('No server is blocked.').waitFor();
});

it('names the hop that kept a message', async () => {
  fake.host.messageWay = WAY;
  await go('/servers/-/late');
  await page.getByLabel('Link to the message, or its event id').fill(`https://matrix.to/#/!room:far.test/${EVENT}`);
  await page.keyboard.press('Enter');
  await page.getByText('far.test or the network between needed 1 hour, 50 minutes').waitFor();
  await page.getByText('The other server’s clock is 30 seconds off').waitFor();
  await page.getByRole('heading', { name: 'From @bob:far.test in <b>Family</b>' }).waitFor();
  await expectAccessible(page, 'a late message');
  await picture('late');
  await page.getByLabel('Link to the message, or its event id').fill('hello');
  await page.keyboard.press('Enter');
  await page.getByText('That names no message').waitFor();
});

it('shows the rooms that are being joined, and gives one up', async () => {
  fake.host.joins = [
    {
      roomId: '!big:far.test',
      userId: '@alex:family.test',
      startedAt: NOW,
      server: 'far.test',
      asked: 1,
      servers: 3,
      stage: 'checking',
      received: 31_000,
      done: 12_400,
    },
  ];
  await go('/servers');
  await page.getByText('Checking signatures: 12,400 of 31,000').waitFor();
  await expectAccessible(page, 'joins');
  await press('Cancel joining !big:far.test');
});

it('speaks German', async () => {
  fake.host.messageWay = WAY;
  await page.evaluate(() => localStorage.setItem('hearth.appearance', '{"language":"de"}'));
  await go('/servers/-/late');
  await page.reload();
  await page.getByLabel('Link zur Nachricht oder ihre Ereignis-ID').fill(EVENT);
  await page.keyboard.press('Enter');
  await page.getByText('Sie wurde auf dem Weg aufgehalten').waitFor();
});
