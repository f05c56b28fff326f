import type { Cache, Caches } from '../../../base/caches.js';
import type { Clock } from '../../../base/clock.js';
import { MatrixError } from '../../../spec/errors.js';
import type { Database } from '../../../storage/database.js';
import {
  areSame,
  BEGINNING,
  packRooms,
  parsePos,
  type SentRooms,
  type Standpoint,
  unpackRooms,
  writePos,
} from './connection.js';
import type { ConnectionKey, ConnectionStore } from './connections.store.js';

/** Connections that one device may have; those that changed last stay. */
const MOST_CONNECTIONS = 20;

/** What the states of a connection take in memory, about. */
const bytesOf = (states: ReadonlyMap<number, SentRooms>): number =>
  [...states.values()].reduce((sum, { size }) => sum + 200 + 250 * size, 300);

/** Where each connection stands; stored, so that a restart of the server costs no client a new beginning. */
export class Connections {
  /** the states of each connection, those that are stored or fewer */
  readonly #states: Cache<string, ReadonlyMap<number, SentRooms>>;
  readonly #running = new Map<string, AbortController>();
  #serial: number;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly caches: Caches;
      readonly clock: Clock;
      readonly store: ConnectionStore;
    },
  ) {
    this.#states = deps.caches.lru('sliding connections', { share: 0.025, entryBytes: bytesOf });
    // Higher than all that were given before a restart.
    this.#serial = deps.clock.now();
  }

  /** A request comes in: one that still runs on the same connection was given up by its client, and ends. */
  enter(key: ConnectionKey): { readonly superseded: AbortSignal; leave(): void } {
    const name = nameOf(key);
    this.#running.get(name)?.abort(new Error('the client asks again'));
    const running = new AbortController();
    this.#running.set(name, running);
    return {
      superseded: running.signal,
      leave: () => {
        if (this.#running.get(name) === running) this.#running.delete(name);
      },
    };
  }

  /** @throws MatrixError M_UNKNOWN_POS for a `pos` that is not of this connection, or too old */
  async find(key: ConnectionKey, pos: string | undefined): Promise<Standpoint> {
    if (pos === undefined || pos === '') return BEGINNING;
    const { db, store } = this.deps;
    const given = parsePos(pos);
    if (!given || given.state === 0 || given.position > db.position()) throw unknownPos();
    const known = this.#states.get(nameOf(key));
    const rooms = known?.get(given.state);
    if (rooms) return { ...given, rooms };
    const stored = await store.rooms(db, key, given.state);
    if (stored === undefined) throw unknownPos();
    const standing = { ...given, rooms: unpackRooms(stored) };
    this.#remember(key, standing, ...(known ?? []));
    return standing;
  }

  /** The next standpoint, stored where it differs in more than its position. @returns its `pos` and serial */
  async advance(
    key: ConnectionKey,
    base: Standpoint,
    next: Pick<Standpoint, 'position' | 'ephemeral' | 'rooms'>,
  ): Promise<{ pos: string; serial: number }> {
    this.#serial += 1;
    const serial = this.#serial;
    const isSame = base.state !== 0 && areSame(base.rooms, next.rooms);
    const state = isSame ? base.state : await this.#store(key, base, next.rooms);
    return { pos: writePos({ ...next, state, serial }), serial };
  }

  async #store(key: ConnectionKey, base: Standpoint, rooms: SentRooms): Promise<number> {
    const { db, store } = this.deps;
    const text = packRooms(rooms);
    const state = await db.write(async (tx) => {
      const position = tx.position();
      await store.put(tx, key, base.state, position, text);
      if (base.state === 0) await store.limit(tx, key, MOST_CONNECTIONS);
      return position;
    });
    this.#remember(key, { state, rooms }, ...(base.state === 0 ? [] : [[base.state, base.rooms] as const]));
    return state;
  }

  #remember(
    key: ConnectionKey,
    { state, rooms }: Pick<Standpoint, 'state' | 'rooms'>,
    ...others: (readonly [number, SentRooms])[]
  ): void {
    const states = new Map([...others, [state, rooms] as const]);
    this.#states.set(nameOf(key), states);
  }
}

const nameOf = ({ userId, deviceId, connId }: ConnectionKey): string => `${userId} ${deviceId} ${connId}`;

const unknownPos = () => new MatrixError(400, 'M_UNKNOWN_POS', 'this connection has no such pos: begin without one');
