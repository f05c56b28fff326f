/**
 * CPU per durable write of three inserts, 1, 16 and 64 in flight, on SQLite in a temporary folder.
 *
 *   npm run bench -- storage-writes
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../src-main/base/clock.js';
import { silentLogger } from '../../src-main/base/logger.js';
import { statement } from '../../src-main/storage/database.js';
import { migrations } from '../../src-main/storage/migrations/index.js';
import { openSqlite } from '../../src-main/storage/sqlite.js';
import { type SyncFile, syncFile } from '../../src-main/storage/sqlite-wal.js';

const schema = {
  version: 9999,
  name: 'bench',
  sql: [
    'CREATE TABLE b_events (nid INTEGER PRIMARY KEY, id TEXT UNIQUE, json TEXT)',
    'CREATE TABLE b_stream (pos INTEGER PRIMARY KEY, nid INTEGER)',
    'CREATE TABLE b_timeline (room INTEGER, nid INTEGER, PRIMARY KEY (room, nid)) WITHOUT ROWID',
  ],
};
const addEvent = statement<[string, string], { nid: number }>(
  'INSERT INTO b_events (id, json) VALUES (?, ?) RETURNING nid',
);
const addStream = statement<[number, number]>('INSERT INTO b_stream (pos, nid) VALUES (?, ?)');
const addTimeline = statement<[number, number]>('INSERT INTO b_timeline VALUES (?, ?)');
const body = 'x'.repeat(900);

async function measure(inFlight: number, total: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-'));
  let syncs = 0;
  const sync: SyncFile = (file) => {
    syncs += 1;
    return syncFile(file);
  };
  const deps = {
    clock: systemClock,
    log: silentLogger,
    migrations: [...migrations, schema],
    sync,
    checkpointPages: Number(process.env.PAGES ?? 4000),
  };
  const db = await openSqlite(join(folder, 'a.db'), deps);
  const write = async (key: number) => {
    await db.write(async (tx) => {
      const position = tx.position();
      const row = await tx.get(addEvent, `$${key}`, body);
      const nid = row?.nid ?? 0;
      await tx.run(addStream, position, nid);
      await tx.run(addTimeline, 1, nid);
      tx.announce('room:!a');
    });
    await db.durable();
  };
  for (let key = -3000; key < 0; key += 64) {
    await Promise.all(Array.from({ length: 64 }, (_, index) => write(-key * 1e6 + index))); // fills the WAL once
  }
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const start = performance.now();
  let next = 0;
  const writer = async () => {
    while (next < total) {
      next += 1;
      await write(next);
      await new Promise(setImmediate);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, writer));
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  console.log(
    `${inFlight} in flight: ${Math.round(total / seconds)}/s, ${((used.user + used.system) / total).toFixed(0)} us CPU a write (user ${(used.user / total).toFixed(0)}), ` +
      `loop p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, max ${(delay.max / 1e6).toFixed(1)} ms, ${syncs} syncs`,
  );
  await db.close();
  rmSync(folder, { recursive: true });
}

await measure(1, 3000);
await measure(16, 20_000);
await measure(64, 20_000);
