import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'hearth-tests');
const SOURCES = ['src-main', 'src-renderer', 'assets', 'package.json', 'vite.config.ts', 'esbuild.config.mjs'];
/** Longer than any run of the tests. */
const KEPT = 60 * 60 * 1000;

/**
 * The built programs and pages of the sources as they are now, in a folder that nobody changes: built when there is no
 * such folder yet, apart from `dist`, so that tests and a running Hearth leave each other alone.
 */
export async function builtHearth(): Promise<string> {
  const folder = join(CACHE, fingerprint());
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const fresh = join(CACHE, `new-${process.pid}`);
  await promisify(execFile)(process.execPath, [join(ROOT, 'esbuild.config.mjs'), '--out', fresh], {
    cwd: ROOT,
    // as it is delivered: without this, the pages would be made for those who look for mistakes in them, and slow
    env: { ...process.env, NODE_ENV: 'production' },
  });
  settle(fresh, folder);
  clearOld();
  return folder;
}

/** Test files run side by side: the first to be ready wins. */
function settle(fresh: string, folder: string): void {
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
}

function clearOld(): void {
  const folders = readdirSync(CACHE).map((name) => join(CACHE, name));
  for (const folder of folders) {
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > KEPT) rmSync(folder, { recursive: true, force: true });
  }
}

/** Changes whenever a source does. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((name) => filesOf(join(ROOT, name))).toSorted()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
