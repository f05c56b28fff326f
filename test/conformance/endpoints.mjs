// Builds endpoints.ts into one file beside it and runs that: `npm run endpoints`.
import { rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const built = here('./.endpoints-built.mjs');
await build({
  entryPoints: [here('./endpoints.ts')],
  outfile: built,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
try {
  await import(pathToFileURL(built).href);
} finally {
  rmSync(built, { force: true });
}
