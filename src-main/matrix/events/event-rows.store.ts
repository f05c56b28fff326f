import { parseOwn } from '../../base/json.js';
import { type Pdu, type RoomEvent, roomEvent } from '../../spec/event.js';
import type { DeviceId, EventId } from '../../spec/ids.js';
import { parseJsonLossless } from '../../spec/json-text.js';
import type { Position } from '../../storage/database.js';
import type { Room } from './rooms.store.js';

/** An event as it stands in the store. */
export interface StoredEvent extends RoomEvent {
  readonly nid: Position;
  readonly room: Room;
  /** its place in the timeline; undefined for events known only as state */
  readonly ord: number | undefined;
  /** the state before it; undefined where that is not known */
  readonly snapshot: number | undefined;
  readonly isRejected: boolean;
  readonly isSoftFailed: boolean;
  /** the nid of the redaction that took its content */
  readonly redactedBy: number | undefined;
  /** the local device that sent it, with its transaction */
  readonly transaction: { readonly deviceId: DeviceId; readonly txnId: string } | undefined;
}

/** A row of table `events`, as it is read. */
export interface EventRow {
  nid: number;
  event_id: EventId;
  room_nid: number;
  ord: number | null;
  snapshot: number | null;
  status: number;
  redacted_by: number | null;
  sender_device: string | null;
  txn_id: string | null;
  json: string;
}

export const COLUMNS = 'nid, event_id, room_nid, ord, snapshot, status, redacted_by, sender_device, txn_id, json';

export function toEvent(row: EventRow, room: Room): StoredEvent {
  // Events of old rooms may have numbers that would change, and their hashes with them.
  const pdu = room.rules.strictCanonicalJson
    ? parseOwn<Pdu>(row.json)
    : (parseJsonLossless(row.json).value as unknown as Pdu);
  return {
    ...roomEvent(pdu, room.rules, row.event_id, room.roomId),
    nid: row.nid,
    room,
    ord: row.ord ?? undefined,
    snapshot: row.snapshot ?? undefined,
    isRejected: row.status === 1,
    isSoftFailed: row.status === 2,
    redactedBy: row.redacted_by ?? undefined,
    transaction:
      row.sender_device !== null && row.txn_id !== null
        ? { deviceId: row.sender_device, txnId: row.txn_id }
        : undefined,
  };
}
