import { expect, it } from 'vitest';
import { describeEachDatabase, type TestDatabases } from '../support/databases.js';
import { startHomeserver } from '../support/homeserver.js';
import { rememberingErrors } from './failures.js';
import { Random } from './random.js';
import { Story } from './story.js';

const SEED = Number(process.env['HEARTH_FUZZ_SEED'] ?? 1);
/** Rooms that strange things are sent to; by hand a hundred times as many. */
const ROUNDS = Number(process.env['HEARTH_FUZZ_ROUNDS'] ?? 12);
const WRITES = 40;

describeEachDatabase('strange contents', (databases) => {
  it('are refused or kept, and read again, without a failure', () => fuzz(databases), 600_000);
});

async function fuzz(databases: TestDatabases): Promise<void> {
  const failures: unknown[] = [];
  await using server = await startHomeserver({ database: await databases.create(), log: rememberingErrors(failures) });
  const story = new Story(await server.register('alice'), await server.register('bob'), new Random(SEED));
  for (let round = 0; round < ROUNDS; round += 1) {
    await story.begin();
    for (let write = 0; write < WRITES; write += 1) await story.write();
    await story.readAll();
  }
  expect([...story.wrong.values()]).toEqual([]);
  expect(failures.slice(0, 5)).toEqual([]);
  expect(story.taken).toBeGreaterThan(ROUNDS);
}
