import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import type { RoomId } from '../../src-main/spec/ids.js';
import { aroundFamily, type TestFamily } from '../support/family.js';
import { pressKey } from '../support/keyboard.js';
import type { TestUser } from '../support/test-client.js';

vi.setConfig({ testTimeout: 60_000 });

const GB = 1e9;
const space = { free: 200 * GB, total: 500 * GB, isNetwork: false };

let family: TestFamily;
let page: Page;
let kim: TestUser;
let roomId: RoomId;

aroundFamily(
  async (story) => {
    ({ family, page } = story);
    kim = await family.add('kim', 'Kim');
    roomId = await kim.createRoom({ name: 'Chess' });
  },
  { diskSpace: async () => space },
);

/** The disk has so much left, and the console looks anew. */
async function leave(free: number, path: string, heading: string): Promise<void> {
  space.free = free;
  family.clock.move(6_000);
  await family.ask('health.runNow', { codes: ['disk-space'] });
  await family.go(path, heading);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

let said = 0;
const say = async (): Promise<number> => {
  said += 1;
  const body = { msgtype: 'm.text', body: `hello ${said}` };
  return (await kim.request('PUT', `/rooms/${roomId}/send/m.room.message/s${said}`, { body })).status;
};
const upload = async (): Promise<number> => {
  const headers = { 'content-type': 'text/plain' };
  return (await kim.request('POST', '/_matrix/media/v3/upload', { body: Buffer.from(`file ${said}`), headers })).status;
};
const band = (words: string) => page.getByRole('alert').filter({ hasText: words });
const FILES = 'The disk is nearly full: no more files are taken.';
const ALL = 'The disk is full: nothing new is taken.';

it('warns first, and nothing is refused', async () => {
  await leave(18 * GB, '/', 'Home');
  await page.getByText('Only 18 GB of 500 GB are left on the disk.').first().waitFor();
  expect([await upload(), await say()]).toEqual([200, 200]);
});

it('then says that files of other servers are not fetched', async () => {
  await leave(4 * GB, '/', 'Home');
  await page.getByText('The disk is nearly full: 4 GB are left.').first().waitFor();
  await page.getByText('Pictures and files of other servers are not fetched').first().waitFor();
  expect((await kim.get('/_matrix/client/v1/media/download/club.test/abc')).status).toBe(507);
  expect([await upload(), await say()]).toEqual([200, 200]);
  await family.go('/storage', 'Storage');
  await page.getByRole('alert').getByText('4 GB left.').waitFor();
});

it('then takes no more files, and says so on every page', async () => {
  await leave(0.9 * GB, '/people', 'People');
  await band(FILES).getByText('Only 900 MB are left.').waitFor();
  expect([await upload(), await say()]).toEqual([507, 200]);
  await pressKey(page, band(FILES).getByRole('link', { name: 'Review what can be cleared' }));
  await page.getByRole('heading', { name: 'Link previews' }).waitFor();
});

it('then takes nothing new, and can still be read and cleared up', async () => {
  await leave(0.2 * GB, '/rooms', 'Rooms');
  await band(ALL).getByText('Only 200 MB are left.').waitFor();
  expect([await upload(), await say()]).toEqual([507, 507]);
  expect((await kim.get('/sync')).status).toBe(200);
  await family.ask('storage.cleanUp', { kind: 'previews', days: 1 });
  await vi.waitFor(async () =>
    expect(await family.ask('storage.cleanUps')).toMatchObject([{ kind: 'previews', state: 'done' }]),
  );
});

it('goes on by itself once there is room, step by step', async () => {
  await leave(0.8 * GB, '/rooms', 'Rooms');
  await band(FILES).waitFor();
  expect([await upload(), await say()]).toEqual([507, 200]);
  await leave(190 * GB, '/', 'Home');
  await page.getByText('190 GB free').waitFor();
  await band('The disk is').waitFor({ state: 'detached' });
  await page.getByText('are left on the disk').waitFor({ state: 'detached' });
  expect([await upload(), await say()]).toEqual([200, 200]);
});
