import { backoff } from '../../../base/backoff.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import { Semaphore } from '../../../base/semaphore.js';
import type { Job } from '../../../base/supervisor.js';
import type { RoomId, ServerName } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import { roomTopic } from '../../../storage/news.js';
import type { EventAppender, Intake, PartialRoom, PartialRooms, RoomReader, StoredEvent } from '../../events/index.js';
import { RemoteError } from '../../servers/index.js';
import type { RemoteState } from '../transactions/remote-state.js';
import { askable } from './in-turn.js';
import type { JoinProgress } from './ports.js';

interface CompletionsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly author: { readonly serverName: ServerName };
  readonly partials: PartialRooms;
  readonly reader: RoomReader;
  readonly intake: Intake;
  readonly appender: EventAppender;
  readonly state: RemoteState;
}

/** Rooms whose members are fetched at the same time. */
const AT_ONCE = 3;
const FIRST_WAIT: Milliseconds = 5_000;
const LONGEST_WAIT: Milliseconds = 10 * 60_000;
/** People here who leave a room of which nobody wants the rest. */
const MOST_LEAVING = 1_000;

interface Running {
  progress: JoinProgress;
  readonly done: Promise<void>;
}

/**
 * Fetches the members that were left out when this server came into rooms: from who let it in, and where that one does
 * not answer from the others there, until they are here or nobody here is in the room any more. Goes on after a restart.
 */
export class Completions {
  readonly #running = new Map<RoomId, Running>();
  readonly #places = new Semaphore(AT_ONCE);

  constructor(private readonly deps: CompletionsDeps) {}

