import { type Reader, statement, type Transaction } from '../../storage/database.js';

const add = statement<[string]>('INSERT INTO loose_files (hash) VALUES (?) ON CONFLICT (hash) DO NOTHING');
const some = statement<[string, number], { hash: string }>(
  'SELECT hash FROM loose_files WHERE hash > ? ORDER BY hash LIMIT ?',
);
const drop = statement<[string]>('DELETE FROM loose_files WHERE hash = ?');
const isUsed = statement<[string, string, string], { found: number }>(`
  SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM media WHERE hash = ?)
    OR EXISTS (SELECT 1 FROM remote_media WHERE hash = ?) OR EXISTS (SELECT 1 FROM thumbnails WHERE hash = ?)`);
const thumbnailsOf = statement<[string], { hash: string }>('DELETE FROM thumbnails WHERE source = ? RETURNING hash');

/** Table `loose_files`: files that lost somebody who referred to them, until it is known whether anybody still does. */
export class LooseFileStore {
  async add(tx: Transaction, hash: string): Promise<void> {
    await tx.run(add, hash);
  }

  /** The next ones after `after`, in order. */
  async after(db: Reader, after: string, limit: number): Promise<string[]> {
    return (await db.all(some, after, limit)).map((row) => row.hash);
  }

  /** Whether an upload, a copy or a thumbnail is this file. */
  async isUsed(db: Reader, hash: string): Promise<boolean> {
    return (await db.get(isUsed, hash, hash, hash)) !== undefined;
  }

  /** The file is gone, or in use. */
  async drop(tx: Transaction, hash: string): Promise<void> {
    await tx.run(drop, hash);
  }

  /** Forgets the thumbnails of a picture that nobody refers to; their files are loose then. */
  async loosenThumbnails(tx: Transaction, source: string): Promise<void> {
    for (const { hash } of await tx.all(thumbnailsOf, source)) await tx.run(add, hash);
  }
}
