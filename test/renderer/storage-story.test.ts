import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import type { ActivityPage } from '../../src-main/control/contract.js';
import type { RoomId } from '../../src-main/spec/ids.js';
import { aroundFamily, type TestFamily } from '../support/family.js';
import { chooseOption, pressKey, typeInto } from '../support/keyboard.js';
import type { TestUser } from '../support/test-client.js';

vi.setConfig({ testTimeout: 60_000 });

const DAY = 86_400_000;
const COPIES = 30;
const SIZE = 2000;

let family: TestFamily;
let page: Page;
let kim: TestUser;
let chess: RoomId;

aroundFamily(async (story) => {
  ({ family, page } = story);
  // Some days ago, by the server's clock: the browser knows only today.
  family.clock.move(-3 * DAY);
  kim = await family.add('kim', 'Kim');
  chess = await kim.createRoom({ name: 'Chess' });
  for (let each = 0; each < 12; each += 1) await kim.say(chess, `move ${each}`);
  family.clock.move(3 * DAY);
  await openByLink();
  await kim.say(chess, 'check mate');
  await kim.uploadMedia(Buffer.alloc(40_000, 7), 'image/png', 'board.png');
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog');
const card = (name: string) => page.getByRole('region', { name });

async function openByLink(): Promise<void> {
  await page.goto(family.hearth.running.link());
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
}

/** Copies of files of another server, fetched and opened long ago. */
function putCopies(): void {
  const folder = join(family.hearth.home, 'data');
  const raw = new BetterSqlite3(join(folder, 'homeserver.db'));
  const put = raw.prepare(`
    INSERT INTO remote_media (origin, media_id, hash, size, content_type, name, fetched, last_used)
    VALUES ('club.test', ?, ?, ?, 'text/plain', NULL, 1000, 1000)`);
  for (let each = 0; each < COPIES; each += 1) {
    const hash = String(each).padStart(43, 'h');
    const path = join(folder, 'media_store', hash.slice(0, 2), hash.slice(2, 4), hash.slice(4));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.alloc(SIZE));
    put.run(`copy${each}`, hash, SIZE);
  }
  raw.close();
}

it('says what fills the disk, and leads to the room and to the person who take the most', async () => {
  await vi.waitFor(
    async () => {
      const { rooms } = await family.ask<{ rooms: { name?: string }[] }>('storage.overview');
      expect(rooms.map(({ name }) => name)).toContain('Chess');
    },
    { timeout: 20_000 },
  );
  await family.go('/storage', 'Storage');
  await page.getByRole('row', { name: /Files of our people/ }).waitFor();
  await pressKey(page, card('Largest rooms').getByRole('link', { name: 'Chess' }));
  await page.getByRole('heading', { level: 1, name: 'Chess' }).waitFor();
  await page.goBack();
  const largest = card('Who uploaded the most');
  await largest.getByText('One file').waitFor();
  await pressKey(page, largest.getByRole('link', { name: '@kim:family.test' }));
  await page.getByRole('heading', { level: 1, name: 'Kim' }).waitFor();
  await page.getByRole('tab', { name: 'Media', selected: true }).waitFor();
  await page.getByRole('row', { name: /image\/png/ }).waitFor();
});

it('counts old copies of others’ files, clears them, and says in what happened how many went', async () => {
  putCopies();
  await family.go('/storage/clean-up', 'Storage');
  const days = page.getByLabel('Not opened for').first();
  await chooseOption(page, days, '90 days');
  await page.getByText(`${COPIES} files, 60 kB`).waitFor();
  await pressKey(page, button('Clear away: Copies of others’ files'));
  await dialog().getByText(`${COPIES} files, 60 kB`).waitFor();
  await pressKey(page, dialog().getByRole('button', { name: 'Clear away' }));
  await page.getByRole('row', { name: new RegExp(`Copies of others’ files Done ${COPIES} files`) }).waitFor();
  const noted = async () => (await family.ask<ActivityPage>('activity.list', { limit: 20 })).entries;
  await vi.waitFor(async () =>
    expect(await noted()).toContainEqual(
      expect.objectContaining({
        kind: 'media-deleted',
        fields: expect.objectContaining({ files: COPIES, free: COPIES * SIZE }),
      }),
    ),
  );
  await family.go('/', 'Home');
  await page.getByText(`${COPIES} files were deleted.`).waitFor();
});

it('remembers what was cleared when the server starts again', async () => {
  await family.hearth.restart();
  await family.findDoor();
  await openByLink();
  await family.go('/storage/clean-up', 'Storage');
  await page.getByRole('row', { name: new RegExp(`Copies of others’ files Done ${COPIES} files`) }).waitFor();
});

it('removes what was said in a room before a day, and nothing after it', async () => {
  const texts = async () =>
    (await kim.ok('GET', `/rooms/${chess}/messages`, { query: { dir: 'b', limit: 100 } })).chunk.flatMap(
      ({ content }: { content: { body?: string } }) => content.body ?? [],
    );
  expect(await texts()).toHaveLength(13);
  await family.go(`/rooms/${encodeURIComponent(chess)}`, 'Chess');
  await pressKey(page, button('Clear history'));
  await dialog()
    .getByLabel('Remove messages from before')
    .fill(new Date(Date.now() - DAY).toISOString().slice(0, 10));
  await dialog()
    .getByRole('checkbox', { name: /^Also messages of our own people/ })
    .check();
  await dialog()
    .getByText(/^12 messages, about/)
    .waitFor();
  await typeInto(page, dialog().getByLabel('Type Chess to confirm'), 'Chess');
  await page.keyboard.press('Enter');
  await dialog().waitFor({ state: 'detached' });
  await expect.poll(texts, { timeout: 15_000 }).toEqual(['check mate']);
  await page.getByText('Done', { exact: true }).first().waitFor();
});

it('makes the database smaller, and everybody goes on', async () => {
  await family.go('/storage/clean-up', 'Storage');
  await pressKey(page, button('Make it smaller…'));
  await dialog()
    .getByText(/are free again afterwards/)
    .waitFor();
  await pressKey(page, dialog().getByRole('button', { name: 'Begin' }));
  await page.getByText(/^Done: .* have become/).waitFor();
  await kim.say(chess, 'another game?');
});

it('asks for its link again when days have passed, and opens by a new one in the same tab', async () => {
  family.clock.move(8 * DAY);
  await page.getByRole('tab', { name: 'Overview' }).click();
  await page.getByRole('heading', { level: 1, name: 'Open the console by its link' }).waitFor();
  await openByLink();
  await family.go('/storage', 'Storage');
  const again = await family.signIn('kim', kim.password, 'a new phone');
  await again.say(chess, 'still here');
});
