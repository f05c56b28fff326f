import { existsSync } from 'node:fs';
import packaged from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

/** What keeps a browser in a test quiet: no network of its own, no sandbox where tests run as root. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--disable-gpu',
  '--no-first-run',
  '--no-default-browser-check',
];

/** A real Chromium: the one that a package brings, or `TEST_CHROMIUM`, or the system's where the package has none. */
export async function chromiumPath(): Promise<string> {
  const given = process.env['TEST_CHROMIUM'];
  if (given) return given;
  if (process.platform === 'linux' && process.arch === 'x64') return packaged.executablePath();
  const known = [
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  const found = known.find((path) => existsSync(path));
  if (!found) throw new Error('no Chromium found: set TEST_CHROMIUM to one');
  return found;
}

export const chromiumFlags = (): string[] => [...QUIET, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];

/** Starts a browser; close it when the tests are through. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await chromiumPath(), args: chromiumFlags(), chromiumSandbox: false });
}
