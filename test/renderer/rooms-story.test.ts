import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRoomsDesk } from '../../src-main/control/rooms/rooms-desk.js';
import { createStorageDesk } from '../../src-main/control/storage/storage-desk.js';
import type { RoomId } from '../../src-main/spec/ids.js';
import { launchBrowser } from '../support/chromium.js';
import { openFakeConsole } from '../support/console.js';
import { FakeServerHost } from '../support/fake-server-host.js';
import { startHomeserver, type TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

const GB = 1_000_000_000;

/** A console over a server that runs. */
class RealHost extends FakeServerHost {
  override rooms() {
    return createRoomsDesk(this.#real());
  }

  override storage() {
    const { config, health } = one.homeserver;
    return createStorageDesk({
      ...this.#real(),
      measurements: health.measurements,
      disk: async () => ({ folder: config.dataDir, free: 10 * GB, total: 100 * GB, used: 5_000_000, rung: 'fine' }),
      save: () => undefined,
    });
  }

  #real() {
    return { ...one.homeserver, activity: one.homeserver.health.activity, clock: one.clock };
  }
}

let browser: Browser;
let page: Page;
let one: TestHomeserver;
let alice: TestUser;
let bob: TestUser;
let opened: Awaited<ReturnType<typeof openFakeConsole>>;

beforeAll(async () => {
  [browser, one] = await Promise.all([launchBrowser(), startHomeserver()]);
  [alice, bob] = [await one.registerAdmin('alice'), await one.register('bob')];
  opened = await openFakeConsole((events) => new RealHost(events));
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  await page.goto(opened.link());
  await heading('Home');
});
afterAll(async () => {
  await browser?.close();
  await opened?.console.close();
  await one?.[Symbol.asyncDispose]();
});

const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const go = (entry: string) =>
  page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: entry }).click();
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const joined = async (user: TestUser): Promise<RoomId[]> => (await user.ok('GET', '/joined_rooms')).joined_rooms;

it('finds a room, clears its history, and then takes everybody out and erases it', async () => {
  const roomId = await alice.createRoom({ name: 'Loud room', preset: 'public_chat' });
  await bob.join(roomId);
  for (let each = 0; each < 20; each += 1) {
    await bob.send(roomId, 'm.room.message', { msgtype: 'm.text', body: `noise ${each}` });
  }
  await expect.poll(async () => (await one.homeserver.rooms.figures.one(roomId))?.events).toBeGreaterThan(25);
  await go('Rooms');
  await page.getByLabel('Search rooms').fill('loud');
  await page.getByRole('link', { name: 'Loud room' }).click();
  await heading('Loud room');
  await page.getByText('20 messages in the last two weeks').first().waitFor();

  await press('Clear history');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Remove messages from before').fill('2020-01-01');
  await dialog.getByText('No message, about 0 byte on disk.').waitFor();
  await page.keyboard.press('Escape');

  await press('Take everybody out');
  await dialog.getByText('2 people of ours are taken out.').waitFor();
  await dialog.getByLabel('Erase all that is stored of it here').check();
  await dialog.getByLabel('Block it, so that nobody here comes in again').check();
  await dialog.getByLabel('Type Loud room to confirm').fill('Loud room');
  await page.keyboard.press('Enter');
  await page.getByText('Your server does not know this room, or no longer.').waitFor();
  await page.getByText('Done').first().waitFor();
  expect(await joined(bob)).toEqual([]);
  expect((await bob.post(`/join/${roomId}`, {})).status).toBe(403);

  await page.goto(`${opened.console.address}#/rooms/-/blocked`);
  await press('Unblock Loud room');
  await page.getByText('No room is blocked.').waitFor();
});

it('shows what takes the space, and deletes a file of which the name was typed', async () => {
  const uri = await alice.uploadMedia(Buffer.alloc(40_000, 7), 'image/png', 'embarrassing.png');
  await page.goto(`${opened.console.address}#/storage`);
  await heading('Storage');
  await page
    .getByRole('row', { name: /The rest of the database|Messages and history/ })
    .first()
    .waitFor();
  await page.getByRole('tab', { name: 'Pictures and files' }).click();
  await press('Actions for embarrassing.png');
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByLabel('Type embarrassing.png to confirm').fill('embarrassing.png');
  await page.keyboard.press('Enter');
  await page.getByText('No files yet.').waitFor();
  expect((await alice.downloadMedia(uri)).status).toBe(404);
});
