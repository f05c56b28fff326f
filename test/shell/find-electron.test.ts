import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findElectron, type Surroundings } from '../../src-main/shell/headless/find-electron.js';

const all = mkdtempSync(join(tmpdir(), 'hearth-electron-'));

afterAll(() => rmSync(all, { recursive: true, force: true }));

const folder = (withProgram: boolean): string => {
  const path = mkdtempSync(join(all, 'package-'));
  if (withProgram) putProgram(path);
  return path;
};

function putProgram(path: string): void {
  mkdirSync(join(path, 'dist'), { recursive: true });
  writeFileSync(join(path, 'dist', 'electron'), '');
  writeFileSync(join(path, 'path.txt'), 'electron');
}

const around = (given: Partial<Surroundings>): Surroundings => ({
  platform: 'linux',
  environment: { DISPLAY: ':0' },
  isRoot: false,
  folder: folder(true),
  fetchProgram: () => Promise.resolve(false),
  ...given,
});

it('finds the program where there is a display', async () => {
  const computer = around({});
  expect(await findElectron(computer)).toEqual({ program: join(computer.folder ?? '', 'dist', 'electron') });
  expect(await findElectron(around({ platform: 'darwin', environment: {} }))).toHaveProperty('program');
});

it('takes the program that ELECTRON_OVERRIDE_DIST_PATH names', async () => {
  const dist = join(folder(true), 'dist');
  const environment = { WAYLAND_DISPLAY: 'wayland-0', ELECTRON_OVERRIDE_DIST_PATH: dist };
  expect(await findElectron(around({ environment, folder: folder(false) }))).toEqual({
    program: join(dist, 'electron'),
  });
});

it('fetches the program once where only its package is there', async () => {
  const fetchProgram = async (path: string) => {
    putProgram(path);
    return true;
  };
  expect(await findElectron(around({ folder: folder(false), fetchProgram }))).toHaveProperty('program');
});

it.each<[string, Partial<Surroundings>, RegExp]>([
  ['there is no display', { environment: {} }, /no display/],
  ['it runs as root', { isRoot: true }, /root/],
  ['Electron is not installed', { folder: undefined }, /not installed/],
  ['its program cannot be downloaded', { folder: folder(false) }, /could not be downloaded/],
  ['somebody says so', { environment: { DISPLAY: ':0', HEARTH_HEADLESS: '1' } }, /HEARTH_HEADLESS/],
])('says in a sentence why there is no window when %s', async (_case, given, why) => {
  expect(await findElectron(around(given))).toEqual({ why: expect.stringMatching(why) });
});
