/**
 * Counts the SQL statements of single requests, by their text: what a hot path really asks of the database.
 *
 *   npm run bench -- statements
 */
import BetterSqlite3 from 'better-sqlite3';

const counts = new Map<string, number>();
const prepare = BetterSqlite3.prototype.prepare;
BetterSqlite3.prototype.prepare = function counted(this: BetterSqlite3.Database, sql: string) {
  const prepared = prepare.call(this, sql);
  const text = sql.replace(/\s+/g, ' ').trim();
  for (const method of ['all', 'get', 'run'] as const) {
    const original = prepared[method].bind(prepared) as (...parameters: unknown[]) => unknown;
    Object.defineProperty(prepared, method, {
      value: (...parameters: unknown[]) => {
        counts.set(text, (counts.get(text) ?? 0) + 1);
        return original(...parameters);
      },
    });
  }
  return prepared;
} as typeof prepare;

const { startHomeserver } = await import('../support/homeserver.js');
await using one = await startHomeserver();

async function count(name: string, work: () => Promise<unknown>): Promise<void> {
  counts.clear();
  await work();
  const total = [...counts.values()].reduce((sum, times) => sum + times, 0);
  console.log(`\n${name}: ${total} statements`);
  for (const [sql, times] of [...counts].toSorted((a, b) => b[1] - a[1])) {
    console.log(`  ${String(times).padStart(4)} ${sql.slice(0, 150)}`);
  }
}

const [alice, bob] = [await one.register('alice'), await one.register('bob')];
const roomId = await alice.createRoom({ preset: 'public_chat' });
await bob.join(roomId);
for (let index = 0; index < 20; index += 1) await alice.say(roomId, `message ${index}`);
await bob.sync();
await bob.sync();
await alice.say(roomId, 'warm');
await bob.sync();
await count('a message', () => alice.say(roomId, 'hello'));
await count('a sync with one message', () => bob.sync());
await count('a sync with nothing', () => bob.sync());
await count('a first sync of one room', () => {
  bob.since = undefined;
  return bob.sync();
});
await count('a page of 20 messages', () => bob.messages(roomId, { limit: 20 }));
await count('a join', async () => (await one.register('carol')).join(roomId));
