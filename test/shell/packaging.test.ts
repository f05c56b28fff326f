import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { placeIn } from '../../src-main/shell/electron/deep-links.js';
import { builtHearth } from '../support/built.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ELECTRON = '45.4.1';
/** What Electron's program carries so that its fuses can be found, then one digit for each fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const run = promisify(execFile);

const work = mkdtempSync(join(tmpdir(), 'hearth-package-'));
const resources = join(work, 'out', 'linux-unpacked', 'resources');
let packed: string[];

/** Electron as a folder, as far as packing looks at it: its program is not there to be run. */
function standInElectron(): string {
  const dist = join(work, 'electron');
  mkdirSync(join(dist, 'resources'), { recursive: true });
  mkdirSync(join(dist, 'locales'));
  const wire = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([1, 9]), Buffer.from('100111000')]);
  writeFileSync(join(dist, 'electron'), Buffer.concat([Buffer.alloc(512, 1), wire, Buffer.alloc(512, 1)]));
  chmodSync(join(dist, 'electron'), 0o755);
  writeFileSync(join(dist, 'version'), `v${ELECTRON}`);
  for (const name of ['chrome_crashpad_handler', 'chrome-sandbox', 'icudtl.dat', 'resources.pak']) {
    writeFileSync(join(dist, name), 'x');
  }
  for (const language of ['en-US', 'de', 'fr']) writeFileSync(join(dist, 'locales', `${language}.pak`), 'x');
  return dist;
}

/** The project's own settings, but for where the programs come from: what was built of the sources as they are now. */
async function settings(): Promise<string> {
  const config = parse(readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')) as { files: unknown[] };
  const files = config.files.filter((pattern) => !/^!?dist\//.test(String(pattern)));
  const programs = { from: await builtHearth(), to: 'dist', filter: ['**/*', '!**/*.map', '!electron-double-*'] };
  const path = join(work, 'electron-builder.json');
  const output = { ...(config as { directories?: object }).directories, output: join(work, 'out') };
  const electron = { electronDist: standInElectron(), electronVersion: ELECTRON };
  writeFileSync(path, JSON.stringify({ ...config, ...electron, directories: output, files: [programs, ...files] }));
  return path;
}

beforeAll(async () => {
  const node = process.execPath;
  const builder = join(ROOT, 'node_modules', 'electron-builder', 'cli.js');
  const options = ['--linux', 'dir', '--x64', '--config', await settings()];
  await run(node, [builder, ...options], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  const asar = join(ROOT, 'node_modules', '@electron', 'asar', 'bin', 'asar.js');
  const listed = await run(node, [asar, 'list', join(resources, 'app.asar')], { maxBuffer: 64 * 1024 * 1024 });
  packed = listed.stdout.split('\n').filter((line) => line !== '');
}, 120_000);

afterAll(() => rmSync(work, { recursive: true, force: true, maxRetries: 3 }));

it('packs the programs, the pages and the pictures', () => {
  expect(packed).toEqual(
    expect.arrayContaining([
      '/package.json',
      '/dist/main.js',
      '/dist/core.js',
      '/dist/preload.cjs',
      '/dist/renderer/index.html',
      '/dist/renderer/join.html',
      '/dist/assets/icon.png',
      '/dist/assets/tray/running.png',
      '/node_modules/better-sqlite3/package.json',
    ]),
  );
});

it('packs neither sources nor tools nor a Node of its own', () => {
  const unwanted =
    /^\/(?:src-|test|\.git)|\.(?:ts|tsx|map)$|^\/node_modules\/(?:node-(?:linux|win|darwin|bin)|vite|electron|typescript|react)(?:\/|-[^/]*-|$)/;
  expect(packed.filter((path) => unwanted.test(path))).toEqual([]);
});

it('unpacks the native modules of this platform, and of no other', () => {
  const unpacked = readdirSync(join(resources, 'app.asar.unpacked'), { recursive: true, encoding: 'utf8' });
  const native = unpacked.filter((path) => path.endsWith('.node'));
  expect(native.filter((path) => !path.includes('linux-x64')).map(String)).toEqual([]);
  for (const name of ['better-sqlite3', 'sodium-native', 'bcrypt', 'sharp-linux-x64']) {
    expect({ name, isThere: native.some((path) => path.includes(name)) }).toEqual({ name, isThere: true });
  }
});

it('sets every fuse', () => {
  const program = readFileSync(join(work, 'out', 'linux-unpacked', 'hearth')).toString('latin1');
  const start = program.indexOf(SENTINEL) + SENTINEL.length + 2;
  // run as Node, cookie encryption, NODE_OPTIONS, inspect, asar integrity, only from asar, own snapshot, file privileges
  expect(program.slice(start, start + 8)).toBe('01001100');
});

it('brings the languages that the app speaks', () => {
  expect(existsSync(join(work, 'out', 'linux-unpacked', 'locales', 'fr.pak'))).toBe(false);
  expect(readdirSync(join(work, 'out', 'linux-unpacked', 'locales')).sort()).toEqual(['de.pak', 'en-US.pak']);
});

interface Declared {
  readonly protocols: readonly { readonly schemes: readonly string[] }[];
  readonly linux: {
    readonly icon: string;
    readonly executableName: string;
    readonly desktop: { readonly desktopActions: Readonly<Record<string, { Name: string; Exec: string }>> };
  };
  readonly mac: { readonly icon: string; readonly extendInfo: Readonly<Record<string, string>> };
  readonly win: { readonly icon: string };
}

it('tells each system what it asks for: links, icons, launcher actions that lead to screens, and why the home network', () => {
  const { protocols, linux, mac, win } = parse(readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')) as Declared;
  expect(protocols.flatMap(({ schemes }) => schemes)).toEqual(['hearth']);
  for (const { icon } of [linux, mac, win]) expect(existsSync(join(ROOT, 'assets', icon))).toBe(true);
  const actions = Object.values(linux.desktop.desktopActions);
  const places = actions.map(({ Exec }) => placeIn(Exec.split(' ').slice(1)));
  expect(places).toEqual(['/', '/people/invitations', '/logs']);
  for (const { Exec } of actions) expect(Exec.split(' ')[0]).toBe(linux.executableName);
  expect(mac.extendInfo['NSLocalNetworkUsageDescription']).toMatch(/home network/);
});
