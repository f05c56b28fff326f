import { type Reader, statement, type Transaction } from '../../storage/database.js';

const put = statement<[string, number, number, string, number, string, number, string]>(`
  INSERT INTO thumbnails (source, width, height, method, animated, hash, size, content_type)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, width, height, method, animated) DO NOTHING`);
const one = statement<[string, number, number, string, number], { hash: string; size: number; content_type: string }>(`
  SELECT hash, size, content_type FROM thumbnails
  WHERE source = ? AND width = ? AND height = ? AND method = ? AND animated = ?`);

/** `crop` fills the size and cuts off what sticks out; `scale` fits into it. */
export type ThumbnailMethod = 'crop' | 'scale';

/** Which thumbnail of an image. */
export interface ThumbnailKey {
  /** the hash of the image */
  readonly source: string;
  readonly width: number;
  readonly height: number;
  readonly method: ThumbnailMethod;
  readonly animated: boolean;
}

/** A thumbnail that was made. */
export interface Thumbnail {
  /** SHA-256 in hexadecimal: the name of its file */
  readonly hash: string;
  /** bytes */
  readonly size: number;
  readonly contentType: string;
}

/** Table `thumbnails`. */
export class ThumbnailStore {
  async put(
    tx: Transaction,
    { source, width, height, method, animated }: ThumbnailKey,
    made: Thumbnail,
  ): Promise<void> {
    await tx.run(put, source, width, height, method, animated ? 1 : 0, made.hash, made.size, made.contentType);
  }

  async one(db: Reader, { source, width, height, method, animated }: ThumbnailKey): Promise<Thumbnail | undefined> {
    const row = await db.get(one, source, width, height, method, animated ? 1 : 0);
    return row && { hash: row.hash, size: row.size, contentType: row.content_type };
  }
}
