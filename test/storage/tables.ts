import { statement } from '../../src-main/storage/database.js';
import type { Migration } from '../../src-main/storage/migrate.js';
import { migrations } from '../../src-main/storage/migrations/index.js';

/** A table for tests of the store itself, beside those of the house. */
export const testMigrations: readonly Migration[] = [
  ...migrations,
  {
    version: 9999,
    name: 'test',
    sql: [
      `CREATE TABLE notes (
        id INTEGER NOT NULL PRIMARY KEY,
        text TEXT NOT NULL UNIQUE,
        number REAL,
        bytes BLOB
      )`,
    ],
  },
];

export interface Note {
  readonly id: number;
  readonly text: string;
  readonly number: number | null;
  readonly bytes: Uint8Array | null;
}

export const addNote = statement<[number, string]>('INSERT INTO notes (id, text) VALUES (?, ?)');
export const addWhole = statement<[number, string, number, Uint8Array]>(
  'INSERT INTO notes (id, text, number, bytes) VALUES (?, ?, ?, ?)',
);
export const addText = statement<[string], { id: number }>('INSERT INTO notes (text) VALUES (?) RETURNING id');
export const putNote = statement<[number, string]>(
  'INSERT INTO notes (id, text) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text',
);
export const allNotes = statement<[], Note>('SELECT id, text, number, bytes FROM notes ORDER BY id');
export const textsInOrder = statement<[], { text: string }>('SELECT text FROM notes ORDER BY text');
export const noteById = statement<[number], Note>('SELECT id, text, number, bytes FROM notes WHERE id = ?');
export const noteByText = statement<[string], Note>('SELECT id, text, number, bytes FROM notes WHERE text = ?');
export const countNotes = statement<[], { count: number; total: number }>(
  'SELECT COUNT(*) AS count, SUM(id) AS total FROM notes',
);
export const byIds = statement<[readonly number[]], { id: number }>(
  'SELECT id FROM notes WHERE id IN INTS(?) ORDER BY id',
);
export const byTexts = statement<[readonly string[]], { id: number }>(
  'SELECT id FROM notes WHERE text IN TEXTS(?) ORDER BY id',
);
export const notTexts = statement<[readonly string[], number], { id: number }>(
  "SELECT id FROM notes WHERE text NOT IN TEXTS(?) AND text <> 'what?' AND id < ? ORDER BY id",
);
export const likeText = statement<[string], { id: number }>(
  "SELECT id FROM notes WHERE text LIKE ? ESCAPE '!' ORDER BY id",
);
