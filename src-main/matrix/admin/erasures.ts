import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import { randomLetters } from '../../base/random.js';
import { turn } from '../../base/yield.js';
import { MatrixError, notFound } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import { type Database, StorageError } from '../../storage/database.js';
import { streamTopic } from '../../storage/news.js';
import type { WritableStream } from '../../storage/stream.js';
import type { Deactivations, Users } from '../accounts/index.js';
import type { Media, PersonMedia } from '../media/index.js';
import type { AuthoredAmount, AuthorRedactions } from './author-redactions.js';
import type { Erasure, ErasureStore } from './erasures.store.js';

/** Wakes the job, and tells that one began or is over. */
export const ERASURES_TOPIC = streamTopic('erasures');
const ID_LETTERS = 16;
const MOST_SHOWN = 100;

export interface ErasuresDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: ErasureStore;
  readonly users: Users;
  readonly deactivations: Deactivations;
  readonly redactions: AuthorRedactions;
  readonly uploads: PersonMedia;
  readonly uses: Media['uses'];
  /** those that are over */
  readonly ended: WritableStream<Erasure>;
}

/** What an erasure would take away. */
export interface ErasureAmount extends AuthoredAmount {
  readonly files: number;
  readonly fileBytes: number;
}

/**
 * Erases people for administrators: takes back what they wrote, deletes what they uploaded, and gives their account up
 * with their name and picture. Asked for at once, done in the background one after the other, and gone on with after a
 * restart; meanwhile the account is locked. What was done stays on record.
 */
export class Erasures {
  readonly #cancelled = new Set<string>();

  constructor(private readonly deps: ErasuresDeps) {}

  /** What would go. Looks at every event of their rooms. @throws MatrixError M_NOT_FOUND */
  async amount(userId: UserId): Promise<ErasureAmount> {
    const { redactions, uses } = this.deps;
    await this.#requireKnown(userId);
    const [written, uploaded] = await Promise.all([redactions.amount(userId), uses.of([userId])]);
    const { files, bytes } = uploaded.get(userId) ?? { files: 0, bytes: 0 };
    return { ...written, files, fileBytes: bytes };
  }

  /**
   * Begins to erase somebody; accounts that were given up before too.
   *
   * @throws MatrixError M_NOT_FOUND; M_UNKNOWN 400 while they are being erased; LastAdminError
   */
  async begin(userId: UserId): Promise<Erasure> {
    const { db, store, users, redactions, clock } = this.deps;
    const user = await this.#requireKnown(userId);
    const { messages } = await redactions.amount(userId);
    const erasure: Erasure = {
      id: randomLetters(ID_LETTERS),
      userId,
      state: 'waiting',
      wasLocked: user.isLocked,
      isCancelled: false,
      place: undefined,
      total: messages,
      done: 0,
      kept: 0,
      files: 0,
      bytes: 0,
      error: undefined,
      started: clock.now(),
      ended: undefined,
    };
    await db.write(async (tx) => {
      await users.requireAnotherAdmin(tx, userId);
      if (await store.openOf(tx, userId))
        throw new MatrixError(400, 'M_UNKNOWN', 'this person is being erased already');
      await store.insert(tx, erasure);
      tx.announce(ERASURES_TOPIC);
    });
    return erasure;
  }

  /**
   * Ends one between two steps and lets the person in again: what is gone stays gone.
   *
   * @returns false when it is over, or the account is being given up
   */
  async cancel(id: string): Promise<boolean> {
    const { db, store } = this.deps;
    const isStopped = await db.write((tx) => store.cancel(tx, id));
    if (isStopped) this.#cancelled.add(id);
    return isStopped;
  }

  one(id: string): Promise<Erasure | undefined> {
    return this.deps.store.one(this.deps.db, id);
  }

  /** The newest first. @param userId undefined: of everybody */
  list(userId?: UserId): Promise<Erasure[]> {
    const { db, store } = this.deps;
    return userId === undefined ? store.latest(db, MOST_SHOWN) : store.of(db, userId, MOST_SHOWN);
  }

  /** Does the first that is not over. @returns false when there is none */
  async runNext(signal: AbortSignal): Promise<boolean> {
    const { db, store, log } = this.deps;
    const erasure = await store.firstOpen(db);
    if (!erasure) return false;
    if (erasure.isCancelled) this.#cancelled.add(erasure.id);
    try {
      await this.#run(erasure, signal);
    } catch (error) {
      // a store that is busy or full is asked again later
      if (signal.aborted || error instanceof StorageError) throw error;
      log.error('a person could not be erased', { userId: erasure.userId, error });
      const why = error instanceof Error ? error.message : String(error);
      await this.#end({ ...((await this.one(erasure.id)) ?? erasure), state: 'failed', error: why });
    }
    this.#cancelled.delete(erasure.id);
    return true;
  }

