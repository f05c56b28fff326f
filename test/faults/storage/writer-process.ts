/**
 * Writes to the database at argv[2] as fast as it can, and says on its standard output what is acknowledged: a line
 * `key position` each. It runs until it is killed.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../../src-main/base/clock.js';
import { silentLogger } from '../../../src-main/base/logger.js';
import { statement } from '../../../src-main/storage/database.js';
import { migrations } from '../../../src-main/storage/migrations/index.js';
import { openSqlite } from '../../../src-main/storage/sqlite.js';

const WRITERS = 16;
const put = statement<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)');

const [, , path = '', run = ''] = process.argv;
const db = await openSqlite(path, { clock: systemClock, log: silentLogger, migrations, checkpointPages: 200 });

async function write(name: string): Promise<void> {
  for (let count = 0; ; count += 1) {
    const key = `key ${run} ${name} ${count}`;
    const position = await db.write(async (tx) => {
      const taken = tx.position();
      await tx.run(put, key, `${taken}`);
      return taken;
    });
    await db.durable();
    writeSync(1, `${key} ${position}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, index) => write(`writer-${index}`)));
