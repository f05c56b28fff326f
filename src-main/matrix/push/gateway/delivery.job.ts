import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Job } from '../../../base/supervisor.js';
import type { UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import { streamTopic, userTopic } from '../../../storage/news.js';
import { NOTICES_TOPIC } from '../notices/noticing.js';
import type { PusherQueues } from '../pushers/pusher-queues.js';
import { PUSHERS_TOPIC, type Pushers } from '../pushers/pushers.js';
import type { DigestDelivery } from '../email/digest-delivery.js';
import type { GatewayDelivery } from './gateway-delivery.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly pushers: Pushers;
  readonly queues: PusherQueues;
  readonly gateways: GatewayDelivery;
  /** undefined: this server sends no e-mails about notifications */
  readonly digests: DigestDelivery | undefined;
}

const SAVE_EVERY: Milliseconds = 1000;
const RECEIPTS = streamTopic('receipts');

/** Brings notices to the pushers' queues, and tells apps when somebody read what their number counts. */
export const delivery = (deps: Deps): Job => ({
  name: 'push.delivery',
  async run(signal) {
    const { queues, gateways, digests } = deps;
    gateways.start(signal);
    await digests?.start(signal);
    const watch = new ReadersWatch(deps);
    try {
      await Promise.all([routing(deps, watch, signal), saving(deps, signal)]);
    } finally {
      watch.end();
      await gateways.end();
      await digests?.end();
      await queues.end();
      await queues.save();
    }
  },
});

async function routing({ db, queues, gateways }: Deps, watch: ReadersWatch, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const news = Promise.withResolvers<void>();
    const unwatch = db.news.watch([NOTICES_TOPIC, PUSHERS_TOPIC], news.resolve);
    const onAbort = () => news.resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await queues.route(signal);
      await watch.refresh(news.resolve);
      await watch.recount();
      await gateways.reconsider();
      if (!signal.aborted) await news.promise;
    } finally {
      unwatch();
      signal.removeEventListener('abort', onAbort);
    }
  }
}

async function saving({ clock, queues }: Deps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(SAVE_EVERY, signal).catch(() => undefined);
    await queues.save();
  }
}

/** Notes who, of those with pushers, may have read something. */
class ReadersWatch {
  readonly #touched = new Set<UserId>();
  readonly #watched = new Map<UserId, () => void>();
  #users: ReadonlySet<UserId> | undefined;
  #lookedAt: number;
  #wake: () => void = () => undefined;

  constructor(private readonly deps: Deps) {
    this.#lookedAt = deps.db.position();
  }

  /** Watches exactly those who have pushers now. */
  async refresh(wake: () => void): Promise<void> {
    this.#wake = wake;
    const users = await this.deps.pushers.users();
    if (users === this.#users) return;
    this.#users = users;
    for (const [userId, unwatch] of this.#watched) {
      if (users.has(userId)) continue;
      unwatch();
      this.#watched.delete(userId);
    }
    for (const userId of users) {
      if (!this.#watched.has(userId)) this.#watched.set(userId, this.#watch(userId));
    }
  }

  /** Has the numbers counted again of those who were touched, if receipts moved at all. */
  async recount(): Promise<void> {
    const { db, pushers, gateways } = this.deps;
    const users = [...this.#touched];
    this.#touched.clear();
    const since = this.#lookedAt;
    this.#lookedAt = db.position();
    if (users.length === 0 || !db.news.mayHaveChangedSince(RECEIPTS, since)) return;
    for (const userId of users) {
      for (const pusher of await pushers.ofUser(userId)) if (pusher.kind === 'http') await gateways.recount(pusher);
    }
  }

  end(): void {
    for (const unwatch of this.#watched.values()) unwatch();
  }

  #watch(userId: UserId): () => void {
    return this.deps.db.news.watch([userTopic(userId)], () => {
      this.#touched.add(userId);
      this.#wake();
    });
  }
}
