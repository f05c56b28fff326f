import type { Milliseconds } from '../../base/clock.js';
import type { DeviceId, UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { DeviceStore, Seen } from './devices.store.js';

const ROWS_A_WRITE = 200;
const MOST_AGENT_LETTERS = 256;

interface Noted {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  seen: Seen;
}

/**
 * When each device was last heard of. Kept in memory and written now and then, many at once: a request costs no write
 * for it. A crash loses a minute of it at most.
 */
export class LastSeen {
  #noted = new Map<string, Noted>();

  constructor(private readonly deps: { db: Database; store: DeviceStore }) {}

  /** The device made a request. Cheap: called at every one. */
  note(userId: UserId, deviceId: DeviceId, ts: Milliseconds, address: string, userAgent: string): void {
    const key = `${deviceId} ${userId}`;
    const seen = { ts, address, userAgent };
    const noted = this.#noted.get(key);
    if (noted) noted.seen = seen;
    else this.#noted.set(key, { userId, deviceId, seen });
  }

  /** What is known but not yet written. */
  notedOf(userId: UserId, deviceId: DeviceId): Seen | undefined {
    return this.#noted.get(`${deviceId} ${userId}`)?.seen;
  }

  /** Writes what was noted since the last time. */
  async flush(): Promise<void> {
    const noted = [...this.#noted.values()];
    this.#noted = new Map();
    for (let start = 0; start < noted.length; start += ROWS_A_WRITE) {
      const rows = noted.slice(start, start + ROWS_A_WRITE).map(toRow);
      await this.deps.db.write((tx) => this.deps.store.setSeen(tx, rows));
    }
  }
}

const toRow = ({ userId, deviceId, seen }: Noted) =>
  [userId, deviceId, { ...seen, userAgent: seen.userAgent.slice(0, MOST_AGENT_LETTERS) }] as const;
