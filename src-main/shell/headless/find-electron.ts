import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where Electron's program is, or why there is none, in a sentence. */
export type ElectronSearch = { readonly program: string } | { readonly why: string };

/** What the search may know of the computer; tests say otherwise. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
  readonly isRoot: boolean;
  /** folder of Electron's package; undefined when it is not installed */
  readonly folder: string | undefined;
  /** fetches the program into the folder; false when that fails */
  fetchProgram(folder: string): Promise<boolean>;
}

/** Finds Electron's program; where only its package is there, fetches it once, as that package means it. */
export async function findElectron(around: Surroundings): Promise<ElectronSearch> {
  const { platform, environment, isRoot, folder } = around;
  if (environment['HEARTH_HEADLESS']) return { why: 'HEARTH_HEADLESS is set.' };
  const hasDisplay = Boolean(environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY']);
  if (platform === 'linux' && !hasDisplay) return { why: 'There is no display here.' };
  if (platform === 'linux' && isRoot)
    return { why: 'Windows are not opened for root, whose programs run unprotected.' };
  if (!folder) return { why: 'Electron is not installed.' };
  const known = programIn(folder, environment);
  if (known) return { program: known };
  const isFetched = await around.fetchProgram(folder);
  const fetched = isFetched ? programIn(folder, environment) : undefined;
  return fetched ? { program: fetched } : { why: 'The window’s program (Electron) could not be downloaded.' };
}

function programIn(folder: string, environment: NodeJS.ProcessEnv): string | undefined {
  const named = join(folder, 'path.txt');
  const name = existsSync(named) ? readFileSync(named, 'utf8') : 'electron';
  const path = join(environment['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), name);
  return existsSync(path) ? path : undefined;
}

const LONGEST_FETCH = 5 * 60_000;

/** This computer. */
export const thisComputer = (): Surroundings => ({
  platform: process.platform,
  environment: process.env,
  isRoot: process.getuid?.() === 0,
  folder: electronFolder(),
  fetchProgram(folder) {
    process.stdout.write('Fetching the window’s program (Electron), this once ...\n');
    const fetching = spawn(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: LONGEST_FETCH });
    return new Promise((resolve) => {
      fetching.on('error', () => resolve(false));
      fetching.on('exit', (code) => resolve(code === 0));
    });
  },
});

function electronFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return undefined;
  }
}
