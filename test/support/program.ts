import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const workersIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.worker.ts'))
    .map((file) => join(folder, file));

/**
 * Builds the headless program as the release has it, without its pages.
 *
 * @param name of a folder below node_modules, from where packages are found
 * @returns the path of the program
 */
export async function buildDaemon(name: string): Promise<string> {
  const outdir = join(root, 'node_modules', '.cache', name);
  const source = join(root, 'src-main');
  await build({
    entryPoints: [join(source, 'daemon.ts'), ...workersIn(source)].map((file) => ({
      in: file,
      out: basename(file, '.ts'),
    })),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    splitting: true,
    chunkNames: 'chunk-[hash]',
    logLevel: 'warning',
  });
  return join(outdir, 'daemon.js');
}
