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
