import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { BenchConsole, type RendererSize } from './console-page.js';
import { printSmoothness, printSmoothnessHeader, traced } from './console-trace.js';

/** The console in a browser: how soon it is there, how smooth it stays, and what it takes. `npm run bench -- console` */

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const wants = (part: string) => only === undefined || only === part;
const option = (name: string, usual: number) =>
  process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : usual;

const MANY = 10_000;
const MINUTES = option('--minutes', 60);
const say = (words: string) => console.log(words);
const ms = (value: number) => `${value.toFixed(0)} ms`;
const mib = (value: number) => `${value.toFixed(1)} MiB`;

/** When something was first to be seen, and when everything of the first screen was, from the window's opening. */
interface FirstSight {
  readonly paint: number;
  readonly useful: number;
}

/** Notes in the page when its heading is there and nothing is being waited for. */
const WATCH = `{
  const look = () => {
    const heading = document.querySelector('main h1');
    if (!heading || document.querySelector('.loading, .skeleton')) return;
    watch.disconnect();
    requestAnimationFrame(() => { window.benchUseful = performance.now(); });
  };
  const watch = new MutationObserver(look);
  watch.observe(document, { childList: true, subtree: true });
}`;

async function firstSight(context: BrowserContext, address: string): Promise<FirstSight> {
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  await page.goto(address);
  await page.waitForFunction(() => 'benchUseful' in window);
  const sight = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    useful: (window as unknown as { benchUseful: number }).benchUseful,
  }));
  await page.close();
  return sight;
}

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function paint(): Promise<void> {
  const [cold, warm]: [FirstSight[], FirstSight[]] = [[], []];
  for (let turn = 0; turn < 5; turn += 1) {
    await using bench = await BenchConsole.open();
    const context = await bench.newContext();
    cold.push(await firstSight(context, bench.sessionLink()));
    for (let again = 0; again < 3; again += 1) warm.push(await firstSight(context, bench.address));
  }
  for (const [name, sights] of [
    ['cold (a browser just started)', cold],
    ['warm', warm],
  ] as const) {
    const paints = sights.map((sight) => sight.paint);
    const useful = sights.map((sight) => sight.useful);
    say(
      `first paint, ${name}: ${ms(middle(paints))}, at most ${ms(Math.max(...paints))}; ` +
        `first useful screen: ${ms(middle(useful))}, at most ${ms(Math.max(...useful))}`,
    );
  }
}

/** Lines for so many seconds, 60 in each, announced four times a second as the server does. */
async function lines(bench: BenchConsole, seconds: number): Promise<void> {
  for (let quarter = 0; quarter < seconds * 4; quarter += 1) {
    bench.host.write(15);
    bench.host.news.announce('logs.changed');
    await wait(250);
  }
}

async function logs(): Promise<void> {
  await using bench = await BenchConsole.open();
  const page = await bench.openPage(await bench.newContext());
  await bench.goTo(page, '/logs', 'Logs');
  printSmoothness(await traced(bench.browser, page, 'logs: 60 lines a second, 60 s', () => lines(bench, 60)));
  bench.host.write(100_000);
  await page.reload();
  await page.getByRole('listbox', { name: 'Logs' }).getByRole('option').first().waitFor();
  printSmoothness(await traced(bench.browser, page, 'logs: the same over 100,000 lines, 20 s', () => lines(bench, 20)));
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  printSmoothness(await traced(bench.browser, page, 'logs: scroll through', () => scrollLog(page)));
}

async function scrollLog(page: Page): Promise<void> {
  await page.getByRole('listbox', { name: 'Logs' }).hover();
  for (let turn = 0; turn < 150; turn += 1) {
    await page.mouse.wheel(0, turn < 120 ? -900 : 900);
    await wait(16);
  }
}

/** A table, the screen it is on, and what is typed and pressed there. */
interface LongTable {
  readonly path: string;
  readonly heading: string;
  /** its headings sort */
  readonly isSorted: boolean;
  /** what is typed into its search */
  readonly finds: string;
}

const TABLES: readonly LongTable[] = [
  { path: '/people', heading: 'People', isSorted: true, finds: 'person 77' },
  { path: '/rooms', heading: 'Rooms', isSorted: true, finds: 'room 77' },
  { path: '/servers', heading: 'Other servers', isSorted: false, finds: 'server77' },
];

async function tables(): Promise<void> {
  await using bench = await BenchConsole.open();
  fill(bench);
  for (const table of TABLES) await oneTable(bench, table);
}

