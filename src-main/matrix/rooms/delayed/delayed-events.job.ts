import type { Clock, Milliseconds } from '../../../base/clock.js';
import type { Job } from '../../../base/supervisor.js';
import type { Database } from '../../../storage/database.js';
import { roomTopic, type Topic } from '../../../storage/news.js';
import { DELAYED_EVENTS_TOPIC, type DelayedEvents } from './delayed-events.js';
import type { OvertakenEvents } from './overtaken-events.js';

/** Clocks are set, and timers have a longest time: it looks at least so often. */
const LONGEST_SLEEP: Milliseconds = 60_000;

/** Sends delayed events when their time comes, and cancels those that somebody overtook. Sleeps while none waits. */
export const delayedEventsJob = (deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly delayed: DelayedEvents;
  readonly overtaken: OvertakenEvents;
}): Job => ({
  name: 'rooms.delayed-events',
  async run(signal) {
    let rooms: readonly `!${string}`[] = [];
    while (!signal.aborted) {
      const news = deps.db.news;
      const waking = new AbortController();
      const topics: Topic[] = [DELAYED_EVENTS_TOPIC, ...rooms.map(roomTopic)];
      const unwatch = news.watch(topics, () => waking.abort());
      try {
        const now = await deps.overtaken.cancel();
        const next = await deps.delayed.sendDue(signal);
        const isWatched = now.every((roomId) => rooms.includes(roomId));
        rooms = now;
        if (isWatched) await sleep(deps.clock, next, AbortSignal.any([signal, waking.signal]));
      } finally {
        unwatch();
      }
    }
  },
});

/** Until `next`, or something comes. */
async function sleep(clock: Clock, next: Milliseconds | undefined, signal: AbortSignal): Promise<void> {
  const time = next === undefined ? LONGEST_SLEEP : Math.min(Math.max(next - clock.now(), 0), LONGEST_SLEEP);
  if (time > 0 && !signal.aborted) await clock.sleep(time, signal).catch(() => undefined);
}
