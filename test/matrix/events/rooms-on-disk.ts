import { Caches } from '../../../src-main/base/caches.js';
import { keyPairFromSeed } from '../../../src-main/base/ed25519.js';
import { silentLogger } from '../../../src-main/base/logger.js';
import type { JsonObject } from '../../../src-main/base/json.js';
import { createEvents, type EventDraft, type Events, type StoredEvent } from '../../../src-main/matrix/events/index.js';
import type { RoomId, RoomVersion, UserId } from '../../../src-main/spec/ids.js';
import { roomVersionRules } from '../../../src-main/spec/room-version.js';
import type { Database, SqlParameter, Statement, Transaction } from '../../../src-main/storage/database.js';
import { FakeClock } from '../../support/fake-clock.js';

export const ALICE: UserId = '@alice:hearth.test';

const author = {
  serverName: 'hearth.test',
  signingKey: { keyId: 'ed25519:1', ...keyPairFromSeed(new Uint8Array(32).fill(1)) },
};

/** Nothing is deleted by its age. */
export const keepAll = { rooms: { retention: undefined } };

/** Nobody else is there. */
const noKeys = { verify: async () => [] };

/** The events of a database, as if the server had just started on it. */
export const eventsOn = (db: Database): Events =>
  createEvents({
    db,
    config: keepAll,
    author,
    keys: noKeys,
    clock: new FakeClock(),
    log: silentLogger,
    caches: new Caches(10_000_000),
  });

/** What one transaction asked of the database. */
export interface Cost {
  statements: number;
  rowsWritten: number;
}

/** A room that tests write to, below all that HTTP adds. */
export class TestRoom {
  private constructor(
    readonly db: Database,
    readonly events: Events,
    readonly roomId: RoomId,
  ) {}

  static async create(db: Database, events: Events = eventsOn(db), version: RoomVersion = '12'): Promise<TestRoom> {
    const rules = roomVersionRules(version);
    if (!rules) throw new Error(`no room version ${version}`);
    const roomId: RoomId | undefined = rules.roomIdIsCreateHash ? undefined : '!room:hearth.test';
    const content = rules.creatorInContent ? { creator: ALICE } : {};
    const create = await db.write((tx) => events.appender.create(tx, { sender: ALICE, rules, content, roomId }));
    const room = new TestRoom(db, events, create.roomId);
    await room.member(ALICE, 'join');
    await room.state('m.room.join_rules', '', { join_rule: 'public' });
    return room;
  }

  /** The same room after a restart. */
  on(db: Database): TestRoom {
    return new TestRoom(db, eventsOn(db), this.roomId);
  }

  append(draft: Omit<EventDraft, 'roomId'>): Promise<StoredEvent> {
    return this.db.write((tx) => this.events.appender.append(tx, { ...draft, roomId: this.roomId }));
  }

  say(body: string, sender: UserId = ALICE): Promise<StoredEvent> {
    return this.append({ sender, type: 'm.room.message', content: { msgtype: 'm.text', body } });
  }

  state(type: string, stateKey: string, content: JsonObject, sender: UserId = ALICE): Promise<StoredEvent> {
    return this.append({ sender, type, stateKey, content });
  }

  member(userId: UserId, membership: string): Promise<StoredEvent> {
    return this.state('m.room.member', userId, { membership }, userId);
  }

  /** Appends an event and counts what that costs. */
  async cost(draft: Omit<EventDraft, 'roomId'>): Promise<Cost> {
    const cost: Cost = { statements: 0, rowsWritten: 0 };
    await this.db.write((tx) =>
      this.events.appender.append(countingTransaction(tx, cost), { ...draft, roomId: this.roomId }),
    );
    return cost;
  }

  /** All events of the room's timeline, the oldest first. */
  async timeline(): Promise<readonly StoredEvent[]> {
    const room = await this.events.reader.knownRoom(this.roomId);
    const range = { after: -1, upTo: Number.MAX_SAFE_INTEGER };
    const all: StoredEvent[] = [];
    for (let next: number | undefined = range.after; next !== undefined; ) {
      const page = await this.events.timeline.after(room, { ...range, after: next }, 500);
      all.push(...page.events);
      next = page.next;
    }
    return all;
  }
}

function countingTransaction(tx: Transaction, cost: Cost): Transaction {
  const asked = () => {
    cost.statements += 1;
  };
  return {
    all: (...given) => (asked(), tx.all(...given)),
    get: (...given) => (asked(), tx.get(...given)),
    async run<P extends readonly SqlParameter[]>(statement: Statement<P, never>, ...parameters: P) {
      asked();
      const rows = await tx.run(statement, ...parameters);
      cost.rowsWritten += rows;
      return rows;
    },
    async runMany<P extends readonly SqlParameter[]>(statement: Statement<P, never>, rows: readonly P[]) {
      asked();
      await tx.runMany(statement, rows);
      cost.rowsWritten += rows.length;
    },
    position: () => tx.position(),
    announce: (...topics) => tx.announce(...topics),
    afterCommit: (then) => tx.afterCommit(then),
    afterUndo: (then) => tx.afterUndo(then),
  };
}
