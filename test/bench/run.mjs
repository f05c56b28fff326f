// Bundles a benchmark and runs it: `npm run bench`, `npm run bench -- --only send`, `npm run bench -- storage-writes`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const [first, ...rest] = process.argv.slice(2);
const isNamed = first !== undefined && !first.startsWith('--');
const name = isNamed ? first : 'homeserver';
const options = isNamed ? rest : process.argv.slice(2);

const source = join(here, '../../src-main');
const workers = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.worker.ts'))
  .map((file) => join(source, file));
// beside the folders of tests and support: what finds its files from where it lies finds them here too
const folder = mkdtempSync(join(here, '../.built-'));
try {
  const sources = [join(here, `${name}.ts`), join(here, '../support/server-process.ts'), ...workers];
  await build({
    entryPoints: sources.map((file) => ({ in: file, out: basename(file, '.ts') })),
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    packages: 'external',
    sourcemap: process.argv.includes('--profile') ? 'inline' : false,
    logLevel: 'warning',
  });
  const { status } = spawnSync(process.execPath, [join(folder, `${name}.js`), ...options], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
