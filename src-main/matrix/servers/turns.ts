import type { Clock, Milliseconds } from '../../base/clock.js';
import type { RateLimits } from '../../config/config.js';
import { MatrixError } from '../../spec/errors.js';
import type { ServerName } from '../../spec/ids.js';

type Limits = RateLimits['federation'];

/** What waits; its signal is asked for only then. */
interface Request {
  readonly signal: AbortSignal;
}

/** The requests of one server. */
class Queue {
  /** when requests came, within the window */
  times: Milliseconds[] = [];
  running = 0;
  sleeping = 0;
  readonly waiting: (() => void)[] = [];

  get isIdle(): boolean {
    return this.running === 0 && this.sleeping === 0 && this.waiting.length === 0;
  }
}

const SWEEP_AFTER = 1000;

/** Lets each server do a few things at once; one that asks much in a short time is made to wait, and then refused. */
export class Turns {
  readonly #queues = new Map<ServerName, Queue>();

  constructor(
    private readonly limits: Limits,
    private readonly clock: Clock,
  ) {}

  /** @throws MatrixError M_LIMIT_EXCEEDED; the signal's reason; what `work` throws */
  async run<T>(server: ServerName, request: Request, work: () => Promise<T>): Promise<T> {
    const queue = this.#queueOf(server);
    await this.#wait(queue, request);
    try {
      return await work();
    } finally {
      const next = queue.waiting.shift();
      if (next) next();
      else queue.running -= 1;
    }
  }

  async #wait(queue: Queue, request: Request): Promise<void> {
    const { windowSize, sleepLimit, sleepDelay, rejectLimit, concurrent } = this.limits;
    const now = this.clock.now();
    queue.times = queue.times.filter((time) => time > now - windowSize && time <= now);
    if (queue.waiting.length + queue.sleeping >= rejectLimit) throw tooMany(windowSize / Math.max(1, sleepLimit));
    queue.times.push(now);
    if (queue.times.length > sleepLimit) await this.#sleep(queue, sleepDelay, request.signal);
    if (queue.running < concurrent) queue.running += 1;
    else await turnOf(queue, request.signal);
  }

  async #sleep(queue: Queue, delay: Milliseconds, signal: AbortSignal): Promise<void> {
    queue.sleeping += 1;
    try {
      await this.clock.sleep(delay, signal);
    } finally {
      queue.sleeping -= 1;
    }
  }

  #queueOf(server: ServerName): Queue {
    const known = this.#queues.get(server);
    if (known) return known;
    if (this.#queues.size >= SWEEP_AFTER) {
      for (const [name, queue] of this.#queues) if (queue.isIdle) this.#queues.delete(name);
    }
    const queue = new Queue();
    this.#queues.set(server, queue);
    return queue;
  }
}

/** Resolves when a request before this one is done, whose place it takes over. */
function turnOf({ waiting }: Queue, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      waiting.splice(waiting.indexOf(take), 1);
      reject(signal.reason as Error);
    };
    const take = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    if (signal.aborted) return reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    waiting.push(take);
  });
}

const tooMany = (wait: Milliseconds) =>
  new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too many requests of this server are waiting', {
    retry_after_ms: Math.ceil(wait),
  });