function fill({ host }: BenchConsole): void {
  for (let n = 0; n < MANY; n += 1) {
    host.addPerson(`person${n}`, { displayName: `Person person ${n}` });
    host.room.add(`A room ${n}`, { people: ['Alex', 'Kim'], events: n * 7, bytes: n * 9000 });
    host.addServer(`server${n}.test`, n % 9 === 0 ? { state: 'down', failures: 3 } : {});
  }
}

async function oneTable(bench: BenchConsole, { path, heading, isSorted, finds }: LongTable): Promise<void> {
  const page = await bench.openPage(await bench.newContext());
  const rows = page.locator('table.data-table tbody tr[data-index]');
  const report = async (what: string, work: () => Promise<unknown>) =>
    printSmoothness(await traced(bench.browser, page, `${heading}: ${what}`, work));
  await report('open', async () => {
    await bench.goTo(page, path, heading);
    await rows.first().waitFor();
    await wait(300);
  });
  await report('scroll through fast', () => scrollThrough(page));
  const loaded = await rows.last().getAttribute('data-index');
  say(`  the last row in the page is number ${loaded}`);
  await report('scroll up and down again', () => scrollAgain(page));
  await page.evaluate(() => window.scrollTo(0, 0));
  await report('search', async () => {
    await page.getByRole('searchbox').first().pressSequentially(finds, { delay: 60 });
    await wait(800);
  });
  await page.getByRole('searchbox').first().fill('');
  await wait(800);
  if (isSorted)
    await report('sort', async () => {
      await page.locator('.sort-button').first().click();
      await wait(800);
    });
  await page.context().close();
}

/** To the end of the table, which comes a page at a time, as fast as a wheel goes. */
async function scrollThrough(page: Page): Promise<void> {
  await page.mouse.move(600, 500);
  let still = 0;
  let last = 0;
  while (still < 40) {
    await page.mouse.wheel(0, 4000);
    await wait(16);
    const height = await page.evaluate(() => window.scrollY);
    still = height === last ? still + 1 : 0;
    last = height;
  }
}

async function scrollAgain(page: Page): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    await page.mouse.wheel(0, turn % 100 < 50 ? -3000 : 3000);
    await wait(16);
  }
}

/** An hour of a busy server, as fast as the page takes it: every screen is looked at meanwhile. */
async function memory(): Promise<void> {
  await using bench = await BenchConsole.open();
  const page = await bench.openPage(await bench.newContext());
  const sizes: [name: string, size: RendererSize][] = [['at first', await bench.sizeOf(page)]];
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    await oneMinute(bench, page, minute);
    if (minute % Math.ceil(MINUTES / 4) === 0) {
      await bench.goTo(page, '/', 'Home');
      sizes.push([`after ${minute} minutes`, await bench.sizeOf(page)]);
    }
  }
  await bench.goTo(page, '/logs', 'Logs');
  await page.getByRole('listbox', { name: 'Logs' }).getByRole('option').first().waitFor();
  sizes.push(['with the logs open', await bench.sizeOf(page)]);
  for (const [name, { heap, rss, own, nodes, listeners }] of sizes) {
    say(
      `memory ${name}: heap ${mib(heap)}, resident ${mib(rss)} (of its own ${mib(own)}), ` +
        `${nodes} nodes, ${listeners} listeners`,
    );
  }
}

const ROUND: readonly (readonly [path: string, heading: string])[] = [
  ['/logs', 'Logs'],
  ['/', 'Home'],
  ['/people', 'People'],
  ['/rooms', 'Rooms'],
  ['/servers', 'Other servers'],
  ['/storage', 'Storage'],
  ['/logs/condensed', 'Logs'],
  ['/connection', 'Connection'],
  ['/settings', 'Settings'],
];

/** What comes in a minute: 3600 lines, a measurement, activity, people and rooms that change. */
async function oneMinute(bench: BenchConsole, page: Page, minute: number): Promise<void> {
  const [path, heading] = ROUND[minute % ROUND.length] ?? ['/', 'Home'];
  await bench.goTo(page, path, heading);
  const { host } = bench;
  for (let part = 0; part < 60; part += 1) {
    host.write(60);
    host.news.announce('logs.changed');
    if (part % 10 === 0) for (const event of ['servers.changed', 'rooms.changed'] as const) host.news.announce(event);
    await wait(15);
  }
  host.wellness.note('person-added', { person: '@kim:family.test' });
  for (const event of ['measurements.changed', 'health.changed', 'people.changed', 'storage.changed'] as const) {
    host.news.announce(event);
  }
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
say(`load of the machine before: ${load()}`);
if (wants('paint')) await paint();
if (wants('logs') || wants('tables')) printSmoothnessHeader();
if (wants('logs')) await logs();
if (wants('tables')) await tables();
if (wants('memory')) await memory();
say(`load of the machine after: ${load()}`);
