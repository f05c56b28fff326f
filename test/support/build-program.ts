import { mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './fixtures.js';

/** A program of the tests, bundled so that plain Node runs it; goes away at the end of its scope. */
export async function buildProgram(source: string): Promise<Disposable & { readonly path: string }> {
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.hearth-test-'));
  const threads = ['sqlite-aside.worker.ts', 'sqlite-checkpoint.worker.ts', 'sqlite-upkeep.worker.ts'];
  const entries = [join(ROOT, source), ...threads.map((name) => join(ROOT, 'src-main', 'storage', name))];
  await build({
    entryPoints: entries.map((file) => ({ in: file, out: basename(file, '.ts') })),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    outdir: folder,
    logLevel: 'warning',
  });
  return {
    path: join(folder, `${basename(source, '.ts')}.js`),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
