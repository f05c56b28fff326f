import type { Milliseconds } from '../../../base/clock.js';
import { type JsonObject, parseOwn } from '../../../base/json.js';
import type { DeviceId, RoomId, UserId } from '../../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../../storage/database.js';

interface Row {
  delay_id: string;
  user_id: UserId;
  device_id: DeviceId | null;
  txn_id: string | null;
  room_id: RoomId;
  type: string;
  state_key: string | null;
  content: string;
  delay: Milliseconds;
  running_since: Milliseconds;
  pos: Position;
}

const COLUMNS = 'delay_id, user_id, device_id, txn_id, room_id, type, state_key, content, delay, running_since, pos';
const insert = statement<
  [
    string,
    string,
    string | null,
    string | null,
    string,
    string,
    string | null,
    string,
    Milliseconds,
    Milliseconds,
    Position,
    Milliseconds,
  ]
>(`INSERT INTO delayed_events (${COLUMNS}, send_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const one = statement<[string], Row>(`SELECT ${COLUMNS} FROM delayed_events WHERE delay_id = ?`);
const ofUser = statement<[string], Row>(`SELECT ${COLUMNS} FROM delayed_events WHERE user_id = ? ORDER BY pos`);
const restart = statement<[Milliseconds, Milliseconds, string]>(
  'UPDATE delayed_events SET running_since = ?, send_at = ? + delay WHERE delay_id = ?',
);
const remove = statement<[string]>('DELETE FROM delayed_events WHERE delay_id = ?');
const due = statement<[Milliseconds, number], Row>(
  `SELECT ${COLUMNS} FROM delayed_events WHERE send_at <= ? ORDER BY send_at, pos LIMIT ?`,
);
const next = statement<[], { at: Milliseconds | null }>('SELECT MIN(send_at) AS at FROM delayed_events');
const ofState = statement<[], Row>(`SELECT ${COLUMNS} FROM delayed_events WHERE state_key IS NOT NULL`);

/** An event that waits to be sent. */
export interface DelayedEvent {
  /** whoever knows it may send, cancel or restart it */
  readonly delayId: string;
  readonly userId: UserId;
  /** of the request that brought it; undefined where a transaction id does not belong to it */
  readonly transaction: { readonly deviceId: DeviceId; readonly txnId: string } | undefined;
  readonly roomId: RoomId;
  readonly type: string;
  readonly stateKey: string | undefined;
  readonly content: JsonObject;
  readonly delay: Milliseconds;
  /** when the delay began, ms since the epoch */
  readonly runningSince: Milliseconds;
  /** when it came */
  readonly position: Position;
}

/** Table `delayed_events`. */
export class DelayedEventStore {
  async insert(tx: Transaction, event: DelayedEvent): Promise<void> {
    const { delayId, userId, transaction, roomId, type, stateKey, content, delay, runningSince, position } = event;
    await tx.run(
      insert,
      delayId,
      userId,
      transaction?.deviceId ?? null,
      transaction?.txnId ?? null,
      roomId,
      type,
      stateKey ?? null,
      JSON.stringify(content),
      delay,
      runningSince,
      position,
      runningSince + delay,
    );
  }

  async one(db: Reader, delayId: string): Promise<DelayedEvent | undefined> {
    const row = await db.get(one, delayId);
    return row && toEvent(row);
  }

  /** In the order in which they came. */
  async ofUser(db: Reader, userId: UserId): Promise<DelayedEvent[]> {
    return (await db.all(ofUser, userId)).map(toEvent);
  }

  /** @returns false when it is there no more */
  async restart(tx: Transaction, delayId: string, now: Milliseconds): Promise<boolean> {
    return (await tx.run(restart, now, now, delayId)) > 0;
  }

  /** @returns false when it is there no more */
  async remove(tx: Transaction, delayId: string): Promise<boolean> {
    return (await tx.run(remove, delayId)) > 0;
  }

  /** Those whose delay is over, the longest over first. */
  async due(db: Reader, now: Milliseconds, limit: number): Promise<DelayedEvent[]> {
    return (await db.all(due, now, limit)).map(toEvent);
  }

  /** When the next one is due; undefined when none waits. */
  async nextDue(db: Reader): Promise<Milliseconds | undefined> {
    return (await db.get(next))?.at ?? undefined;
  }

  /** All that will change the state of a room. */
  async ofState(db: Reader): Promise<DelayedEvent[]> {
    return (await db.all(ofState)).map(toEvent);
  }
}

const toEvent = (row: Row): DelayedEvent => ({
  delayId: row.delay_id,
  userId: row.user_id,
  transaction:
    row.device_id === null || row.txn_id === null ? undefined : { deviceId: row.device_id, txnId: row.txn_id },
  roomId: row.room_id,
  type: row.type,
  stateKey: row.state_key ?? undefined,
  content: parseOwn(row.content),
  delay: row.delay,
  runningSince: row.running_since,
  position: row.pos,
});
