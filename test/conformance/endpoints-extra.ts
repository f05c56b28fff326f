import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../../src-main/http/endpoint.js';
import { pathsOf } from '../../src-main/http/routes.js';
import { ROOT } from '../support/fixtures.js';

/** What clients call that the spec does not have, or no longer, and where it is here. */
interface Extra {
  readonly method: string;
  readonly path: string;
  /** `GET /path/{parameter}, …`, or the test that shows it (`file > name`), or after a dash why it is not there */
  readonly ours: string;
}

/** The rows of `endpoints-extra.tsv`. */
export const extras: readonly Extra[] = readFileSync(join(ROOT, 'test/conformance/endpoints-extra.tsv'), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [method = '', path = '', ours = ''] = line.split('\t');
    return { method, path, ours };
  });

/** Whether there is such a route or test. @param place `GET /path/{parameter}` or `test/file > name` */
export function isThere(endpoints: readonly Endpoint[], place: string): boolean {
  const [file = '', name = ''] = place.split(' > ');
  if (name !== '') return existsSync(join(ROOT, file)) && readFileSync(join(ROOT, file), 'utf8').includes(`'${name}'`);
  const [method, wanted = ''] = place.split(' ');
  return endpoints.some(
    (endpoint) => endpoint.method === method && pathsOf(endpoint).some((path) => matches(path, wanted)),
  );
}

/** A parameter of ours is one of theirs, by whatever name, or any word. */
function matches(path: string, wanted: string): boolean {
  const [ours, theirs] = [path.split('/'), wanted.split('/')];
  return ours.length === theirs.length && ours.every((part, at) => part === theirs[at] || part.startsWith(':'));
}
