import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { expect, it } from 'vitest';
import { FLOORS, LIBRARY_HOMES, MAX_LINES, RENDERER_MAY_IMPORT, STOREYS } from './house.js';

const posix = (path: string) => path.split(sep).join('/');
const sources = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => posix(join(folder, file)));
const imports = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import) '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map((match) =>
    posix(join(dirname(file), (match[1] ?? match[2] ?? '').replace(/\.js$/, '.ts'))),
  );

/** `matrix/rooms` for src-main/matrix/rooms/send.ts, `homeserver.ts` for src-main/homeserver.ts. */
const folderOf = (file: string) => {
  const parts = posix(relative('src-main', file)).split('/');
  return parts.slice(0, parts[0] === 'matrix' ? 2 : 1).join('/');
};
const floorOf = (file: string) => FLOORS.findIndex((floor) => floor.includes(folderOf(file)));
const storeyOf = (file: string) => STOREYS.findIndex((suffix) => suffix.test(basename(file)));

const main = sources('src-main');
const edges = main.flatMap((from) => imports(from).map((to) => ({ from, to })));
const abroad = edges.filter(({ from, to }) => folderOf(from) !== folderOf(to));

it('gives every file a floor', () => expect(main.filter((file) => floorOf(file) < 0)).toEqual([]));

it('imports only from lower floors', () =>
  expect(abroad.filter(({ from, to }) => floorOf(to) >= floorOf(from))).toEqual([]));

it('enters a domain by its front door', () =>
  expect(
    abroad.filter(
      ({ to }) => folderOf(to).startsWith('matrix/') && posix(relative('src-main', to)).split('/')[2] !== 'index.ts',
    ),
  ).toEqual([]));

it('keeps stores below services below endpoints', () =>
  expect(
    edges.filter(
      ({ from, to }) =>
        folderOf(from) === folderOf(to) && folderOf(from).startsWith('matrix/') && storeyOf(to) > storeyOf(from),
    ),
  ).toEqual([]));

it('lets the renderer see only the contract', () =>
  expect(
    sources('src-renderer')
      .flatMap(imports)
      .filter((to) => to.startsWith('src-main') && !RENDERER_MAY_IMPORT.includes(to)),
  ).toEqual([]));

it('keeps each library in its home', () =>
  expect(
    main.filter((file) =>
      Object.entries(LIBRARY_HOMES).some(
        ([library, home]) =>
          readFileSync(file, 'utf8').includes(`from '${library}'`) && !home.test(posix(relative('src-main', file))),
      ),
    ),
  ).toEqual([]));

it('keeps files short', () =>
  expect(
    [...main, ...sources('src-renderer')].filter(
      (file) => readFileSync(file, 'utf8').split('\n').length > MAX_LINES + 1,
    ),
  ).toEqual([]));
