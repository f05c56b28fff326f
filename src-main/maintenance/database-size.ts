import { type Database, statement } from '../storage/database.js';

const onServer = statement<[], { bytes: number }>('SELECT pg_database_size(current_database()) AS bytes');

/** How many bytes the database takes. */
export async function databaseBytes(db: Database): Promise<number> {
  return db.upkeep?.size().bytes ?? (await db.aside.get(onServer))?.bytes ?? 0;
}
