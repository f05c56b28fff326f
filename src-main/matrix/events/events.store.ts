import type { Cache, Caches } from '../../base/caches.js';
import { turn } from '../../base/yield.js';
import type { RoomEvent } from '../../spec/event.js';
import type { DeviceId, EventId } from '../../spec/ids.js';
import { type Position, type Reader, statement, type Transaction } from '../../storage/database.js';
import { Tail } from '../../storage/tail.js';
import { COLUMNS, type EventRow, type StoredEvent, toEvent } from './event-rows.store.js';
import type { Room, RoomStore } from './rooms.store.js';

export type { StoredEvent } from './event-rows.store.js';

const insert = statement<
  [
    number,
    string,
    number,
    number | null,
    number,
    number,
    number | null,
    number | null,
    number,
    number,
    number,
    string | null,
    string | null,
    string,
  ]
>(`
  INSERT INTO events (nid, event_id, room_nid, ord, type_nid, sender_nid, state_nid, snapshot, depth, origin_server_ts,
    status, sender_device, txn_id, json)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const byIds = statement<[readonly string[]], EventRow>(`SELECT ${COLUMNS} FROM events WHERE event_id IN TEXTS(?)`);
const byId = statement<[string], EventRow>(`SELECT ${COLUMNS} FROM events WHERE event_id = ?`);
const byNids = statement<[readonly number[]], EventRow>(`SELECT ${COLUMNS} FROM events WHERE nid IN INTS(?)`);
const byTransaction = statement<[number, string, string, number, number], { nid: number }>(
  'SELECT nid FROM events WHERE sender_nid = ? AND txn_id = ? AND sender_device = ? AND room_nid = ? AND type_nid = ?',
);
const backwards = statement<[number, number, number, number], { nid: number }>(
  'SELECT nid FROM events WHERE room_nid = ? AND ord <= ? AND ord > ? AND status = 0 ORDER BY ord DESC LIMIT ?',
);
const forwards = statement<[number, number, number, number], { nid: number }>(
  'SELECT nid FROM events WHERE room_nid = ? AND ord > ? AND ord <= ? AND status = 0 ORDER BY ord LIMIT ?',
);
const stream = statement<[number, number], { nid: number; ord: number }>(
  // An event that was fetched later than its place is no news.
  'SELECT nid, ord FROM events WHERE ord > ? AND ord > 0 AND nid <= ord AND status = 0 ORDER BY ord LIMIT ?',
);
const nidsOfIds = statement<[readonly string[]], { nid: number; event_id: EventId }>(
  'SELECT nid, event_id FROM events WHERE event_id IN TEXTS(?)',
);
const idsOfNids = statement<[readonly number[]], { nid: number; event_id: EventId }>(
  'SELECT nid, event_id FROM events WHERE nid IN INTS(?)',
);
const place = statement<[number | null, number | null, number, number]>(
  'UPDATE events SET ord = ?, snapshot = ?, status = ? WHERE nid = ?',
);
const stateNids = statement<[readonly number[]], { nid: number; room_nid: number; state_nid: number }>(
  'SELECT nid, room_nid, state_nid FROM events WHERE nid IN INTS(?) AND state_nid IS NOT NULL',
);
const rejected = statement<[readonly number[]], { nid: number }>(
  'SELECT nid FROM events WHERE nid IN INTS(?) AND status = 1',
);
const first = statement<[number], { ord: number | null }>('SELECT min(ord) AS ord FROM events WHERE room_nid = ?');
const firstNews = statement<[number], { depth: number }>(
  'SELECT depth FROM events WHERE room_nid = ? AND ord > 0 ORDER BY ord LIMIT 1',
);
const lower = statement<[number, number], { ord: number | null }>(
  'SELECT max(ord) AS ord FROM events WHERE room_nid = ? AND ord < ?',
);
const last = statement<[number], { ord: number | null }>('SELECT max(ord) AS ord FROM events WHERE room_nid = ?');
const setRedacted = statement<[number, string, number]>('UPDATE events SET redacted_by = ?, json = ? WHERE nid = ?');

/** Events read and parsed without a pause. */
const READ_AT_ONCE = 200;
/** Numbers and ids in one statement at most. */
const NUMBERS_AT_ONCE = 2_000;

/** How the checks on receipt judged an event. */
export type EventStatus = 'accepted' | 'rejected' | 'soft-failed';
const STATUS: Readonly<Record<EventStatus, number>> = { accepted: 0, rejected: 1, 'soft-failed': 2 };

/** What `insert` needs beside the event. */
export interface EventPlace {
  readonly nid: Position;
  readonly ord: number | undefined;
  readonly typeNid: number;
  readonly senderNid: number;
  readonly stateNid: number | undefined;
  readonly snapshot: number | undefined;
  readonly transaction: StoredEvent['transaction'];
  /** accepted unless said */
  readonly status?: EventStatus;
}

/** Table `events`, with a cache of events. */
export class EventStore {
  readonly #cache: Cache<number, StoredEvent>;
  readonly #nids: Cache<EventId, number>;
  /** the end of the stream, which its followers read again and again */
  readonly #newest = new Tail<{ readonly nid: number; readonly ord: number }>({ entries: 1_000, size: 0 });
  /** Counts changes of stored events, so that a read begun before one does not fill the cache after it. */
  #changes = 0;

  constructor(
    private readonly rooms: RoomStore,
    caches: Caches,
  ) {
    this.#cache = caches.lru('events', { share: 0.35, entryBytes: 3_000 });
    this.#nids = caches.lru('nids of events', { share: 0.01, entryBytes: 200 });
  }

  async insert(tx: Transaction, event: RoomEvent, room: Room, place: EventPlace, json: string): Promise<StoredEvent> {
    const { nid, ord, transaction, status = 'accepted' } = place;
    await tx.run(
      insert,
      nid,
      event.eventId,
      room.nid,
      ord ?? null,
      place.typeNid,
      place.senderNid,
      place.stateNid ?? null,
      place.snapshot ?? null,
      event.depth,
      event.originServerTs,
      STATUS[status],
      transaction?.deviceId ?? null,
      transaction?.txnId ?? null,
      json,
    );
    const stored: StoredEvent = {
      ...event,
      nid,
      room,
      ord,
      snapshot: place.snapshot,
      isRejected: status === 'rejected',
      isSoftFailed: status === 'soft-failed',
      redactedBy: undefined,
      transaction,
    };
    // Until it is committed only this transaction and later ones know its nid, which is never given again.
    this.#remember(stored, json.length);
    tx.afterCommit(() => {
      this.#nids.set(event.eventId, nid);
      if (status === 'accepted' && ord !== undefined && nid <= ord) this.#newest.add(ord, { nid, ord });
    });
    tx.afterUndo(() => {
      this.#cache.delete(nid);
      this.#newest.clear();
    });
    return stored;
  }

  async byId(db: Reader, eventId: EventId): Promise<StoredEvent | undefined> {
    const nid = this.#nids.get(eventId);
    if (nid !== undefined) return this.byNid(db, nid);
    const changes = this.#changes;
    const row = await db.get(byId, eventId);
    return row && (await this.#toEvents(db, [row], changes))[0];
  }

  async byIds(db: Reader, eventIds: readonly EventId[]): Promise<StoredEvent[]> {
    const unknown = eventIds.filter((id) => this.#nids.get(id) === undefined);
    const known = await this.byNids(
      db,
      eventIds.flatMap((id) => this.#nids.get(id) ?? []),
    );
    for (let start = 0; start < unknown.length; start += READ_AT_ONCE) {
      if (start > 0) await turn();
      const changes = this.#changes;
      const rows = await db.all(byIds, unknown.slice(start, start + READ_AT_ONCE));
      known.push(...(await this.#toEvents(db, rows, changes)));
    }
    return known;
  }

  /** The numbers of those events that are stored. */
  async nidsOf(db: Reader, eventIds: readonly EventId[]): Promise<Map<EventId, number>> {
    const found = new Map<EventId, number>();
    const unknown: EventId[] = [];
    for (const id of eventIds) {
      const nid = this.#nids.get(id);
      if (nid === undefined) unknown.push(id);
      else found.set(id, nid);
    }
    for (let start = 0; start < unknown.length; start += NUMBERS_AT_ONCE) {
      if (start > 0) await turn();
      const changes = this.#changes;
      const rows = await db.all(nidsOfIds, unknown.slice(start, start + NUMBERS_AT_ONCE));
      for (const { nid, event_id: id } of rows) {
        found.set(id, nid);
        // What a transaction reads may never be committed.
        if (!('run' in db) && changes === this.#changes) this.#nids.set(id, nid);
      }
    }
    return found;
  }

  /** The ids of some events. */
  async idsOf(db: Reader, nids: readonly number[]): Promise<Map<number, EventId>> {
    const found = new Map<number, EventId>();
    for (let start = 0; start < nids.length; start += NUMBERS_AT_ONCE) {
      if (start > 0) await turn();
      const rows = await db.all(idsOfNids, nids.slice(start, start + NUMBERS_AT_ONCE));
      for (const { nid, event_id: id } of rows) found.set(nid, id);
    }
    return found;
  }

  /** The integers of types and state keys of those events that are state. @param room only those of this one */
  async stateNids(db: Reader, nids: readonly number[], room?: Room): Promise<Map<number, number>> {
    const found = new Map<number, number>();
    for (let start = 0; start < nids.length; start += NUMBERS_AT_ONCE) {
      if (start > 0) await turn();
      const rows = await db.all(stateNids, nids.slice(start, start + NUMBERS_AT_ONCE));
      for (const row of rows) if (!room || row.room_nid === room.nid) found.set(row.nid, row.state_nid);
    }
    return found;
  }

  /** The events of `nids`, in the order given; those that do not exist are left out. */
  async byNids(db: Reader, nids: readonly number[]): Promise<StoredEvent[]> {
    const found = new Map<number, StoredEvent>();
    const unknown = new Set<number>();
    for (const nid of nids) {
      const event = this.#cache.get(nid);
      if (event) found.set(nid, event);
      else unknown.add(nid);
    }
    for (const event of await this.#readAll(db, [...unknown])) found.set(event.nid, event);
    return nids.flatMap((nid) => found.get(nid) ?? []);
  }

  /** In pieces: reading and parsing the members of a large room at once would hold everybody else for long. */
  async #readAll(db: Reader, nids: readonly number[]): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    for (let start = 0; start < nids.length; start += READ_AT_ONCE) {
      if (start > 0) await turn();
      const changes = this.#changes;
      const rows = await db.all(byNids, nids.slice(start, start + READ_AT_ONCE));
      events.push(...(await this.#toEvents(db, rows, changes)));
    }
    return events;
  }

  async byNid(db: Reader, nid: number): Promise<StoredEvent | undefined> {
    return this.#cache.get(nid) ?? (await this.byNids(db, [nid]))[0];
  }

  /** The nid of the event that this device already sent with this transaction id. */
  async byTransaction(
    db: Reader,
    { senderNid, typeNid, roomNid }: { senderNid: number; typeNid: number; roomNid: number },
    { deviceId, txnId }: { deviceId: DeviceId; txnId: string },
  ): Promise<number | undefined> {
    return (await db.get(byTransaction, senderNid, txnId, deviceId, roomNid, typeNid))?.nid;
  }

  /** nids at places in (`after`, `upTo`], the newest first. */
  async before(db: Reader, roomNid: number, upTo: number, after: number, limit: number): Promise<number[]> {
    return (await db.all(backwards, roomNid, upTo, after, limit)).map((row) => row.nid);
  }

  /** nids at places in (`after`, `upTo`], the oldest first. */
  async after(db: Reader, roomNid: number, after: number, upTo: number, limit: number): Promise<number[]> {
    return (await db.all(forwards, roomNid, after, upTo, limit)).map((row) => row.nid);
  }

  /** All rooms' events after `position`, in order. */
  async stream(db: Reader, position: Position, limit: number): Promise<{ nid: number; ord: number }[]> {
    return this.#newest.after(position, limit) ?? db.all(stream, position, limit);
  }

  async lastOrd(db: Reader, roomNid: number): Promise<number> {
    return (await db.get(last, roomNid))?.ord ?? 0;
  }

  /** Those of some events that were rejected. */
  async rejectedAmong(db: Reader, nids: readonly number[]): Promise<Set<number>> {
    const found = new Set<number>();
    for (let start = 0; start < nids.length; start += NUMBERS_AT_ONCE) {
      if (start > 0) await turn();
      for (const { nid } of await db.all(rejected, nids.slice(start, start + NUMBERS_AT_ONCE))) found.add(nid);
    }
    return found;
  }

  /** The first place of a room's timeline that is taken; undefined when none is. */
  async firstOrd(db: Reader, roomNid: number): Promise<number | undefined> {
    return (await db.get(first, roomNid))?.ord ?? undefined;
  }

  /** The depth of the event by which this server came into the room, or made it. */
  async firstDepth(db: Reader, roomNid: number): Promise<number> {
    return (await db.get(firstNews, roomNid))?.depth ?? 0;
  }

  /** The last place before `ord` that is taken; undefined when none is. */
  async ordBefore(db: Reader, roomNid: number, ord: number): Promise<number | undefined> {
    return (await db.get(lower, roomNid, ord))?.ord ?? undefined;
  }

  /** Gives a place to an event that was stored without one. */
  async place(
    tx: Transaction,
    event: StoredEvent,
    given: { readonly ord: number | undefined; readonly snapshot: number | undefined; readonly status: EventStatus },
  ): Promise<StoredEvent> {
    const { ord, snapshot, status } = given;
    await tx.run(place, ord ?? null, snapshot ?? null, STATUS[status], event.nid);
    this.forget(tx, event.nid);
    const [isRejected, isSoftFailed] = [status === 'rejected', status === 'soft-failed'];
    return { ...event, ord, snapshot, isRejected, isSoftFailed };
  }

  async setRedacted(tx: Transaction, nid: number, redactionNid: number, json: string): Promise<void> {
    await tx.run(setRedacted, redactionNid, json, nid);
    this.forget(tx, nid);
  }

  /** An event changed; where its id is given, it is gone for good. */
  forget(tx: Transaction, nid: number, eventId?: EventId): void {
    const drop = () => {
      this.#changes += 1;
      this.#cache.delete(nid);
      this.#newest.clear();
      if (eventId) this.#nids.delete(eventId);
    };
    drop();
    tx.afterCommit(drop);
    tx.afterUndo(drop);
  }

  async #toEvents(db: Reader, rows: readonly EventRow[], changes: number): Promise<StoredEvent[]> {
    const rooms = await this.rooms.byNids(db, new Set(rows.map((row) => row.room_nid)));
    return rows.flatMap((row) => {
      const room = rooms.get(row.room_nid);
      if (!room) return [];
      const event = toEvent(row, room);
      if (changes === this.#changes) this.#remember(event, row.json.length);
      return event;
    });
  }

  #remember(event: StoredEvent, length: number): void {
    // Parsed JSON takes about four times its text; a few hundred bytes hold the rest.
    this.#cache.set(event.nid, event, length * 4 + 500);
  }
}
