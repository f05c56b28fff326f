import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { aroundFamily, type TestFamily } from '../support/family.js';
import { chooseRadio, pressKey } from '../support/keyboard.js';

vi.setConfig({ testTimeout: 60_000 });

let family: TestFamily;
let page: Page;

aroundFamily((story) => {
  ({ family, page } = story);
});

const debugLines = async () =>
  (await family.ask<{ lines: unknown[] }>('logs.read', { after: 0, limit: 5000, part: 'http', levels: ['debug'] }))
    .lines.length;

it('tells every detail of one part for a quarter of an hour, follows one request, and stops by itself', async () => {
  await family.go('/logs', 'Logs');
  await family.ask('logs.debug', { part: 'http', on: true });
  const kim = await family.add('kim', 'Kim');
  await kim.get('/account/whoami');
  await expect.poll(debugLines).toBeGreaterThan(1);
  await page.reload();
  await page.getByText(/^Every detail \(ends/).waitFor();
  const debug = page
    .getByRole('checkbox', { name: /Debug/ })
    .or(page.getByRole('button', { name: /Debug/ }))
    .first();
  if (!(await page.getByText('/account/whoami').count())) await debug.click();
  await page.getByText('/account/whoami').last().click();
  await pressKey(page, page.getByRole('button', { name: 'Only this request' }));
  await page.getByText('Only this request:').waitFor();
  await expect.poll(() => page.getByText('/login').count()).toBe(0);
  family.clock.move(16 * 60_000);
  const before = await debugLines();
  await kim.get('/account/whoami');
  expect(await debugLines()).toBe(before);
  expect(await family.ask('logs.read', { after: 0, limit: 1 })).toMatchObject({ debugged: [] });
});

it('exports what helps and names nobody, after it showed what is replaced', async () => {
  await family.go('/logs', 'Logs');
  await page.getByRole('button', { name: 'Export…' }).click();
  const dialog = page.getByRole('dialog');
  await chooseRadio(page, dialog.getByLabel('Everything in memory'));
  await dialog.getByText(/^Replaced: /).waitFor();
  await dialog.getByText('@person-').first().waitFor();
  await pressKey(page, dialog.getByRole('button', { name: 'Write the file' }));
  await dialog.getByText(/^The file is written/).waitFor();
  const folder = join(family.hearth.home, 'exports');
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
  expect(text).toContain('account created from the console');
  expect(text).toContain('@person-');
  for (const name of ['family.test', '@kim', '@alex', '127.0.0.1']) {
    expect(text, name).not.toContain(name);
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});
