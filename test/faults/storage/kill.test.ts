import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { buildProgram } from '../../support/build-program.js';
import { sqliteDatabases } from '../../support/databases.js';
import { runUntilKilled } from '../../support/killed-process.js';
import { seededRandom } from '../../support/seeded-random.js';

const KILLS = 35;
const SEED = Number(process.env.SEED ?? Date.now() % 1e9);
const random = seededRandom(SEED);

const databases = sqliteDatabases();

/** Runs the writer, kills it a moment after it has begun to write; says what it had acknowledged. */
async function writeUntilKilled(program: string, path: string, run: number): Promise<Map<string, number>> {
  const lines = await runUntilKilled(program, [path, String(run)], random() * 120);
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

function stored(path: string): Map<string, number> {
  using raw = Object.assign(new BetterSqlite3(path, { readonly: true }), {
    [Symbol.dispose](this: BetterSqlite3.Database) {
      this.close();
    },
  });
  expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
  const rows = raw.prepare("SELECT key, value FROM meta WHERE key LIKE 'key %'").all() as {
    key: string;
    value: string;
  }[];
  return new Map(rows.map(({ key, value }) => [key, Number(value)]));
}

it(`keeps every acknowledged write, once and in order, over ${KILLS} kills`, { timeout: 180_000 }, async () => {
  const config = await databases.create();
  if (config.engine !== 'sqlite') return;
  using program = await buildProgram('test/faults/storage/writer-process.ts');
  const acknowledged = new Map<string, number>();
  for (let run = 0; run < KILLS; run += 1) {
    const before = Math.max(0, ...acknowledged.values());
    const news = await writeUntilKilled(program.path, config.path, run);
    for (const [key, position] of news) acknowledged.set(key, position);
    const told = `seed ${SEED}, run ${run}`;
    const found = stored(config.path);
    expect(news.size, told).toBeGreaterThan(0);
    expect(Math.min(...news.values()), told).toBeGreaterThan(before);
    expect(
      [...acknowledged].filter(([key, position]) => found.get(key) !== position),
      told,
    ).toEqual([]);
    expect(new Set(found.values()).size, told).toBe(found.size);
  }
});
