import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { furnish, goTo, TOUR } from '../support/console-tour.js';

vi.setConfig({ testTimeout: 120_000 });

const MARKUP = '<img src=x onerror="document.title=1"><b>bold</b>';
const HOSTILE = `\u202Egnp.\u2066evil\u200B\u200D ${MARKUP} раураӏ\u0000\u0007 ${'W'.repeat(10_000)}`;
const ROOM = '!room0:family.test';

let browser: Browser;
let fake: Awaited<ReturnType<typeof openFakeConsole>>;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, fake] = await Promise.all([launchBrowser(), openFakeConsole()]);
  const { host } = fake;
  host.addPerson('mallory', { displayName: HOSTILE });
  host.accounts.details.set('@mallory:family.test', {
    sessions: [
      { deviceId: 'D'.repeat(500), name: HOSTILE, createdAt: 0, lastSeen: 1, address: '::1', userAgent: HOSTILE },
    ],
    rooms: [{ roomId: `!${'r'.repeat(240)}:x.test`, name: HOSTILE, people: 1 }],
    roomCount: 1,
  });
  host.addInvitation({ label: HOSTILE });
  host.room.add(HOSTILE, { people: [HOSTILE] });
  host.addLine('error', 'http', HOSTILE, { from: HOSTILE });
  furnish(host);
  host.room.persons.push({
    userId: `@${'m'.repeat(200)}:club.test`,
    displayName: HOSTILE,
    membership: 'join',
    isLocal: false,
    role: 'person',
  });
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 960, height: 640 } });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(fake.link());
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await fake?.console.close();
});

const STOPS = [
  ...TOUR.filter(({ name }) =>
    /^(home|people|invitations|room|rooms|spaces|storage|media|logs|logs-condensed)$/.test(name),
  ),
  ...['', '/devices', '/rooms'].map((view) => ({
    name: `mallory${view}`,
    path: `/people/person/%40mallory%3Afamily.test${view}`,
    heading: '',
  })),
  { name: 'hostile room', path: `/rooms/${encodeURIComponent(ROOM)}`, heading: '' },
];

it.each([960, 390])('shows names and lines of strangers harmlessly, %d pixels wide', async (width) => {
  await page.setViewportSize({ width, height: 640 });
  for (const stop of STOPS) {
    await goTo(page, fake.console.address, stop);
    const seen = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      images: document.querySelectorAll('img[src="x"], main b').length,
      text: document.body.innerText,
      names: [...document.querySelectorAll('[title], [aria-label]')].map(
        (each) => `${each.getAttribute('title') ?? ''}${each.getAttribute('aria-label') ?? ''}`,
      ),
    }));
    expect(seen.wide, `${stop.name} scrolls sideways`).toBeLessThanOrEqual(0);
    expect(seen.images, `${stop.name} shows markup`).toBe(0);
    for (const words of [seen.text, seen.names.join('\n')]) {
      expect(words, `${stop.name} keeps marks that turn text around`).not.toMatch(/[\u202A-\u202E\u200B]/);
    }
    expect(Math.max(0, ...seen.names.map(({ length }) => length)), stop.name).toBeLessThan(1000);
  }
  expect(await page.title()).not.toBe('1');
  expect(complaints).toEqual([]);
});
