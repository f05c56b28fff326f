import { backoff } from '../../../base/backoff.js';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import { arrayAt, type JsonObject, stringAt } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import { Semaphore } from '../../../base/semaphore.js';
import type { Database } from '../../../storage/database.js';
import type { Badge } from '../badge.js';
import type { NoticeContexts } from '../notice-context.js';
import type { PusherQueue, PusherQueues, QueuedNotice } from '../pushers/pusher-queues.js';
import type { Pushers } from '../pushers/pushers.js';
import type { Pusher } from '../pushers/pushers.store.js';
import { badgeNotification, countsByItself, notification } from './notification.js';
import type { PushTransport } from './push-transport.js';

const SECOND: Milliseconds = 1000;
const FIRST_WAIT = SECOND;
const LONGEST_WAIT = 60 * 60 * SECOND;
/** A gateway that comes back is not flooded with what is old by then. */
const GIVE_UP_AFTER = 24 * 60 * 60 * SECOND;
/** Requests to one gateway at once: a slow one holds up its own pushers only. */
const MOST_TO_GATEWAY = 20;

/**
 * Tells gateways what notifies the owners of pushers: for each pusher in order, one at a time, until each is taken.
 *
 * @see https://spec.matrix.org/v1.19/push-gateway-api/
 */
export class GatewayDelivery {
  readonly #working = new Map<number, Promise<void>>();
  readonly #badgeDue = new Set<number>();
  readonly #waiting = new Map<PusherQueue, { readonly setAt: Milliseconds; readonly resume: () => void }>();
  readonly #gateways = new Map<string, { readonly places: Semaphore; users: number }>();
  #signal: AbortSignal | undefined;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly queues: PusherQueues;
      readonly pushers: Pushers;
      readonly badge: Badge;
      readonly contexts: NoticeContexts;
      readonly transport: PushTransport;
      readonly clock: Clock;
      readonly log: Logger;
      readonly settings: { readonly includeContent: boolean; readonly jitterDelay: Milliseconds };
    },
  ) {}

  /** Works until `signal` aborts; call it before anything else. */
  start(signal: AbortSignal): void {
    this.#signal = signal;
  }

  /** Resolves when nothing is under way any more, after the signal has aborted. */
  async end(): Promise<void> {
    await Promise.all(this.#working.values());
  }

  /** Something new stands in a queue. */
  wake(queue: PusherQueue): void {
    if (this.#working.has(queue.pusherId) || !this.#signal || this.#signal.aborted) return;
    const work = this.#work(queue, this.#signal).then(
      () => this.#rest(queue),
      (error: unknown) => {
        this.#working.delete(queue.pusherId);
        this.#failed(queue, error);
      },
    );
    this.#working.set(queue.pusherId, work);
  }

  /** Somebody changed pushers: those that wait to try again may have a gateway now that answers, or be gone. */
  async reconsider(): Promise<void> {
    for (const [queue, { setAt, resume }] of this.#waiting) {
      if ((await this.deps.queues.pusherOf(queue))?.setAt !== setAt) resume();
    }
  }

  /** What waits for a user may be less now: their apps are told the new number, if it is one. */
  async recount(pusher: Pusher): Promise<void> {
    if (countsByItself(pusher) || !pusher.isEnabled) return;
    this.#badgeDue.add(pusher.pusherId);
    this.wake(await this.deps.queues.of(pusher));
  }

  async #work(queue: PusherQueue, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; ) {
      const pusher = await this.deps.queues.pusherOf(queue);
      if (!pusher?.isEnabled || pusher.kind !== 'http') return this.deps.queues.drop(queue);
      const [notice] = queue.notices;
      if (!notice) {
        if (!this.#badgeDue.delete(queue.pusherId)) return;
        await this.#tellBadge(pusher, queue, signal);
        continue;
      }
      const isTaken = await this.#hand(pusher, queue, notice, signal).catch((error) => this.#failed(queue, error));
      if (isTaken) attempt = 0;
      else attempt = await this.#wait(pusher, queue, attempt, signal);
    }
  }

  /** What came in the last moment is not left lying. */
  #rest(queue: PusherQueue): void {
    this.#working.delete(queue.pusherId);
    if (queue.notices.length > 0 || this.#badgeDue.has(queue.pusherId)) this.wake(queue);
  }

  /** @returns false when the gateway did not take it */
  async #hand(pusher: Pusher, queue: PusherQueue, notice: QueuedNotice, signal: AbortSignal): Promise<boolean> {
    const { contexts, badge, queues, settings } = this.deps;
    const event = await contexts.stillNews(pusher.userId, notice.nid);
    if (event) {
      await this.#spread(event.originServerTs, signal);
      const count = await badge.of(pusher.userId);
      const context = await contexts.of(pusher.userId, event);
      const { actions } = notice;
      const body = notification(pusher, {
        event,
        actions,
        badge: count,
        context,
        withContent: settings.includeContent,
      });
      if (!(await this.#post(pusher, body, signal))) return false;
      queue.badge = count;
    }
    queue.failingSince = undefined;
    queues.handedOn(queue, notice.position);
    return true;
  }

  async #tellBadge(pusher: Pusher, queue: PusherQueue, signal: AbortSignal): Promise<void> {
    const count = await this.deps.badge.of(pusher.userId);
    if (count === queue.badge) return;
    queue.badge = count;
    this.deps.queues.changed(queue);
    // Not tried again: the next notification brings the number too.
    await this.#post(pusher, badgeNotification(pusher, count), signal);
  }

  async #post(pusher: Pusher, body: JsonObject, signal: AbortSignal): Promise<boolean> {
    const url = stringAt(pusher.data, 'url') ?? '';
    await this.deps.db.durable();
    const answer = await this.#atGateway(url, async () => {
      try {
        return await this.deps.transport.post(url, body, signal);
      } catch (error) {
        if (!signal.aborted) this.#refused(pusher, error);
        return undefined;
      }
    });
    if (!answer) return false;
    if (arrayAt(answer, 'rejected')?.includes(pusher.pushkey)) await this.#reject(pusher);
    return true;
  }

  /** The gateway knows the device no more: the app was removed, or got another key. */
  async #reject({ userId, appId, pushkey }: Pusher): Promise<void> {
    this.deps.log.info('the push gateway knows the device no more, its pusher is removed', { userId, appId });
    await this.deps.pushers.remove(userId, appId, pushkey);
  }

  async #atGateway<T>(url: string, work: () => Promise<T>): Promise<T> {
    const origin = URL.parse(url)?.origin ?? '';
    const gateway = this.#gateways.get(origin) ?? { places: new Semaphore(MOST_TO_GATEWAY), users: 0 };
    this.#gateways.set(origin, gateway);
    gateway.users += 1;
    try {
      return await gateway.places.run(work);
    } finally {
      gateway.users -= 1;
      if (gateway.users === 0) this.#gateways.delete(origin);
    }
  }

  /** Waits before the next attempt. @returns which one that is */
  async #wait(pusher: Pusher, queue: PusherQueue, attempt: number, signal: AbortSignal): Promise<number> {
    const { clock, queues } = this.deps;
    const now = clock.now();
    queue.failingSince ??= now;
    queues.changed(queue);
    const [notice] = queue.notices;
    if (notice && now - queue.failingSince > GIVE_UP_AFTER) {
      queue.failingSince = undefined;
      queues.handedOn(queue, notice.position);
      return 0;
    }
    const changed = new AbortController();
    this.#waiting.set(queue, { setAt: pusher.setAt, resume: () => changed.abort() });
    const either = AbortSignal.any([signal, changed.signal]);
    await clock.sleep(backoff(attempt, FIRST_WAIT, LONGEST_WAIT), either).catch(() => undefined);
    this.#waiting.delete(queue);
    return changed.signal.aborted ? 0 : attempt + 1;
  }

  /** Spreads what many are told at once, so that nobody sees from the times who is in a room together. */
  async #spread(sentAt: Milliseconds, signal: AbortSignal): Promise<void> {
    const { clock, settings } = this.deps;
    if (settings.jitterDelay === 0) return;
    const wait = sentAt + Math.random() * settings.jitterDelay - clock.now();
    if (wait > 0) await clock.sleep(Math.min(wait, settings.jitterDelay), signal).catch(() => undefined);
  }

  #refused({ userId, appId }: Pusher, error: unknown): void {
    this.deps.log.warn('a push gateway did not take a notification', { userId, appId, error });
  }

  #failed({ userId }: PusherQueue, error: unknown): false {
    if (!this.#signal?.aborted) this.deps.log.error('a pusher failed', { userId, error });
    return false;
  }
}
