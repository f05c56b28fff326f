import { backoff } from '../../../base/backoff.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import { Semaphore } from '../../../base/semaphore.js';
import { MailError, type MailMessage } from '../../../net/mail.js';
import type { RoomId } from '../../../spec/ids.js';
import type { Database, Position } from '../../../storage/database.js';
import type { StoredEvent } from '../../events/index.js';
import type { NoticeContexts } from '../notice-context.js';
import { KEPT, type PusherQueue, type PusherQueues } from '../pushers/pusher-queues.js';
import type { Pushers } from '../pushers/pushers.js';
import type { Pusher } from '../pushers/pushers.store.js';
import type { DigestWriter } from './digest-writer.js';
import type { Throttle, ThrottleStore } from './throttles.store.js';
import { dueAt, LONGEST_WAIT, throttleAfter } from './throttling.js';

const SECOND: Milliseconds = 1000;
const MINUTE = 60 * SECOND;
const LONGEST_RETRY = 60 * MINUTE;
/** E-mails on their way at once: the mail server's own bounds are for those that somebody waits for. */
const MOST_AT_ONCE = 2;

/** Something that its reader has not seen. */
interface Waiting {
  readonly event: StoredEvent;
  readonly position: Position;
  readonly noticedAt: Milliseconds;
}

/**
 * Writes to people about what they did not read for a while: all of it in one e-mail, and about one conversation again
 * only after a long time.
 */
export class DigestDelivery {
  readonly #working = new Map<number, Promise<void>>();
  readonly #places = new Semaphore(MOST_AT_ONCE);
  #signal: AbortSignal | undefined;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly queues: PusherQueues;
      readonly pushers: Pushers;
      readonly throttles: ThrottleStore;
      readonly contexts: NoticeContexts;
      readonly writer: DigestWriter;
      readonly mail: { send(message: MailMessage, signal?: AbortSignal): Promise<void> };
      readonly clock: Clock;
      readonly log: Logger;
      /** how long an event may wait to be read before its reader is written to */
      readonly delay: Milliseconds;
    },
  ) {}

  /** Works until `signal` aborts; call it before anything else. */
  async start(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    await this.deps.db.write((tx) => this.deps.throttles.removeOrphans(tx));
  }

  /** Resolves when nothing is under way any more, after the signal has aborted. */
  async end(): Promise<void> {
    await Promise.all(this.#working.values());
  }

  /** Something new stands in a queue. */
  wake(queue: PusherQueue): void {
    const signal = this.#signal;
    if (this.#working.has(queue.pusherId) || !signal || signal.aborted) return;
    const work = this.#work(queue, signal).then(
      () => {
        this.#working.delete(queue.pusherId);
        if (queue.notices.length > 0) this.wake(queue);
      },
      (error: unknown) => {
        this.#working.delete(queue.pusherId);
        if (!signal.aborted) this.deps.log.error('a pusher failed', { userId: queue.userId, error });
      },
    );
    this.#working.set(queue.pusherId, work);
  }

  async #work(queue: PusherQueue, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted && queue.notices.length > 0; ) {
      const pusher = await this.#pusher(queue);
      if (!pusher) return this.deps.queues.drop(queue);
      const waiting = await this.#waiting(queue);
      const throttles = await this.deps.throttles.ofPusher(this.deps.db, queue.pusherId);
      const now = this.deps.clock.now();
      const due = waiting.map(({ event, noticedAt }) => dueAt(noticedAt, throttles.get(event.roomId), this.deps.delay));
      const soonest = Math.min(...due);
      const reason = waiting[due.indexOf(soonest)];
      if (!reason) continue;
      if (soonest > now) {
        // What comes meanwhile is due no sooner than its own delay allows.
        await this.#sleep(Math.min(soonest - now, Math.max(this.deps.delay, SECOND)), signal);
      } else if (await this.#send(pusher, waiting, reason.event.roomId, signal)) {
        await this.#told(queue, waiting, throttles);
        attempt = 0;
      } else {
        await this.#sleep(backoff(attempt, MINUTE, LONGEST_RETRY), signal);
        attempt += 1;
      }
    }
  }

  /** undefined when it is gone, or its address is no longer one of its owner's. */
  async #pusher(queue: PusherQueue): Promise<Pusher | undefined> {
    const pusher = await this.deps.queues.pusherOf(queue);
    if (pusher?.kind !== 'email' || !pusher.isEnabled) return undefined;
    if (await this.deps.pushers.ownsAddress(pusher)) return pusher;
    await this.deps.pushers.remove(pusher.userId, pusher.appId, pusher.pushkey);
    return undefined;
  }

  /** What was not read in the meantime; the rest leaves the queue where it stands at its front. */
  async #waiting(queue: PusherQueue): Promise<Waiting[]> {
    const waiting: Waiting[] = [];
    const standing = queue.notices.slice();
    for (const { nid, position, ts } of standing) {
      const isOld = ts < this.deps.clock.now() - KEPT;
      const event = isOld ? undefined : await this.deps.contexts.stillNews(queue.userId, nid);
      if (event) waiting.push({ event, position, noticedAt: ts });
      else if (waiting.length === 0) this.deps.queues.handedOn(queue, position);
    }
    return waiting;
  }

  /** @returns false when it is to be tried again */
  async #send(pusher: Pusher, waiting: readonly Waiting[], reason: RoomId, signal: AbortSignal): Promise<boolean> {
    const { db, writer, mail, log } = this.deps;
    const events = waiting.map(({ event }) => event);
    return this.#places.run(async () => {
      try {
        const message = await writer.write(pusher, events, reason);
        await db.durable();
        await mail.send(message, signal);
        return true;
      } catch (error) {
        if (!signal.aborted) log.warn('an e-mail about notifications was not sent', { userId: pusher.userId, error });
        return error instanceof MailError && error.isFinal;
      }
    });
  }

  async #told(queue: PusherQueue, waiting: readonly Waiting[], before: ReadonlyMap<RoomId, Throttle>): Promise<void> {
    const { db, clock, throttles, queues, delay } = this.deps;
    const now = clock.now();
    const after = new Map<RoomId, Throttle>();
    for (const [roomId, told] of Map.groupBy(waiting, ({ event }) => event.roomId)) {
      const times = { first: told[0]?.noticedAt ?? now, last: told.at(-1)?.noticedAt ?? now };
      after.set(roomId, throttleAfter(before.get(roomId), times, { now, delay }));
    }
    await db.write((tx) => throttles.save(tx, queue.pusherId, after, now - 2 * LONGEST_WAIT));
    queues.handedOn(queue, waiting.at(-1)?.position ?? 0);
    await queues.save();
  }

  async #sleep(wait: Milliseconds, signal: AbortSignal): Promise<void> {
    await this.deps.clock.sleep(wait, signal).catch(() => undefined);
  }
}
