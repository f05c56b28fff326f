import type { Milliseconds } from '../../base/clock.js';
import type { RoomAlias, RoomId, UserId } from '../../spec/ids.js';
import { type Reader, statement, type Transaction } from '../../storage/database.js';

interface AliasRow {
  alias: RoomAlias;
  room_id: RoomId;
  creator: UserId;
}

const insertAlias = statement<[string, string, string, Milliseconds]>(
  'INSERT INTO room_aliases (alias, room_id, creator, created_ts) VALUES (?, ?, ?, ?) ON CONFLICT (alias) DO NOTHING',
);
const deleteAlias = statement<[string]>('DELETE FROM room_aliases WHERE alias = ?');
const byAlias = statement<[string], AliasRow>('SELECT alias, room_id, creator FROM room_aliases WHERE alias = ?');
const ofRoom = statement<[string], AliasRow>(
  'SELECT alias, room_id, creator FROM room_aliases WHERE room_id = ? ORDER BY alias',
);
const counts = statement<[string, string], { of_room: number; of_creator: number }>(`
  SELECT (SELECT COUNT(*) FROM room_aliases WHERE room_id = ?) AS of_room,
    (SELECT COUNT(*) FROM room_aliases WHERE creator = ?) AS of_creator`);
const moveAliases = statement<[string, string]>('UPDATE room_aliases SET room_id = ? WHERE room_id = ?');
const publish = statement<[string]>(
  'INSERT INTO published_rooms (room_id) VALUES (?) ON CONFLICT (room_id) DO NOTHING',
);
const unpublish = statement<[string]>('DELETE FROM published_rooms WHERE room_id = ?');
const published = statement<[string], { room_id: RoomId }>('SELECT room_id FROM published_rooms WHERE room_id = ?');
const allPublished = statement<[number], { room_id: RoomId }>('SELECT room_id FROM published_rooms LIMIT ?');

export interface AliasRecord {
  readonly alias: RoomAlias;
  readonly roomId: RoomId;
  readonly creator: UserId;
}

/** Tables `room_aliases` (this server's names for rooms) and `published_rooms`. */
export class DirectoryStore {
  /** @returns false when the alias is taken */
  async insertAlias(tx: Transaction, record: AliasRecord, createdTs: Milliseconds): Promise<boolean> {
    return (await tx.run(insertAlias, record.alias, record.roomId, record.creator, createdTs)) > 0;
  }

  async deleteAlias(tx: Transaction, alias: RoomAlias): Promise<void> {
    await tx.run(deleteAlias, alias);
  }

  async byAlias(db: Reader, alias: RoomAlias): Promise<AliasRecord | undefined> {
    const row = await db.get(byAlias, alias);
    return row && toRecord(row);
  }

  async ofRoom(db: Reader, roomId: RoomId): Promise<AliasRecord[]> {
    return (await db.all(ofRoom, roomId)).map(toRecord);
  }

  /** How many names a room has, and how many somebody gave. */
  async counts(db: Reader, roomId: RoomId, creator: UserId): Promise<{ ofRoom: number; ofCreator: number }> {
    const row = await db.get(counts, roomId, creator);
    return { ofRoom: row?.of_room ?? 0, ofCreator: row?.of_creator ?? 0 };
  }

  /** All names of `from` lead to `to`. */
  async moveAliases(tx: Transaction, from: RoomId, to: RoomId): Promise<void> {
    await tx.run(moveAliases, to, from);
  }

  async setPublished(tx: Transaction, roomId: RoomId, isPublished: boolean): Promise<void> {
    await tx.run(isPublished ? publish : unpublish, roomId);
  }

  async isPublished(db: Reader, roomId: RoomId): Promise<boolean> {
    return (await db.get(published, roomId)) !== undefined;
  }

  async published(db: Reader, limit: number): Promise<RoomId[]> {
    return (await db.all(allPublished, limit)).map((row) => row.room_id);
  }
}

const toRecord = (row: AliasRow): AliasRecord => ({ alias: row.alias, roomId: row.room_id, creator: row.creator });
