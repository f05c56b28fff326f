import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** What keeps the app safe, and the test of it that fails when it is taken away. */
const rows = read('test/shell/security-rows.tsv')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((row) => row.split('\t') as [string, string, string, string, string]);

it.each(rows)('has %s, and a test of it', (_what, source, text, test, title) => {
  expect(read(source)).toContain(text);
  expect(read(test)).toContain(`'${title}'`);
});

const shell = readdirSync(join(ROOT, 'src-main/shell/electron')).map((name) => `src-main/shell/electron/${name}`);

it.each([
  'webSecurity: false',
  'allowRunningInsecureContent',
  'experimentalFeatures',
  'enableBlinkFeatures',
  'disable-web-security',
  'ignore-certificate-errors',
  'setCertificateVerifyProc',
  'certificate-error',
  'sandbox: false',
])('says nowhere %s', (weakening) => {
  expect(shell.filter((path) => read(path).includes(weakening))).toEqual([]);
});

it('makes windows, listens to pages and opens addresses in one place each', () => {
  const places = (text: string) => shell.filter((path) => read(path).includes(text));
  expect(places('new BrowserWindow(')).toEqual(['src-main/shell/electron/window.ts']);
  expect(places('ipcMain.handle(')).toEqual(['src-main/shell/electron/ipc-bridge.ts']);
  expect(places('ipcMain.on(')).toEqual([]);
  expect(places('openExternal(')).toEqual(['src-main/shell/electron/open-outside.ts']);
});

it('lets nobody look into pages with tools once it is delivered', () => {
  expect(read('src-main/shell/electron/window.ts')).toContain('devTools: !app.isPackaged');
});
