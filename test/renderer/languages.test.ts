import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PSEUDO_MARKS } from '../../src-renderer/text/pseudo.js';
import { createText } from '../../src-renderer/text/use-text.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { furnish, goTo, TOUR } from '../support/console-tour.js';

type Fake = Awaited<ReturnType<typeof openFakeConsole>>;

let browser: Browser;
let fake: Fake;

beforeAll(async () => {
  [browser, fake] = await Promise.all([launchBrowser(), openFakeConsole()]);
  furnish(fake.host);
});

afterAll(async () => {
  await browser?.close();
  await fake?.console.close();
});

/** A page whose person chose this language. */
async function openIn(language: string, width = 1200): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, reducedMotion: 'reduce' });
  await page.addInitScript((chosen) => localStorage.setItem('hearth.appearance', chosen), JSON.stringify({ language }));
  await page.goto(fake.link());
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

/** Names are the same in every language. */
const NAMES = ['Hearth', 'English', 'Deutsch', 'Node.js', 'Electron', 'Chromium'];

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/**
 * Words on the page that are in no catalogue. What strangers and the machine wrote (`bdi`, `code`, `.mono`) is no
 * word of ours.
 */
const strayWords = (page: Page, [before, after]: readonly [string, string]) =>
  page.evaluate(
    ([open, close]) => {
      const message = new RegExp(`${open}[^${open}${close}]*${close}`, 'g');
      // what is filled in may be a message itself
      const unmarked = (text: string): string => (message.test(text) ? unmarked(text.replaceAll(message, '')) : text);
      const stray = new Set<string>();
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const around = node.parentElement;
        if (!around || around.closest('bdi, code, pre, script, style, .mono')) continue;
        const text = node.textContent?.trim() ?? '';
        if (/\p{L}{2,}/u.test(unmarked(text))) stray.add(text);
      }
      return [...stray];
    },
    [before, after] as const,
  );

it('takes every word from the catalogue', async () => {
  const page = await openIn('en-XA');
  const found: string[] = [];
  for (const stop of TOUR) {
    await goTo(page, fake.console.address, stop);
    const stray = await strayWords(page, PSEUDO_MARKS);
    found.push(...stray.filter((words) => !NAMES.includes(words)).map((words) => `${stop.name}: ${words}`));
  }
  await page.close();
  expect(found).toEqual([]);
});

it.each([
  ['words that are a third longer', 'en-XA', 'ltr'],
  ['writing that runs from right to left', 'ar-XB', 'rtl'],
])('has room for %s', async (_what, language, direction) => {
  const page = await openIn(language);
  expect(await page.evaluate(() => document.documentElement.dir)).toBe(direction);
  const wide: string[] = [];
  for (const width of [1200, 700, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const stop of TOUR) {
      await goTo(page, fake.console.address, stop);
      if ((await overflow(page)) > 0) wide.push(`${stop.name} at ${width}`);
    }
  }
  await page.close();
  expect(wide).toEqual([]);
});

it('puts the rail on the side where reading begins', async () => {
  const page = await openIn('ar-XB');
  const rail = await page.locator('.rail').boundingBox();
  const content = await page.locator('.content').boundingBox();
  await page.close();
  expect(rail && content && rail.x > content.x).toBe(true);
});

it('changes the words of a pseudo-language and leaves what is filled in', () => {
  expect(createText('en-XA')('palette.count', { count: 4 })).toMatch(/^⟦4 pláçéš.*⟧$/u);
});
