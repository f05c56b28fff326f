import type { Clock, Milliseconds } from '../../base/clock.js';
import type { RetentionConfig } from '../../config/config.js';
import type { StateKey } from '../../spec/event.js';
import type { RoomId } from '../../spec/ids.js';
import { retentionPolicy } from '../../spec/retention.js';
import type { Database } from '../../storage/database.js';
import type { StoredEvent } from './events.store.js';
import type { RetentionStore } from './retention.store.js';
import type { RoomReader } from './room-reader.js';

const RETENTION: StateKey = ['m.room.retention', ''];
/** Rooms looked at together. */
const ROOMS_AT_ONCE = 100;

/** A room whose messages are deleted by their age. */
export interface KeptRoom {
  readonly roomId: RoomId;
  /** for how long it shows them */
  readonly said: Milliseconds;
  /** the same within what the configuration allows: for how long they are kept */
  readonly kept: Milliseconds;
}

/**
 * For how long rooms show their messages, and for how long they are kept: as the room says, else as the configuration
 * does. State is kept for ever.
 *
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/1763
 */
export class Retention {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly settings: RetentionConfig | undefined;
      readonly store: RetentionStore;
      readonly reader: Pick<RoomReader, 'stateEntries' | 'stateInRooms'>;
      readonly clock: Clock;
    },
  ) {}

  /** Those of some events of one room that are not too old to be shown. */
  async unexpired(roomId: RoomId, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    const oldest = await this.oldestShown(roomId);
    if (oldest === undefined) return events;
    return events.filter((event) => event.stateKey !== undefined || event.originServerTs >= oldest);
  }

  /** Before this time (ms since the epoch) messages of the room are shown no more; undefined: all are shown. */
  async oldestShown(roomId: RoomId): Promise<Milliseconds | undefined> {
    const { settings, reader, clock } = this.deps;
    if (!settings) return undefined;
    const [event] = await reader.stateEntries(roomId, [RETENTION]);
    const lifetime = retentionPolicy(event?.content)?.maxLifetime ?? settings.maxLifetime;
    return lifetime === undefined ? undefined : clock.now() - lifetime;
  }

  /** Which rooms keep their messages only for a while, and how long: the next after one, by their numbers. */
  async rooms(afterNid: number): Promise<{ readonly rooms: readonly KeptRoom[]; readonly next: number | undefined }> {
    const { db, settings, store, reader } = this.deps;
    if (!settings) return { rooms: [], next: undefined };
    const page = await store.roomsAfter(db, afterNid, ROOMS_AT_ONCE);
    const roomIds = page.map(({ roomId }) => roomId);
    const policies = await reader.stateInRooms(roomIds, RETENTION);
    const rooms = roomIds.flatMap((roomId) => {
      const said = retentionPolicy(policies.get(roomId)?.content)?.maxLifetime ?? settings.maxLifetime;
      return said === undefined ? [] : { roomId, said, kept: allowed(said, settings) };
    });
    return { rooms, next: page.length < ROOMS_AT_ONCE ? undefined : page.at(-1)?.nid };
  }
}

const allowed = (lifetime: Milliseconds, { shortestAllowed, longestAllowed }: RetentionConfig): Milliseconds =>
  Math.min(longestAllowed ?? lifetime, Math.max(shortestAllowed ?? lifetime, lifetime));
