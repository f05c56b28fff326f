import type { Milliseconds } from '../base/clock.js';
import { type Reader, statement, type Transaction } from '../storage/database.js';
import { MEASURE_NAMES, type Measures, type MeasuredTime } from './measures.js';
import type { MeasureName } from './records.js';

const COLUMN: Readonly<Record<MeasureName, string>> = {
  connected: 'connected',
  activeRooms: 'active_rooms',
  messagesLocal: 'messages_local',
  messagesRemote: 'messages_remote',
  delay: 'delay',
  memory: 'memory',
  diskUsed: 'disk_used',
  diskFree: 'disk_free',
  waitingServers: 'waiting_servers',
  waitingAge: 'waiting_age',
  stall: 'stall',
};
const COLUMNS = MEASURE_NAMES.map((name) => COLUMN[name]);

type Value = number | null;
type Row = Record<string, Value> & { at: number; is_online: number };
type PutParameters = [number, number, number, ...Value[]];

const put = statement<PutParameters>(`
  INSERT INTO measurements (step, at, is_online, ${COLUMNS.join(', ')})
  VALUES (?, ?, ?, ${COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (step, at) DO UPDATE SET
    is_online = excluded.is_online, ${COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}`);
const between = statement<[number, number, number], Row>(`
  SELECT at, is_online, ${COLUMNS.join(', ')} FROM measurements
  WHERE step = ? AND at >= ? AND at < ? ORDER BY at`);
const newest = statement<[number], Row>(`
  SELECT at, is_online, ${COLUMNS.join(', ')} FROM measurements WHERE step = ? ORDER BY at DESC LIMIT 1`);
const oldest = statement<[number], { at: number }>('SELECT at FROM measurements WHERE step = ? ORDER BY at LIMIT 1');
const trim = statement<[number, number]>('DELETE FROM measurements WHERE step = ? AND at < ?');
const putRoom = statement<[string, number]>(`
  INSERT INTO active_rooms (room_id, at) VALUES (?, ?) ON CONFLICT (room_id) DO UPDATE SET at = excluded.at`);
const rooms = statement<[number, number], { room_id: string; at: number }>(
  'SELECT room_id, at FROM active_rooms WHERE at >= ? ORDER BY at DESC LIMIT ?',
);
const trimRooms = statement<[number]>('DELETE FROM active_rooms WHERE at < ?');

/** Tables `measurements` and `active_rooms`. */
export class MeasurementStore {
  async put(tx: Transaction, step: Milliseconds, { at, isOnline, values }: MeasuredTime): Promise<void> {
    await tx.run(put, step, at, isOnline ? 1 : 0, ...MEASURE_NAMES.map((name) => values[name]));
  }

  /** From `from`, before `to`, oldest first. */
  async between(db: Reader, step: Milliseconds, from: Milliseconds, to: Milliseconds): Promise<MeasuredTime[]> {
    return (await db.all(between, step, from, to)).map(toMeasured);
  }

  async newest(db: Reader, step: Milliseconds): Promise<MeasuredTime | undefined> {
    const row = await db.get(newest, step);
    return row && toMeasured(row);
  }

  async oldestAt(db: Reader, step: Milliseconds): Promise<Milliseconds | undefined> {
    return (await db.get(oldest, step))?.at;
  }

  async trim(tx: Transaction, step: Milliseconds, before: Milliseconds): Promise<void> {
    await tx.run(trim, step, before);
  }

  /** Something was said there at that time. */
  async putRooms(tx: Transaction, active: readonly (readonly [roomId: string, at: Milliseconds])[]): Promise<void> {
    await tx.runMany(
      putRoom,
      active.map(([roomId, at]) => [roomId, at] as [string, number]),
    );
  }

  /** Rooms where something was said since a time, the latest first. */
  async rooms(db: Reader, since: Milliseconds, limit: number): Promise<Map<string, Milliseconds>> {
    return new Map((await db.all(rooms, since, limit)).map((row) => [row.room_id, row.at]));
  }

  async trimRooms(tx: Transaction, before: Milliseconds): Promise<void> {
    await tx.run(trimRooms, before);
  }
}

const toMeasured = (row: Row): MeasuredTime => ({
  at: row.at,
  isOnline: row.is_online === 1,
  values: Object.fromEntries(MEASURE_NAMES.map((name) => [name, row[COLUMN[name]] ?? null])) as Measures,
});
