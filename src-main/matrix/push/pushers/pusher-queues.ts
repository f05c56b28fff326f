import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import { turn } from '../../../base/yield.js';
import type { UserId } from '../../../spec/ids.js';
import type { PushAction } from '../../../spec/push-rules/ruleset.js';
import type { Database, Position } from '../../../storage/database.js';
import type { Notice, NoticeStore } from '../notices/notices.store.js';
import type { Pushers } from './pushers.js';
import type { Pusher, PusherKind, PusherStore } from './pushers.store.js';

/** An event that a pusher has to hand on. */
export interface QueuedNotice {
  readonly position: Position;
  readonly nid: Position;
  /** when it was noticed */
  readonly ts: Milliseconds;
  readonly actions: readonly PushAction[];
}

/** What one pusher has to do, and how far it is. */
export interface PusherQueue {
  readonly pusherId: number;
  readonly userId: UserId;
  /** in the order of their positions, the first of them where there are many */
  readonly notices: QueuedNotice[];
  /** where the last stands of those that are not here yet; undefined: all are */
  waitingUpTo: Position | undefined;
  handedOn: Position;
  failingSince: Milliseconds | undefined;
  /** the last number that the app was told */
  badge: number | undefined;
}

/** What becomes of queues of a kind in which something new stands. */
export type Consumers = { readonly [kind in PusherKind]?: (queue: PusherQueue) => void };

/** Notices of one pusher in memory: of a phone that was off for long the later ones wait in the table. */
export const MOST_NOTICES = 500;
const PAGE = 200;
const HOUR: Milliseconds = 60 * 60_000;
/** What was not handed on for so long is not news any more. */
export const KEPT = 36 * HOUR;
/** How many queues are written in one transaction. */
const SAVED_AT_ONCE = 500;

/**
 * What pushers have to hand on. It stands in `push_notices` and comes back from there after a restart; how far each
 * pusher is, is written now and then, so after a crash what was handed on last is handed on again.
 */
