import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startHomeserver } from '../support/homeserver.js';
import { whoMaySee } from './who-may-see.js';

/**
 * The answers of every way to read of a room, to everybody, in rooms of every visibility: as in the table, and no
 * others. A last column says what Synapse answers where it is something else: it tells those who may not see an event 403
 * where we say that there is none, shuts out the banned where we let them read up to their ban, like those who left, and
 * lets strangers list who is joined to a room that the world may read.
 *
 * `HEARTH_WRITE=1` writes the table anew.
 */
const TABLE = join(import.meta.dirname, 'who-may-see.tsv');

it('shows everybody of a room what is theirs to see, and nothing more', async () => {
  await using server = await startHomeserver();
  await server.restart({ registration: { ...server.config.registration, guests: true } });
  const seen = await whoMaySee(server);
  const table = readFileSync(TABLE, 'utf8').trimEnd().split('\n');
  if (process.env['HEARTH_WRITE']) writeFileSync(TABLE, `${merge(table, seen).join('\n')}\n`);
  else expect(seen).toEqual(table.map((line) => line.split('\t').slice(0, 4).join('\t')));
}, 120_000);

/** New answers, with what the table says of Synapse's. */
function merge(table: readonly string[], seen: readonly string[]): string[] {
  const synapse = new Map(
    table.map((line) => {
      const [visibility, question, person, ours = '', theirs = ours] = line.split('\t');
      return [[visibility, question, person].join('\t'), theirs];
    }),
  );
  return seen.map((line) => {
    const [visibility, question, person, ours = ''] = line.split('\t');
    const theirs = synapse.get([visibility, question, person].join('\t')) ?? ours;
    return theirs === ours ? line : `${line}\t${theirs}`;
  });
}
