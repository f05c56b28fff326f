import { type Position, type Reader, statement } from '../../storage/database.js';

interface ChangeRow {
  state_nid: number;
  event_nid: number;
}

const changesBut = statement<[number, Position, Position, number], ChangeRow>(`
  SELECT state_nid, event_nid FROM state_changes
  WHERE room_nid = ? AND pos > ? AND pos <= ? AND type_nid <> ? ORDER BY pos`);
const changesOf = statement<[number, Position, Position, number], ChangeRow>(`
  SELECT state_nid, event_nid FROM state_changes
  WHERE room_nid = ? AND pos > ? AND pos <= ? AND type_nid = ? ORDER BY pos`);
const anyOf = statement<[number, Position, Position, number], { pos: Position }>(`
  SELECT pos FROM state_changes WHERE room_nid = ? AND pos > ? AND pos <= ? AND type_nid = ? LIMIT 1`);
const keys = statement<[readonly number[]], { nid: number; type: string; state_key: string }>(`
  SELECT k.nid, n.name AS type, k.state_key FROM state_keys k JOIN names n ON n.nid = k.type_nid
  WHERE k.nid IN INTS(?)`);
const inRooms = statement<[readonly number[], readonly number[]], { event_nid: number }>(
  'SELECT event_nid FROM current_state WHERE room_nid IN INTS(?) AND state_nid IN INTS(?)',
);
const typesInRooms = statement<[readonly number[], readonly number[]], { event_nid: number }>(
  'SELECT event_nid FROM current_state WHERE room_nid IN INTS(?) AND type_nid IN INTS(?)',
);

/** Reads of `current_state` and `state_changes` for many rooms, or of one kind only. */
export class StateNewsStore {
  /** state nid -> event nid of what changed in (`after`, `upTo`], 0 for what went away; of a type, or of all others. */
  async changes(
    db: Reader,
    roomNid: number,
    span: { readonly after: Position; readonly upTo: Position },
    type: { readonly only: number } | { readonly allBut: number },
  ): Promise<Map<number, number>> {
    const rows =
      'only' in type
        ? await db.all(changesOf, roomNid, span.after, span.upTo, type.only)
        : await db.all(changesBut, roomNid, span.after, span.upTo, type.allBut);
    return new Map(rows.map((row) => [row.state_nid, row.event_nid]));
  }

  async hasChanged(db: Reader, roomNid: number, span: { after: Position; upTo: Position }, typeNid: number) {
    return (await db.get(anyOf, roomNid, span.after, span.upTo, typeNid)) !== undefined;
  }

  /** Types and state keys by their integers. */
  async keys(db: Reader, stateNids: readonly number[]): Promise<{ type: string; stateKey: string }[]> {
    if (stateNids.length === 0) return [];
    return (await db.all(keys, stateNids)).map((row) => ({ type: row.type, stateKey: row.state_key }));
  }

  /** Event nids of some entries, and of all entries of some types, of many rooms' current state. */
  async inRooms(db: Reader, roomNids: readonly number[], stateNids: readonly number[], typeNids: readonly number[]) {
    const some = stateNids.length > 0 ? await db.all(inRooms, roomNids, stateNids) : [];
    const whole = typeNids.length > 0 ? await db.all(typesInRooms, roomNids, typeNids) : [];
    return [...new Set([...some, ...whole].map((row) => row.event_nid))];
  }
}
