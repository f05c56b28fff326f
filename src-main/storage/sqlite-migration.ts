import { closeSync, openSync } from 'node:fs';
import { toSqliteSchema } from './dialect.js';
import type { MigrationTarget } from './migrate.js';
import type { SqliteConnection } from './sqlite-connection.js';

const TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";

/** What migrations need, on SQLite; a backup is a copy beside the file. */
export const sqliteMigrationTarget = (connection: SqliteConnection, path: string): MigrationTarget => ({
  begin: async () => connection.begin(),
  commit: async () => connection.commit(undefined),
  rollback: async () => connection.rollback(),
  tables: async () => connection.all(TABLES, []).map((row) => (row as { name: string }).name),
  define: async (sql) => connection.execute(toSqliteSchema(sql)),
  all: async (sql, parameters) => connection.all(sql, parameters),
  run: async (sql, parameters) => connection.run(sql, parameters),
  async backup(reason) {
    const copy = `${path}.${reason}`;
    closeSync(openSync(copy, 'w', 0o600));
    await connection.copyTo(copy);
    return copy;
  },
});
