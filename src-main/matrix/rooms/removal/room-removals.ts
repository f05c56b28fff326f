import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import { stringAt } from '../../../base/json.js';
import { randomLetters } from '../../../base/random.js';
import { invalidParam, MatrixError, notFound } from '../../../spec/errors.js';
import type { RoomId } from '../../../spec/ids.js';
import type { Database, Transaction } from '../../../storage/database.js';
import { streamTopic } from '../../../storage/news.js';
import type { WritableStream } from '../../../storage/stream.js';
import type { Amount, EventRemoval, Room, RoomReader } from '../../events/index.js';
import type { BlockedRooms } from '../blocking/blocked-rooms.js';
import type { RoomFiguresIndex } from '../figures/room-figures.js';
import type { RoomFiguresStore } from '../figures/room-figures.store.js';
import type { SearchStore } from '../search/search.store.js';
import type { Evacuation } from './evacuation.js';
import type { HistoryRequest, Removal, RemovalResult, RemovalsStore, RoomRequest } from './removals.store.js';
import type { RoomLeftoverStore } from './room-leftovers.store.js';

/** Wakes the job. */
export const REMOVALS_TOPIC = streamTopic('room removals');
const ID_LETTERS = 16;
const MOST_SHOWN = 100;
const LONGEST_NAME = 255;
/** Others hear of the departures before these are erased, unless they are out of reach. */
const TELLING: Milliseconds = 30_000;
const LOOK_EVERY: Milliseconds = 250;

/** A room that is gone from the store. */
export interface RemovedRoom {
  readonly roomId: RoomId;
}

export interface RoomRemovalsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly serverName: string;
  readonly reader: RoomReader;
  readonly removal: EventRemoval;
  readonly store: RemovalsStore;
  readonly leftovers: RoomLeftoverStore;
  readonly figures: RoomFiguresIndex;
  readonly figuresStore: RoomFiguresStore;
  readonly search: SearchStore;
  readonly blocked: BlockedRooms;
  readonly evacuation: Evacuation;
  /** whether anything waits for those servers that are in the room */
  readonly isAnyoneWaiting: (roomId: RoomId) => Promise<boolean>;
  readonly gone: WritableStream<RemovedRoom>;
}

/**
 * Removes rooms and their history for administrators: asked for at once, done in the background one after the other, and
 * gone on with after a restart. What was done stays on record.
 */
export class RoomRemovals {
  readonly #cancelled = new Set<string>();
  readonly #listeners = new Set<() => void>();

  constructor(private readonly deps: RoomRemovalsDeps) {}

