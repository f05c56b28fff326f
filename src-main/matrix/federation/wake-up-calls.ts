import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import { Semaphore } from '../../base/semaphore.js';
import type { ServerName } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { Events } from '../events/index.js';
import { type Destinations, type Peers, RemoteError, type ServerRequests } from '../servers/index.js';
import { transactionText } from './sending/transaction-text.js';
import type { Queues } from './sending/queues.js';

export interface WakeUpCallsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly serverName: ServerName;
  readonly requests: Pick<ServerRequests, 'json'>;
  readonly destinations: Pick<Destinations, 'failingSince'>;
  readonly peers: Pick<Peers, 'facts'>;
  readonly inCommon: Pick<Events['inCommon'], 'top'>;
  readonly queues: Pick<Queues, 'sendNow'>;
}

/** How many servers were told that this one is back. */
export interface WakeUpCount {
  readonly told: number;
  readonly answered: number;
}

const SECOND: Milliseconds = 1000;
const DAY = 86_400 * SECOND;
/** Told at one waking; of more, those that were heard of longest ago hear of us by what is said in rooms. */
const MOST = 5_000;
const AT_ONCE = 20;
const PATIENCE = 15 * SECOND;
/** Over so long they are spread: longer for many, so that the way in of a home does not choke on what comes back. */
const SHORTEST = 120 * SECOND;
const LONGEST = 300 * SECOND;
const MANY = 1_000;
/** A few are not kept waiting. */
const LONGEST_STEP = 3 * SECOND;
/** A server that is gone for so long keeps nothing for us. */
const GONE_AFTER = 7 * DAY;
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Tells other servers that this one is back after it slept. Servers that could not reach us wait longer and longer
 * before they try again, up to days; a signed request of ours, whatever it asks, ends that wait. Here it is a
 * transaction with nothing in it.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#transactions
 */
export class WakeUpCalls {
  #count = 0;

  constructor(private readonly deps: WakeUpCallsDeps) {}

  /**
   * One request to each server that shares a room with us, the most active first, spread over some minutes; each that
   * answers gets what waits for it.
   *
   * @param signal ends it early; what was told until then counts. Resolves soon after, and does not fail
   */
  async tell(signal: AbortSignal): Promise<WakeUpCount> {
    const servers = await this.#servers();
    const step = stepFor(servers.length);
    const places = new Semaphore(AT_ONCE);
    const outcomes: Promise<Outcome>[] = [];
    for (const server of servers) {
      if (outcomes.length > 0) await this.deps.clock.sleep(step, signal).catch(() => undefined);
      if (signal.aborted) break;
      outcomes.push(places.run(() => this.#call(server, signal), signal).catch(() => 'untold' as const));
    }
    const all = await Promise.all(outcomes);
    const answered = all.filter((outcome) => outcome === 'answered').length;
    return { told: answered + all.filter((outcome) => outcome === 'silent').length, answered };
  }

  async #servers(): Promise<ServerName[]> {
    const { db, clock, serverName, destinations, peers, inCommon } = this.deps;
    const since = clock.now() - GONE_AFTER;
    const all = (await inCommon.top(db, MOST)).filter(
      (server) => server !== serverName && (destinations.failingSince(server) ?? clock.now()) > since,
    );
    const facts = await peers.facts(all);
    const lastSpoken = (server: ServerName): Milliseconds => {
      const { lastHeard = 0, lastSent = 0 } = facts.get(server) ?? {};
      return Math.max(lastHeard, lastSent);
    };
    // Those with which nothing was exchanged yet stay in the order of their rooms.
    return all.toSorted((one, other) => lastSpoken(other) - lastSpoken(one));
  }

  async #call(server: ServerName, signal: AbortSignal): Promise<Outcome> {
    const { clock, serverName, requests, queues, log } = this.deps;
    this.#count += 1;
    const now = clock.now();
    try {
      await requests.json({
        destination: server,
        method: 'PUT',
        path: `/_matrix/federation/v1/send/awake.${now}.${this.#count}`,
        bodyText: transactionText(serverName, now, [], []),
        timeout: PATIENCE,
        maxBytes: MAX_ANSWER_BYTES,
        // It may have failed because we slept.
        evenIfDown: true,
        signal,
      });
      queues.sendNow(server);
      return 'answered';
    } catch (error) {
      if (signal.aborted) return 'untold';
      if (!(error instanceof RemoteError)) throw error;
      log.debug('a server was told that we are back, and did not thank', { server, why: error.why });
      if (error.kind === 'refused') return 'untold';
      return error.kind === 'answered' ? 'answered' : 'silent';
    }
  }
}

type Outcome = 'answered' | 'silent' | 'untold';

/** How long after one server the next is told. */
function stepFor(servers: number): Milliseconds {
  const whole = SHORTEST + (LONGEST - SHORTEST) * Math.min(1, servers / MANY);
  return Math.min(LONGEST_STEP, whole / Math.max(1, servers));
}
