import type { Page } from 'playwright-core';
import { it, vi } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { aroundWalk, type ConsoleWalk } from '../support/console-walk.js';
import { goTo, TOUR } from '../support/console-tour.js';

vi.setConfig({ testTimeout: 120_000 });

let walk: ConsoleWalk;
let page: Page;

aroundWalk((begun) => {
  walk = begun;
  ({ page } = walk);
});

it.each(TOUR)('shows $name without violations', async (stop) => {
  await goTo(page, walk.address, stop);
  await walk.heading(stop.heading);
  await expectAccessible(page, stop.name);
});
