import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Job } from '../../../base/supervisor.js';
import type { Database } from '../../../storage/database.js';
import { Doorbell } from '../../../storage/doorbell.js';
import type { Destinations } from '../../servers/index.js';
import type { OutgoingEvents } from './outgoing-events.js';
import type { Progress } from './progress.js';
import type { Sender } from './sender.js';

interface SendingJobDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly destinations: Pick<Destinations, 'onAwake'>;
  readonly events: OutgoingEvents;
  readonly progress: Progress;
  readonly sender: Sender;
}

/** Events handed out at once. */
const READ = 200;
const SAVE_EVERY: Milliseconds = 1_000;

/**
 * Follows what must go to other servers and hands it to the sender, on disk and in order. Stores how far everything has
 * come now and then: after a crash some of it goes out again.
 */
export const sendingJob = (deps: SendingJobDeps): Job => ({
  name: 'federation.sending',
  async run(signal) {
    const { destinations, progress, sender } = deps;
    const stopped = new AbortController();
    const running = AbortSignal.any([signal, stopped.signal]);
    await sender.start(await progress.load(), running);
    const unwatch = destinations.onAwake((server) => sender.awake(server));
    try {
      await Promise.race([distribute(deps, running), keepSaving(deps, running)]);
    } finally {
      unwatch();
      stopped.abort(new Error('sending ends'));
      await sender.ended();
      await progress.save(sender.boxes, sender.distributed);
    }
  },
});

async function distribute({ db, events, sender }: SendingJobDeps, signal: AbortSignal): Promise<void> {
  using news = new Doorbell(db.news, [events.topic], signal);
  while (!signal.aborted) {
    news.listen();
    const page = await events.next(sender.distributed, READ);
    if (page.length > 0) await db.durable();
    if (signal.aborted) return;
    for (const { pdu, servers } of page) sender.distribute(pdu, servers);
    // Whatever came since we looked has rung.
    if (page.length < READ) await news.rung();
  }
}

async function keepSaving({ clock, progress, sender }: SendingJobDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(SAVE_EVERY, signal).catch(() => undefined);
    if (!signal.aborted) await progress.save(sender.boxes, sender.distributed);
  }
}
