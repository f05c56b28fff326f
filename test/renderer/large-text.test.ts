import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { aroundWalk, type ConsoleWalk } from '../support/console-walk.js';
import { goTo, TOUR } from '../support/console-tour.js';

vi.setConfig({ testTimeout: 120_000 });

let walk: ConsoleWalk;
let page: Page;

aroundWalk((begun) => {
  walk = begun;
  ({ page } = walk);
});

it('fits small windows and large text without scrolling sideways', async () => {
  await page.evaluate(() => localStorage.setItem('hearth.appearance', '{"textSize":"200"}'));
  await page.reload();
  const overflowing: string[] = [];
  for (const width of [1200, 700, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const stop of TOUR) {
      await goTo(page, walk.address, stop);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (overflow > 0) overflowing.push(`${stop.name} at ${width}: ${overflow}`);
    }
  }
  expect(overflowing).toEqual([]);
});

it.each(['100', '200'])('has every section in sight on a phone with %s percent text', async (textSize) => {
  for (const language of ['en', 'de']) {
    await page.evaluate(
      ([size, language]) => localStorage.setItem('hearth.appearance', JSON.stringify({ textSize: size, language })),
      [textSize, language] as const,
    );
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${walk.address}#/settings`);
    await page.reload();
    await page.locator(`html[lang=${language}] nav a[aria-current=page]`).waitFor();
    const out = await page
      .locator('.nav-entry span')
      .evaluateAll(
        (labels) =>
          labels
            .map((label) => label.getBoundingClientRect())
            .filter(({ left, right, bottom }) => left < 0 || right > innerWidth || bottom > innerHeight).length,
      );
    expect(out).toBe(0);
  }
});
