import { type Database, statement } from '../storage/database.js';

const sqlite = statement<[], { bytes: number; free: number }>(`
  SELECT c.page_count * s.page_size AS bytes, f.freelist_count * s.page_size AS free
  FROM pragma_page_count() c, pragma_page_size() s, pragma_freelist_count() f`);
const postgres = statement<[], { bytes: number; free: number }>(
  'SELECT pg_database_size(current_database()) AS bytes, 0 AS free',
);

/** How much the database takes, and how much of that it has room in for what comes next. */
export async function databaseSize(db: Database): Promise<{ bytes: number; free: number }> {
  return (await db.aside.get(db.engine === 'sqlite' ? sqlite : postgres)) ?? { bytes: 0, free: 0 };
}
