import { type Position, type Reader, statement, type Transaction } from './database.js';

const find = statement<[string], { position: Position }>('SELECT position FROM bookmarks WHERE follower = ?');
const put = statement<[string, Position]>(`
  INSERT INTO bookmarks (follower, position) VALUES (?, ?)
  ON CONFLICT (follower) DO UPDATE SET position = excluded.position
`);

/** Table `bookmarks`: up to where each follower has handled its stream. */
export class BookmarkStore {
  async find(db: Reader, follower: string): Promise<Position | undefined> {
    const row = await db.get(find, follower);
    return row?.position;
  }

  async put(tx: Transaction, follower: string, position: Position): Promise<void> {
    await tx.run(put, follower, position);
  }
}
