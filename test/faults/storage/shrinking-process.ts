/**
 * Writes to the database at argv[2] and has it written anew over and over, and says on its standard output what is
 * acknowledged: a line `key` each. It runs until it is killed.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../../src-main/base/clock.js';
import { silentLogger } from '../../../src-main/base/logger.js';
import { statement } from '../../../src-main/storage/database.js';
import { migrations } from '../../../src-main/storage/migrations/index.js';
import { openSqlite } from '../../../src-main/storage/sqlite.js';

const put = statement<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?)');

const [, , path = '', run = ''] = process.argv;
const db = await openSqlite(path, { clock: systemClock, log: silentLogger, migrations, checkpointPages: 200 });

async function write(name: string): Promise<void> {
  for (let count = 0; ; count += 1) {
    const key = `key ${run} ${name} ${count}`;
    await db.write((tx) => tx.run(put, key, 'x'.repeat(500)));
    await db.durable();
    writeSync(1, `${key}\n`);
  }
}

async function shrink(): Promise<void> {
  for (;;) {
    await db.upkeep.shrink(new AbortController().signal, () => undefined);
    await db.upkeep.giveBack(20);
  }
}

await Promise.all([shrink(), write('a'), write('b'), write('c')]);