export class PusherQueues {
  readonly #queues = new Map<number, Promise<PusherQueue>>();
  readonly #pending = new Set<PusherQueue>();
  readonly #unsaved = new Set<PusherQueue>();
  readonly #fetching = new Map<PusherQueue, Promise<void>>();
  #routed: Position = 0;
  #trimmed: Position = 0;
  #agedAt: Milliseconds = 0;

  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: PusherStore;
      readonly notices: NoticeStore;
      readonly pushers: Pushers;
      readonly clock: Clock;
      readonly log: Logger;
      readonly consumers: Consumers;
    },
  ) {}

  /** Puts what came since the last time into the queues of those whom it notifies. */
  async route(signal: AbortSignal): Promise<void> {
    const { db, notices } = this.deps;
    while (!signal.aborted) {
      const page = await notices.after(db, this.#routed, PAGE);
      for (const notice of page) await this.#route(notice);
      const last = page.at(-1);
      if (!last) return;
      this.#routed = last.position;
      if (page.length < PAGE) return;
      await turn();
    }
  }

  /** The queue of a pusher, empty or not. */
  of(pusher: Pusher): Promise<PusherQueue> {
    const known = this.#queues.get(pusher.pusherId);
    if (known) return known;
    const found = this.#open(pusher);
    this.#queues.set(pusher.pusherId, found);
    found.catch(() => this.#queues.delete(pusher.pusherId));
    return found;
  }

  /** The pusher of a queue as it is set up now; undefined when there is none any more. */
  async pusherOf({ userId, pusherId }: PusherQueue): Promise<Pusher | undefined> {
    return (await this.deps.pushers.ofUser(userId)).find((pusher) => pusher.pusherId === pusherId);
  }

  /** All up to `position` is done with. */
  handedOn(queue: PusherQueue, position: Position): void {
    const rest = queue.notices.findIndex((notice) => notice.position > position);
    queue.notices.splice(0, rest < 0 ? queue.notices.length : rest);
    queue.handedOn = Math.max(queue.handedOn, position);
    this.#unsaved.add(queue);
    if (queue.notices.length > 0) return;
    if (queue.waitingUpTo === undefined) this.#pending.delete(queue);
    else this.#fetchMore(queue);
  }

  /** Something about how the pusher fares changed. */
  changed(queue: PusherQueue): void {
    this.#unsaved.add(queue);
  }

  /** The pusher is gone. */
  drop(queue: PusherQueue): void {
    queue.notices.length = 0;
    queue.waitingUpTo = undefined;
    this.#queues.delete(queue.pusherId);
    this.#pending.delete(queue);
    this.#unsaved.delete(queue);
  }

  /** Resolves when nothing is on its way into a queue any more. */
  async end(): Promise<void> {
    await Promise.all(this.#fetching.values());
  }

  /** Writes how far the pushers are, and deletes what all of them have handed on. */
  async save(): Promise<void> {
    const { db, store, notices, clock } = this.deps;
    const done = this.#oldestPending();
    const now = clock.now();
    const mayTrim = done > this.#trimmed || now - this.#agedAt >= HOUR;
    if (this.#unsaved.size === 0 && !mayTrim) return;
    const queues = [...this.#unsaved].slice(0, SAVED_AT_ONCE);
    await db.write(async (tx) => {
      await store.saveProgress(tx, queues);
      if (mayTrim) await notices.trim(tx, done, now - KEPT);
    });
    for (const queue of queues) this.#unsaved.delete(queue);
    if (!mayTrim) return;
    this.#trimmed = done;
    this.#agedAt = now;
  }

  /** Everything before this was handed on. */
  #oldestPending(): Position {
    let oldest = this.#routed;
    for (const { notices, handedOn } of this.#pending) oldest = Math.min(oldest, notices[0]?.position ?? handedOn);
    return oldest;
  }

  async #open({ pusherId, userId, from }: Pusher): Promise<PusherQueue> {
    const progress = await this.deps.store.progress(this.deps.db, pusherId);
    return {
      pusherId,
      userId,
      notices: [],
      waitingUpTo: undefined,
      handedOn: Math.max(progress?.handedOn ?? 0, from),
      failingSince: progress?.failingSince,
      badge: progress?.badge,
    };
  }

  async #route({ readers, ...notice }: Notice): Promise<void> {
    if (notice.ts < this.deps.clock.now() - KEPT) return;
    for (const { actions, users } of readers) {
      for (const userId of users) {
        for (const pusher of await this.deps.pushers.ofUser(userId)) {
          const consume = pusher.isEnabled ? this.deps.consumers[pusher.kind] : undefined;
          if (consume) await this.#add(pusher, { ...notice, actions }, consume);
        }
      }
    }
  }

  async #add(pusher: Pusher, notice: QueuedNotice, consume: (queue: PusherQueue) => void): Promise<void> {
    const queue = await this.of(pusher);
    const reached = Math.max(queue.handedOn, queue.notices.at(-1)?.position ?? 0);
    if (notice.nid <= pusher.from || notice.position <= reached) return;
    this.#pending.add(queue);
    if (queue.waitingUpTo !== undefined || queue.notices.length >= MOST_NOTICES) queue.waitingUpTo = notice.position;
    else queue.notices.push(notice);
    if (queue.notices.length === 0) this.#fetchMore(queue);
    else consume(queue);
  }

  /** Brings the next ones into a queue that was emptied, while those who consume it have nothing to do. */
  #fetchMore(queue: PusherQueue): void {
    if (this.#fetching.has(queue)) return;
    const fetching = this.#fetch(queue)
      .catch((error: unknown) => this.deps.log.error('a pusher failed', { userId: queue.userId, error }))
      .finally(() => this.#fetching.delete(queue));
    this.#fetching.set(queue, fetching);
  }

  async #fetch(queue: PusherQueue): Promise<void> {
    const { db, notices, consumers, clock } = this.deps;
    const pusher = await this.pusherOf(queue);
    if (!pusher) return this.drop(queue);
    for (let after = queue.handedOn; queue.waitingUpTo !== undefined; ) {
      const page = await notices.after(db, after, PAGE);
      for (const { readers, ...notice } of page) {
        after = notice.position;
        const of = readers.find(({ users }) => users.includes(queue.userId));
        const isWanted = notice.nid > pusher.from && notice.ts >= clock.now() - KEPT;
        if (of && isWanted) queue.notices.push({ ...notice, actions: of.actions });
        if (queue.notices.length >= MOST_NOTICES) break;
      }
      // Who is told of later ones meanwhile says so here.
      const isAll = page.length === 0 || after >= (queue.waitingUpTo ?? 0);
      if (isAll) queue.waitingUpTo = undefined;
      if (queue.notices.length >= MOST_NOTICES) break;
    }
    if (queue.notices.length > 0) consumers[pusher.kind]?.(queue);
    else this.#pending.delete(queue);
  }
}
