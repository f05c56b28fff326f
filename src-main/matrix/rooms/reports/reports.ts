import type { Clock } from '../../../base/clock.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import { badJson, notFound } from '../../../spec/errors.js';
import type { EventId, RoomId, UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { RoomReader } from '../../events/index.js';
import type { RoomAccess } from '../room-access.js';
import type { Report, ReportStore } from './reports.store.js';

interface ReportsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly store: ReportStore;
  readonly access: RoomAccess;
  readonly reader: RoomReader;
  readonly users: { get(userId: UserId): Promise<object | undefined>; isLocal(userId: UserId): boolean };
  readonly limit: RateLimiter;
}

const MOST_REASON_LETTERS = 1_000;

/** What people want administrators to look at. @see https://spec.matrix.org/v1.19/client-server-api/#reporting-content */
export class Reports {
  constructor(private readonly deps: ReportsDeps) {}

  /**
   * @param why.score as old clients say it
   * @throws MatrixError M_NOT_FOUND unless the reporter is in the room and may see the event; M_LIMIT_EXCEEDED
   */
  async event(
    reporter: UserId,
    roomId: RoomId,
    eventId: EventId,
    why: { reason: string | undefined; score: number | undefined },
  ): Promise<void> {
    this.deps.limit.take(reporter);
    const event = (await this.deps.reader.isJoined(roomId, reporter))
      ? await this.deps.access.event(roomId, eventId, reporter)
      : undefined;
    if (!event) throw notFound('there is no such event, or you cannot see it');
    await this.#keep({ kind: 'event', roomId, eventId, aboutUser: event.sender, reporter, ...why });
  }

  /** @throws MatrixError M_NOT_FOUND for rooms that this server does not know; M_LIMIT_EXCEEDED */
  async room(reporter: UserId, roomId: RoomId, reason: string): Promise<void> {
    this.deps.limit.take(reporter);
    await this.deps.reader.knownRoom(roomId);
    await this.#keep({ ...NOTHING, kind: 'room', roomId, reporter, reason });
  }

  /** Users of other servers can be reported whether or not they are known. @throws MatrixError M_NOT_FOUND; M_LIMIT_EXCEEDED */
  async user(reporter: UserId, aboutUser: UserId, reason: string): Promise<void> {
    const { limit, users } = this.deps;
    limit.take(reporter);
    if (users.isLocal(aboutUser) && !(await users.get(aboutUser))) throw notFound('there is no such user');
    await this.#keep({ ...NOTHING, kind: 'user', aboutUser, reporter, reason });
  }

  async #keep(report: Omit<Report, 'receivedAt'>): Promise<void> {
    if ((report.reason?.length ?? 0) > MOST_REASON_LETTERS) {
      throw badJson(`a reason may have ${MOST_REASON_LETTERS} letters at most`);
    }
    await this.deps.db.write((tx) => this.deps.store.insert(tx, { ...report, receivedAt: this.deps.clock.now() }));
  }
}

const NOTHING = { roomId: undefined, eventId: undefined, aboutUser: undefined, score: undefined };
