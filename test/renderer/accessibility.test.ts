import type { Page } from 'playwright-core';
import { afterAll, beforeAll, it, vi } from 'vitest';
import { expectAccessible } from '../support/axe.js';
import { ConsoleWalk } from '../support/console-walk.js';
import { goTo, TOUR } from '../support/console-tour.js';

vi.setConfig({ testTimeout: 120_000 });

let walk: ConsoleWalk;
let page: Page;

beforeAll(async () => {
  walk = await ConsoleWalk.begin();
  ({ page } = walk);
  await walk.enter();
});

afterAll(async () => {
  await walk?.[Symbol.asyncDispose]();
});

it.each(TOUR)('shows $name without violations', async (stop) => {
  await goTo(page, walk.address, stop);
  await walk.heading(stop.heading);
  await expectAccessible(page, stop.name);
});