  /** How far each room is, the longest waiting first. */
  list(): JoinProgress[] {
    return [...this.#running.values()].map(({ progress }) => progress);
  }

  /** Has everybody here leave a room whose members are on their way. @returns whether there is such a room */
  cancel(roomId: RoomId): boolean {
    const running = this.#running.get(roomId);
    if (!running) return false;
    this.#leave(roomId).catch((error: unknown) => {
      this.deps.log.warn('a room whose members are on their way could not be left', { roomId, error });
    });
    return true;
  }

  readonly job: Job = {
    name: 'federation.completions',
    run: async (signal) => {
      const { db, partials } = this.deps;
      while (!signal.aborted) {
        const news = Promise.withResolvers<void>();
        const stop = () => news.resolve();
        const unwatch = db.news.watch([partials.topic], stop);
        signal.addEventListener('abort', stop, { once: true });
        try {
          for (const room of await partials.list()) await this.#start(room, signal);
          if (!signal.aborted) await news.promise;
        } finally {
          unwatch();
          signal.removeEventListener('abort', stop);
        }
      }
      await Promise.all([...this.#running.values()].map(({ done }) => done));
    },
  };

  async #start(partial: PartialRoom, signal: AbortSignal): Promise<void> {
    const { roomId } = partial;
    const join = await this.deps.reader.eventByNid(partial.joinNid);
    if (!join || this.#running.has(roomId)) return;
    const stop = new AbortController();
    const stopped = AbortSignal.any([signal, stop.signal]);
    const done = this.#untilWhole(partial, join, stopped, stop)
      .catch((error: unknown) => {
        if (!stopped.aborted) this.deps.log.error('the members of a room could not be completed', { roomId, error });
      })
      .finally(() => this.#running.delete(roomId))
      .then(() => this.#startAgain(roomId, signal));
    this.#running.set(roomId, { progress: firstProgress(partial, join), done });
  }

  /** A room that was left and joined again while it was worked on. */
  async #startAgain(roomId: RoomId, signal: AbortSignal): Promise<void> {
    const partial = signal.aborted ? undefined : await this.deps.partials.one(roomId);
    if (partial) await this.#start(partial, signal);
  }

  async #untilWhole(
    partial: PartialRoom,
    join: StoredEvent,
    signal: AbortSignal,
    stop: AbortController,
  ): Promise<void> {
    const { db, clock } = this.deps;
    const { roomId } = partial;
    const unwatch = db.news.watch([roomTopic(roomId)], () => void this.#stopIfLeft(partial, stop));
    try {
      for (let attempt = 0; !signal.aborted; attempt += 1) {
        if (!(await this.#isWaiting(partial))) return;
        if (await this.#places.run(() => this.#tryAll(partial, join, signal), signal)) return;
        await clock.sleep(backoff(attempt, FIRST_WAIT, LONGEST_WAIT), signal).catch(() => undefined);
      }
    } finally {
      unwatch();
      if (stop.signal.aborted) await this.#abandonIfLeft(roomId);
    }
  }

  /** Whether this very join still waits for its room's state. */
  async #isWaiting({ roomId, joinNid }: PartialRoom): Promise<boolean> {
    if (await this.#abandonIfLeft(roomId)) return false;
    return (await this.deps.partials.one(roomId))?.joinNid === joinNid;
  }

  /** @returns whether nobody here is in the room any more */
  async #abandonIfLeft(roomId: RoomId): Promise<boolean> {
    const { reader, partials } = this.deps;
    if (await reader.isHere(roomId)) return false;
    await partials.abandon(roomId);
    return true;
  }

  async #stopIfLeft({ roomId, joinNid }: PartialRoom, stop: AbortController): Promise<void> {
    const { reader, partials, log } = this.deps;
    try {
      const isHere = await reader.isHere(roomId);
      const isSame = (await partials.one(roomId))?.joinNid === joinNid;
      if (!isHere || !isSame) stop.abort(new Error('the room was left'));
    } catch (error) {
      log.debug('whether a room was left is not known', { roomId, error });
    }
  }

  /** @returns whether there is nothing more to do */
  async #tryAll(partial: PartialRoom, join: StoredEvent, signal: AbortSignal): Promise<boolean> {
    const { reader, author, log } = this.deps;
    const { roomId, via } = partial;
    const servers = askable([via, ...(await reader.serversIn(roomId))], author.serverName);
    for (const [index, server] of servers.entries()) {
      if (signal.aborted || !(await this.#isWaiting(partial))) return true;
      this.#note(roomId, { server, asked: index + 1, servers: servers.length });
      try {
        if (await this.#completeBy(server, join, signal)) return true;
      } catch (error) {
        if (signal.aborted) return true;
        if (!(error instanceof RemoteError)) throw error;
        log.info('the members of a room are not to be had', { roomId, server, error: error.message });
      }
    }
    return false;
  }

  /** @returns whether there is nothing more to do */
  async #completeBy(server: ServerName, join: StoredEvent, signal: AbortSignal): Promise<boolean> {
    const { state, intake, log } = this.deps;
    const { room, roomId } = join;
    const progress = (known: number, expected: number) => this.#note(roomId, { state: { known, expected } });
    const stateIds = await state.before(server, room, join.eventId, signal, progress);
    if (!stateIds) return false;
    const outcome = await intake.completeRoom({ roomId, stateIds, signal });
    if (outcome === 'refused') {
      log.warn('a server tells a state that does not let us in', { roomId, server });
      return false;
    }
    if (outcome === 'complete') log.info('a room has all its members', { roomId, server, state: stateIds.length });
    return true;
  }

  async #leave(roomId: RoomId): Promise<void> {
    const { db, reader, appender } = this.deps;
    for (const { userId } of await reader.localMembers(roomId, MOST_LEAVING)) {
      const content = { membership: 'leave' };
      const draft = { roomId, sender: userId, type: 'm.room.member', stateKey: userId, content };
      await db.write((tx) => appender.append(tx, draft));
    }
  }

  #note(roomId: RoomId, more: Partial<JoinProgress>): void {
    const running = this.#running.get(roomId);
    if (running) running.progress = { ...running.progress, ...more };
  }
}

const firstProgress = ({ roomId, startedAt }: PartialRoom, { sender: userId }: StoredEvent): JoinProgress => ({
  roomId,
  userId,
  startedAt,
  server: undefined,
  asked: 0,
  servers: 0,
  stage: 'completing',
  received: 0,
  done: 0,
});
