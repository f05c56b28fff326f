/**
 * Builds everything into dist/: the programs with esbuild, the console's pages with vite.
 *
 *   node esbuild.config.mjs              builds
 *   node esbuild.config.mjs --if-needed  builds unless dist/ is newer than every source
 *   node esbuild.config.mjs --out FOLDER builds into another folder, which must not be there yet
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 22;
const major = Number(process.versions.node.split('.')[0]);
if (major < OLDEST_NODE) {
  console.error(
    `Hearth needs Node ${OLDEST_NODE} or newer to build, and this is ${process.versions.node}. ` +
      'Run it as `npm start` or `npm run build`: npm then uses the Node that the project brings.',
  );
  process.exit(1);
}

const root = fileURLToPath(new URL('.', import.meta.url));
const named = process.argv.indexOf('--out');
const wanted = named === -1 ? join(root, 'dist') : resolve(process.argv[named + 1]);
const stamp = join(wanted, '.built');
/** Built apart and put in place at the end: what runs from the old folder meanwhile finds all of it. */
const out = join(dirname(wanted), `.new-${basename(wanted)}-${process.pid}`);
const SOURCES = ['src-main', 'src-renderer', 'assets', 'package.json', 'vite.config.ts', 'esbuild.config.mjs'];

const files = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [path];
const sources = () =>
  SOURCES.map((name) => join(root, name))
    .filter((path) => existsSync(path))
    .flatMap(files);

function isFresh() {
  if (!existsSync(stamp)) return false;
  const built = statSync(stamp).mtimeMs;
  return sources().every((file) => statSync(file).mtimeMs < built);
}

/** Hundreds of small files, which as a package cost 12 MB of memory and a quarter of a second at every start. */
const BUNDLED = /^typebox(?:\/|$)/;

/** All other packages stay outside: some bring native parts, and all can be looked at where they lie. */
const packagesApart = {
  name: 'packages-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || BUNDLED.test(path) ? undefined : { path, external: true },
    );
  },
};

/** The programs, one file each in dist/ with shared chunks beside them, and workers by their own names. */
async function buildPrograms() {
  const { build } = await import('esbuild');
  const entries = ['main.ts', 'core.ts', 'daemon.ts', 'start.ts'].map((name) => join(root, 'src-main', name));
  const workers = files(join(root, 'src-main')).filter((file) => file.endsWith('.worker.ts'));
  const shared = {
    bundle: true,
    platform: 'node',
    target: 'node24',
    plugins: [packagesApart],
    // the text of a program stays in memory as long as it runs: 8 MB less
    minifyWhitespace: true,
    sourcemap: true,
    logLevel: 'warning',
    outdir: out,
  };
  const programs = [...entries.filter((file) => existsSync(file)), ...workers];
  await build({
    ...shared,
    entryPoints: programs.map((file) => ({ in: file, out: basename(file, '.ts') })),
    format: 'esm',
    splitting: true,
    chunkNames: 'chunk-[hash]',
  });
  const preload = join(root, 'src-main', 'shell', 'electron', 'preload.cts');
  if (!existsSync(preload)) return;
  await build({
    ...shared,
    entryPoints: [{ in: preload, out: 'preload' }],
    format: 'cjs',
    external: ['electron'],
    outExtension: { '.js': '.cjs' },
    sourcemap: false,
  });
}

/** Pictures for windows and trays, which take no vector graphics. */
async function buildPictures() {
  const { default: sharp } = await import('sharp');
  const to = join(out, 'assets');
  mkdirSync(join(to, 'tray'), { recursive: true });
  const icon = join(root, 'assets', 'icon.svg');
  const tray = files(join(root, 'assets', 'tray'));
  const sized = (file, size) => sharp(file, { density: 300 }).resize(size, size).png();
  await Promise.all([
    sized(icon, 512).toFile(join(to, 'icon.png')),
    ...tray.map((file) => sized(file, 32).toFile(join(to, 'tray', `${basename(file, '.svg')}.png`))),
    ...tray.map((file) => sized(file, 64).toFile(join(to, 'tray', `${basename(file, '.svg')}@2x.png`))),
  ]);
}

async function buildPages() {
  const { build } = await import('vite');
  await build({
    configFile: join(root, 'vite.config.ts'),
    root: join(root, 'src-renderer'),
    logLevel: 'warn',
    build: { outDir: join(out, 'renderer'), emptyOutDir: true },
  });
}

if (process.argv.includes('--if-needed') && isFresh()) process.exit(0);
console.log('Building Hearth ...');
const begun = performance.now();
mkdirSync(out, { recursive: true });
try {
  await Promise.all([buildPrograms(), buildPages(), buildPictures()]);
} catch (error) {
  rmSync(out, { recursive: true, force: true });
  throw error;
}
writeFileSync(join(out, '.built'), new Date().toISOString());
rmSync(wanted, { recursive: true, force: true });
renameSync(out, wanted);
console.log(`Built in ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
