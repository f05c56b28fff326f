import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { buildProgram } from '../../support/build-program.js';
import { sqliteDatabases } from '../../support/databases.js';
import { runUntilKilled } from '../../support/killed-process.js';
import { seededRandom } from '../../support/seeded-random.js';

const KILLS = 20;
const SEED = Number(process.env.SEED ?? Date.now() % 1e9);
const random = seededRandom(SEED);

const databases = sqliteDatabases();

function stored(path: string): Set<string> {
  const raw = new BetterSqlite3(path);
  try {
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
    const rows = raw.prepare("SELECT key FROM meta WHERE key LIKE 'key %'").all() as { key: string }[];
    return new Set(rows.map(({ key }) => key));
  } finally {
    raw.close();
  }
}

it(`keeps every acknowledged write while the file is written anew, over ${KILLS} kills`, {
  timeout: 120_000,
}, async () => {
  const config = await databases.create();
  if (config.engine !== 'sqlite') return;
  using program = await buildProgram('test/faults/storage/shrinking-process.ts');
  const acknowledged: string[] = [];
  for (let run = 0; run < KILLS; run += 1) {
    const news = await runUntilKilled(program.path, [config.path, String(run)], random() * 400);
    acknowledged.push(...news);
    const found = stored(config.path);
    const told = `seed ${SEED}, run ${run}`;
    expect(news.length, told).toBeGreaterThan(0);
    expect(
      acknowledged.filter((key) => !found.has(key)),
      told,
    ).toEqual([]);
  }
});
