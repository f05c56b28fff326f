import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { aroundFamily, type TestFamily } from '../support/family.js';
import { chooseOption, chooseRadio, pressKey, tabTo, typeInto } from '../support/keyboard.js';

vi.setConfig({ testTimeout: 60_000 });

let family: TestFamily;
let page: Page;

aroundFamily((story) => {
  ({ family, page } = story);
});

const file = () => readFileSync(family.hearth.running.host.configPath, 'utf8');
/** Sentences; a key that was only an example gives way to the one that is set. */
const comments = () => file().match(/^# [A-Z].*$/gm) ?? [];
const register = async () => {
  const body = JSON.stringify({ username: 'zed', password: 'rhubarb and custard' });
  return (await fetch(`${family.url}/_matrix/client/v3/register`, { method: 'POST', body })).status;
};
const waits = () => page.getByText('Changes wait for a restart.');
const tick = async (label: string) => {
  await tabTo(page, page.getByLabel(label));
  await page.keyboard.press('Space');
};

it('writes each choice about privacy into the file, and keeps its comments', async () => {
  const before = comments();
  expect(before.length).toBeGreaterThan(10);
  await family.go('/settings/privacy', 'Settings');
  await chooseRadio(page, page.getByLabel('Nobody'));
  await waits().waitFor();
  await expect.poll(file).toMatch(/^enable_registration: false/m);
  for (const [label, line] of [
    ['Guests', /^allow_guest_access: true/m],
    ['Show who is online', /^presence:\n(?: *#.*\n)* +enabled: false/m],
    ['Find everybody by name', /^ +search_all_users: true/m],
    ['Previews of links', /^url_preview_enabled: true/m],
    ['Other servers may ask for names and pictures', /^allow_profile_lookup_over_federation: false/m],
    ['Other servers may see the list of public rooms', /^allow_public_rooms_over_federation: true/m],
  ] as const) {
    await tick(label);
    await expect.poll(file, { message: label }).toMatch(line);
  }
  expect(comments()).toEqual(before);
});

it('takes effect with the restart that it offers', async () => {
  expect(await register()).toBe(401);
  await family.go('/settings/limits', 'Settings');
  await typeInto(page, page.getByLabel('Largest upload, in megabytes'), '7');
  await page.keyboard.press('Enter');
  await expect.poll(file).toMatch(/^max_upload_size: 7340032/m);
  await pressKey(page, page.getByRole('button', { name: 'Restart', exact: true }).first());
  await waits().waitFor({ state: 'detached' });
  await page.getByRole('banner').getByText('Running').or(page.getByText('Needs a look')).first().waitFor();
  await family.findDoor();
  expect(await register()).toBe(403);
  const alex = await family.signIn('alex');
  expect((await alex.get('/_matrix/client/v1/media/config')).body['m.upload.size']).toBe(7 * 1024 * 1024);
});

it('says in words why a number cannot be, and changes nothing', async () => {
  await family.go('/settings/limits', 'Settings');
  const before = file();
  await typeInto(page, page.getByLabel('Largest upload, in megabytes'), 'much');
  await page.getByText('A number above 0.').waitFor();
  await page.keyboard.press('Enter');
  expect(file()).toBe(before);
});

it('lets the server write to people, and tells more in its log', async () => {
  await family.go('/settings', 'Settings');
  await tick('The server may write to people');
  await expect.poll(file).toMatch(/^server_notices:/m);
  await family.go('/settings/advanced', 'Settings');
  await chooseOption(page, page.getByLabel('How much is written down'), 'Debug');
  await expect.poll(file).toMatch(/^ +level: debug/m);
});

it('keeps to the order in which things were chosen, however long the first answer takes', async () => {
  await family.go('/settings/privacy', 'Settings');
  await page.getByRole('radio', { name: 'Nobody', checked: true }).waitFor();
  const first = Promise.withResolvers<void>();
  let sent = 0;
  let answered = 0;
  await page.route('**/control/settings.change', async (route) => {
    sent += 1;
    if (sent === 1) await first.promise;
    await route.continue();
  });
  page.on('response', (response) => {
    if (response.url().endsWith('/control/settings.change')) answered += 1;
  });
  // by way of "With an invitation"
  await chooseRadio(page, page.getByLabel('Anybody'));
  first.resolve();
  await expect.poll(() => answered).toBe(2);
  expect(file()).toMatch(/^registration_requires_token: false/m);
  await page.unroute('**/control/settings.change');
});
