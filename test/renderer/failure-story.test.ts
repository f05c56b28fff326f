import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { launchBrowser } from '../support/chromium.js';
import { TestFamily } from '../support/family.js';
import { pressKey } from '../support/keyboard.js';

vi.setConfig({ testTimeout: 60_000 });

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

it('says why the server does not start, keeps what was known, and starts again when that is mended', async () => {
  await using family = await TestFamily.open(browser);
  const { page } = family;
  const path = family.hearth.running.host.configPath;
  const good = readFileSync(path, 'utf8');
  writeFileSync(path, `${good}\nmax_upload_size: [nonsense]\n`);
  await family.ask('server.restart');
  const alert = page.getByRole('alert').first();
  await alert.getByText('Until it runs again, nobody can send or receive.').waitFor();
  await page.getByRole('banner').getByText('Not running').waitFor();
  await page
    .getByText(/^As of /)
    .first()
    .waitFor();
  await pressKey(page, alert.getByRole('button', { name: 'Start again' }));
  await alert.waitFor();
  writeFileSync(path, good);
  await pressKey(page, page.getByRole('alert').first().getByRole('button', { name: 'Start again' }));
  await page.getByRole('alert').filter({ hasText: 'Until it runs again' }).waitFor({ state: 'detached' });
  await page
    .getByText(/^As of /)
    .first()
    .waitFor({ state: 'detached' });
  expect((await family.hearth.running.host.status()).state).toBe('running');
});