  async #run(erasure: Erasure, signal: AbortSignal): Promise<void> {
    const { deactivations, log } = this.deps;
    const { id, userId } = erasure;
    let now = erasure;
    if (now.state !== 'closing') {
      await this.#lock(userId);
      if (now.state !== 'files') now = await this.#takeBack(now, signal);
      now = await this.#deleteFiles(now, signal);
      if (this.#cancelled.has(id)) return this.#release(now);
      now = await this.#save({ ...now, state: 'closing' });
    }
    await deactivations.deactivate(userId, true, { keepAnAdmin: true });
    await this.#end({ ...now, state: 'done' });
    log.info('a person was erased', { userId, messages: now.done, kept: now.kept, files: now.files });
  }

  /** Nobody writes on while it is being taken back. */
  async #lock(userId: UserId): Promise<void> {
    const { users } = this.deps;
    const user = await users.get(userId);
    if (user && !user.isDeactivated && !user.isLocked) await users.setFlag(userId, 'isLocked', true);
  }

  async #takeBack(erasure: Erasure, signal: AbortSignal): Promise<Erasure> {
    const { redactions } = this.deps;
    const { id, userId, place } = erasure;
    let now = await this.#save({ ...erasure, state: 'redacting', done: await this.#doneOf(erasure) });
    const mayGoOn = () => !signal.aborted && !this.#cancelled.has(id);
    for (const room of await redactions.rooms(userId)) {
      if (place && room.nid < place.roomNid) continue;
      let after = place?.roomNid === room.nid ? place.ord : undefined;
      do {
        signal.throwIfAborted();
        if (!mayGoOn()) return now;
        const { redacted, kept, next } = await redactions.redactSome(room, userId, after, mayGoOn);
        signal.throwIfAborted();
        after = next;
        const at = after === undefined ? { roomNid: room.nid + 1, ord: 0 } : { roomNid: room.nid, ord: after };
        now = { ...now, place: at, done: now.done + redacted, kept: now.kept + kept };
        if (redacted + kept > 0 || after !== undefined) now = await this.#save(now);
        await turn();
      } while (after !== undefined);
    }
    return now;
  }

  /** What was taken back just before the server was cut off was not noted. */
  async #doneOf({ state, userId, total, done }: Erasure): Promise<number> {
    if (state === 'waiting') return done;
    const { messages } = await this.deps.redactions.amount(userId);
    return Math.max(done, total - messages);
  }

  async #deleteFiles(erasure: Erasure, signal: AbortSignal): Promise<Erasure> {
    const { uploads, store } = this.deps;
    let now = erasure;
    if (!this.#cancelled.has(erasure.id)) now = await this.#save({ ...now, state: 'files' });
    while (!this.#cancelled.has(erasure.id)) {
      signal.throwIfAborted();
      const { count } = await uploads.removeSome(erasure.userId, signal, async (tx, gone) => {
        now = { ...now, files: now.files + gone.count, bytes: now.bytes + gone.bytes };
        await store.save(tx, now);
      });
      if (count === 0) break;
    }
    return now;
  }

  async #release(erasure: Erasure): Promise<void> {
    const { users, log } = this.deps;
    const user = await users.get(erasure.userId);
    if (user && !user.isDeactivated && !erasure.wasLocked) await users.setFlag(erasure.userId, 'isLocked', false);
    await this.#end({ ...erasure, state: 'cancelled' });
    log.info('the erasure of a person was stopped', { userId: erasure.userId });
  }

  async #save(erasure: Erasure): Promise<Erasure> {
    const { db, store } = this.deps;
    await db.write((tx) => store.save(tx, erasure));
    return erasure;
  }

  async #end(erasure: Erasure): Promise<void> {
    const { db, store, clock, ended } = this.deps;
    const over = { ...erasure, ended: clock.now() };
    await db.write(async (tx) => {
      await store.save(tx, over);
      await ended.append(tx, over);
      tx.announce(ERASURES_TOPIC);
    });
  }

  async #requireKnown(userId: UserId) {
    const user = await this.deps.users.get(userId);
    if (!user) throw notFound('there is no such account');
    return user;
  }
}
