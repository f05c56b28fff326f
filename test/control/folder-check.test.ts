import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { SetupMode } from '../../src-main/control/contract.js';
import { checkFolder, type DiskSpace } from '../../src-main/control/setup/folder-check.js';

const GB = 1_000_000_000;
const home = mkdtempSync(join(tmpdir(), 'hearth-folders-'));

afterAll(() => rmSync(home, { recursive: true, force: true }));

const check = (folder: string, mode: SetupMode = 'home', space: Partial<DiskSpace> = {}) =>
  checkFolder(folder, mode, async () => ({ free: 200 * GB, total: 500 * GB, isNetwork: false, ...space }));

it('takes a folder that is not there yet, and one that is empty', async () => {
  const empty = join(home, 'empty');
  mkdirSync(empty);
  for (const folder of [join(home, 'a', 'b', 'c'), empty]) {
    expect(await check(` ${folder} `)).toEqual({
      verdict: 'ok',
      code: undefined,
      folder,
      freeBytes: 200 * GB,
      totalBytes: 500 * GB,
    });
  }
});

it.each(['OneDrive', 'OneDrive - Smith', 'Dropbox', 'Google Drive', 'Nextcloud', 'Library/Mobile Documents'])(
  'refuses a folder below %s, which copies files while they are written',
  async (name) => {
    expect(await check(join(home, name, 'hearth'))).toMatchObject({ verdict: 'refused', code: 'FOLDER_IS_SYNCED' });
  },
);

it.each<[string, string, string]>([
  ['nothing', '  ', 'FOLDER_EMPTY'],
  ['a path from nowhere', 'data/hearth', 'FOLDER_NOT_ABSOLUTE'],
])('refuses %s', async (_case, folder, code) => {
  expect(await check(folder)).toMatchObject({ verdict: 'refused', code });
});

it('refuses a file, and a folder that holds a server', async () => {
  const file = join(home, 'file');
  writeFileSync(file, '');
  expect(await check(file)).toMatchObject({ code: 'FOLDER_IS_FILE' });
  const taken = join(home, 'taken');
  mkdirSync(taken);
  writeFileSync(join(taken, 'homeserver.db'), '');
  expect(await check(taken)).toMatchObject({ verdict: 'refused', code: 'FOLDER_HAS_SERVER' });
});

it.skipIf(process.getuid?.() === 0)('refuses a folder that it may not write', async () => {
  const locked = join(home, 'locked');
  mkdirSync(locked);
  chmodSync(locked, 0o500);
  expect(await check(join(locked, 'hearth'))).toMatchObject({ verdict: 'refused', code: 'FOLDER_NOT_WRITABLE' });
});

it('warns of a folder with other files', async () => {
  const used = join(home, 'used');
  mkdirSync(used);
  writeFileSync(join(used, 'letter.txt'), '');
  expect(await check(used)).toMatchObject({ verdict: 'warning', code: 'FOLDER_HAS_FILES' });
});

it.each<[string, SetupMode, Partial<DiskSpace>, string, string]>([
  ['little space at home', 'home', { free: 3 * GB }, 'refused', 'FOLDER_LITTLE_SPACE'],
  ['some space at home', 'home', { free: 12 * GB }, 'warning', 'FOLDER_SOME_SPACE'],
  ['no space to try', 'try', { free: 0.1 * GB }, 'refused', 'FOLDER_LITTLE_SPACE'],
  ['little space to try', 'try', { free: 0.5 * GB }, 'warning', 'FOLDER_SOME_SPACE'],
  ['a disk of another computer', 'home', { isNetwork: true }, 'refused', 'FOLDER_IS_NETWORK'],
])('judges %s', async (_case, mode, space, verdict, code) => {
  expect(await check(join(home, 'new'), mode, space)).toMatchObject({ verdict, code });
});
