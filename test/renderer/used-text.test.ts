import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { CATALOGUES } from '../../src-renderer/text/use-text.js';

const RENDERER = fileURLToPath(new URL('../../src-renderer', import.meta.url));

/** Everything that the pages are made of, without the catalogues themselves. */
const program = readdirSync(RENDERER, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/^text[/\\](?:en|de)/.test(file))
  .map((file) => readFileSync(join(RENDERER, file), 'utf8'))
  .join('\n');

/** What stands before a computed part: `people.state-` where the key is made as `people.state-${state}`. */
const families = [...program.matchAll(/`([a-z][\w.-]*)\$\{/g)].flatMap(([, beginning]) => beginning ?? []);

it('has no text that nothing shows', () => {
  const unused = Object.keys(CATALOGUES.en).filter(
    (key) => !program.includes(`'${key}'`) && !families.some((beginning) => key.startsWith(beginning)),
  );
  expect(unused).toEqual([]);
});