  /**
   * Begins to take everybody here out of a room, and, where asked, to erase it.
   *
   * @throws MatrixError M_NOT_FOUND for an unknown room that is not just to be blocked; M_UNKNOWN 400 while another
   *   removal of it is under way; M_INVALID_PARAM
   */
  async removeRoom(roomId: RoomId, request: RoomRequest): Promise<Removal> {
    const { reader, blocked, figures } = this.deps;
    const known = (await reader.room(roomId)) !== undefined;
    if (!known && !request.block) throw notFound('this server does not know that room');
    const found = await figures.one(roomId);
    const name = request.name ?? (await this.#nameOf(roomId)) ?? found?.alias;
    await this.#requireNone(roomId);
    if (request.block) await blocked.block(roomId, request.by, name);
    return this.#begin({
      ...beginning(roomId, this.deps.clock.now(), found?.events ?? 0),
      kind: 'room',
      request: { ...request, name },
    });
  }

  /** How many messages would go. @throws MatrixError M_NOT_FOUND, M_INVALID_PARAM */
  async historyAmount(roomId: RoomId, { before, ours }: Pick<HistoryRequest, 'before' | 'ours'>): Promise<Amount> {
    this.#requirePast(before);
    const room = await this.deps.reader.knownRoom(roomId);
    return this.deps.removal.historyAmount(room, before, ours ? undefined : this.deps.serverName);
  }

  /** Begins to remove messages from before a time. @throws MatrixError as `historyAmount` does; M_UNKNOWN 400 */
  async removeHistory(roomId: RoomId, request: HistoryRequest): Promise<Removal> {
    const { events } = await this.historyAmount(roomId, request);
    await this.#requireNone(roomId);
    return this.#begin({ ...beginning(roomId, this.deps.clock.now(), events), kind: 'history', request });
  }

  /** Ends a removal of history between two steps: what is gone stays gone. @returns false when it is over, or cannot be */
  async cancel(id: string): Promise<boolean> {
    const removal = await this.one(id);
    if (!removal || removal.ended !== undefined || removal.kind !== 'history') return false;
    this.#cancelled.add(id);
    return true;
  }

  one(id: string): Promise<Removal | undefined> {
    return this.deps.store.one(this.deps.db, id);
  }

  /** The newest first. */
  ofRoom(roomId: RoomId): Promise<Removal[]> {
    return this.deps.store.ofRoom(this.deps.db, roomId, MOST_SHOWN);
  }

  /** The newest first. */
  latest(limit = MOST_SHOWN): Promise<Removal[]> {
    return this.deps.store.latest(this.deps.db, limit);
  }

  /** Calls `listener` whenever one gets on. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Does the first that is not over. @returns false when there is none */
  async runNext(signal: AbortSignal): Promise<boolean> {
    const { db, store, log } = this.deps;
    const removal = await store.firstOpen(db);
    if (!removal) return false;
    try {
      await (removal.kind === 'room' ? this.#runRoom(removal, signal) : this.#runHistory(removal, signal));
    } catch (error) {
      if (signal.aborted) throw error;
      log.error('a removal failed', { removal: removal.id, roomId: removal.roomId, error });
      const why = error instanceof Error ? error.message : String(error);
      const now = (await this.one(removal.id)) ?? removal;
      await this.#save({ ...now, state: 'failed', result: { ...now.result, error: why } }, true);
    }
    return true;
  }

  async #runRoom(removal: Removal & { kind: 'room' }, signal: AbortSignal): Promise<void> {
    const { reader, evacuation, log } = this.deps;
    const { roomId, request } = removal;
    const room = await reader.room(roomId);
    let now: Removal = removal;
    if (room) {
      const newRoomId = removal.result.newRoomId ?? (await evacuation.openNewRoom(request));
      const begun: RemovalResult = { ...removal.result, ...(newRoomId !== undefined && { newRoomId }) };
      now = await this.#save({ ...now, state: 'leaving', result: begun });
      const result = await evacuation.run(roomId, begun, signal, async (so) => {
        now = await this.#save({ ...now, result: so });
      });
      now = await this.#save({ ...now, result });
      if (request.purge) now = await this.#erase(now, room, request, signal);
    }
    await this.#save({ ...now, state: 'done' }, true);
    log.info('a room was removed', {
      roomId,
      people: now.result.removed?.length ?? 0,
      events: now.done,
      by: request.by,
    });
  }

  async #erase(removal: Removal, room: Room, request: RoomRequest, signal: AbortSignal): Promise<Removal> {
    const { reader, removal: events, leftovers, figuresStore, gone } = this.deps;
    if (!request.force && (await reader.isHere(room.roomId))) {
      throw new MatrixError(400, 'M_UNKNOWN', 'people of this server are still in the room');
    }
    let now = await this.#tell(removal, signal);
    now = await this.#save({ ...now, state: 'erasing' });
    for (;;) {
      signal.throwIfAborted();
      const { events: count, bytes } = await events.removeSome(room, (tx, nids) => this.#unindex(tx, nids));
      if (count === 0) break;
      now = await this.#save({ ...now, done: now.done + count, bytes: now.bytes + bytes });
    }
    await events.finish(room, async (tx) => {
      await leftovers.remove(tx, room.roomId);
      await figuresStore.remove(tx, room.nid);
      await gone.append(tx, { roomId: room.roomId });
    });
    return now;
  }

  /** Departures that were not sent yet would be lost with the room. */
  async #tell(removal: Removal, signal: AbortSignal): Promise<Removal> {
    const { clock, reader, isAnyoneWaiting } = this.deps;
    if ((await reader.serversIn(removal.roomId)).length === 0) return removal;
    const now = await this.#save({ ...removal, state: 'telling' });
    const end = clock.now() + TELLING;
    do await clock.sleep(LOOK_EVERY, signal);
    while (clock.now() < end && (await isAnyoneWaiting(removal.roomId)));
    return now;
  }

  async #runHistory(removal: Removal & { kind: 'history' }, signal: AbortSignal): Promise<void> {
    const { reader, removal: events, figures, serverName, log } = this.deps;
    const { roomId, request } = removal;
    const room = await reader.knownRoom(roomId);
    const query = { before: request.before, exceptOf: request.ours ? undefined : serverName };
    let now: Removal = await this.#save({ ...removal, state: 'erasing' });
    while (!this.#cancelled.has(removal.id)) {
      signal.throwIfAborted();
      const batch = await events.removeHistory(room, query, now.place, (tx, nids) => this.#unindex(tx, nids));
      now = { ...now, done: now.done + batch.events, bytes: now.bytes + batch.bytes, place: batch.next };
      if (batch.next === undefined) break;
      now = await this.#save(now);
    }
    await figures.recount(roomId);
    await this.#save({ ...now, state: this.#cancelled.delete(removal.id) ? 'cancelled' : 'done' }, true);
    log.info('history was removed', { roomId, events: now.done, by: request.by });
  }

  async #unindex(tx: Transaction, nids: readonly number[]): Promise<void> {
    for (const nid of nids) await this.deps.search.remove(tx, nid);
  }

  async #begin(removal: Removal): Promise<Removal> {
    const { db, store } = this.deps;
    await db.write(async (tx) => {
      await store.insert(tx, removal);
      tx.announce(REMOVALS_TOPIC);
    });
    this.#tellListeners();
    return removal;
  }

  async #save(removal: Removal, isOver = false): Promise<Removal> {
    const { db, store, clock } = this.deps;
    const saved = isOver ? { ...removal, ended: clock.now() } : removal;
    await db.write((tx) => store.save(tx, saved));
    this.#tellListeners();
    return saved;
  }

  async #nameOf(roomId: RoomId): Promise<string | undefined> {
    return stringAt((await this.deps.reader.state(roomId, ['m.room.name', '']))?.content, 'name')?.slice(
      0,
      LONGEST_NAME,
    );
  }

  async #requireNone(roomId: RoomId): Promise<void> {
    if (await this.deps.store.openOf(this.deps.db, roomId)) {
      throw new MatrixError(400, 'M_UNKNOWN', 'this room is being removed already, or its history is');
    }
  }

  #requirePast(before: Milliseconds): void {
    if (before > this.deps.clock.now()) throw invalidParam('only what was said can be removed');
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener();
  }
}

const beginning = (roomId: RoomId, started: Milliseconds, total: number) =>
  ({
    id: randomLetters(ID_LETTERS),
    roomId,
    state: 'waiting',
    result: {},
    total,
    done: 0,
    bytes: 0,
    place: undefined,
    started,
    ended: undefined,
  }) as const;
