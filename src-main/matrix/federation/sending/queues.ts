import type { Milliseconds } from '../../../base/clock.js';
import { integerAt, parseOwn, stringAt } from '../../../base/json.js';
import type { ServerName } from '../../../spec/ids.js';
import type { Database, Position } from '../../../storage/database.js';
import type { Outbox } from './outbox.js';
import type { OutgoingEvents, OutgoingPdu } from './outgoing-events.js';
import type { Sender } from './sender.js';
import { StoredEduStore } from './stored-edus.store.js';

/** What waits for a server, and since when. */
export interface Waiting {
  /** events: messages and changes of rooms */
  readonly events: number;
  /** there are more than were counted */
  readonly isMore: boolean;
  /** keys and device lists that must arrive */
  readonly others: number;
  /** when the oldest event was sent, in ms since the epoch; undefined when none waits */
  readonly since: Milliseconds | undefined;
}

/** Whether something waits for a server, as far as memory tells. */
export interface WaitingServer {
  readonly server: ServerName;
  /** undefined: since before the start */
  readonly since: Milliseconds | undefined;
}

export interface QueuesDeps {
  readonly db: Database;
  readonly events: OutgoingEvents;
  readonly sender: Pick<Sender, 'boxes' | 'awake' | 'drop'>;
}

/** Events looked through for one server that is behind: enough to say "more than". */
const MOST_READ = 100;

type ServersAt = (pdu: OutgoingPdu) => Promise<ReadonlySet<ServerName>>;

/** What waits for other servers, to be looked at. */
export class Queues {
  readonly #storedEdus = new StoredEduStore();

  constructor(private readonly deps: QueuesDeps) {}

  /** What waits for each of some servers; those for which nothing does are left out. */
  async waiting(servers: readonly ServerName[]): Promise<ReadonlyMap<ServerName, Waiting>> {
    const { db, sender } = this.deps;
    const others = await this.#storedEdus.counts(db, servers);
    const serversAt = this.#onceEach();
    const found = new Map<ServerName, Waiting>();
    for (const server of servers) {
      const box = sender.boxes.get(server);
      const events = box ? await this.#events(server, box, serversAt) : NO_EVENTS;
      const waiting = { ...events, others: others.get(server) ?? 0 };
      if (waiting.events + waiting.others > 0 || waiting.isMore) found.set(server, waiting);
    }
    return found;
  }

  /** Servers for which something waits. From memory, so it may be asked often. */
  *servers(): Generator<WaitingServer> {
    for (const [server, { pdus, behind, hasStored, progressAt }] of this.deps.sender.boxes) {
      const isWaiting = pdus.length > 0 || behind !== undefined || hasStored;
      if (isWaiting) yield { server, since: progressAt === 0 ? undefined : progressAt };
    }
  }

  /** The types of the events that wait for a server, and how many of each; of one that is behind, of the first ones. */
  async types(server: ServerName): Promise<ReadonlyMap<string, number>> {
    const box = this.deps.sender.boxes.get(server);
    if (!box) return new Map();
    const pdus = box.behind === undefined ? box.pdus : await this.#own(server, box.behind, this.#onceEach());
    const types = new Map<string, number>();
    for (const { text } of pdus) {
      const type = stringAt(parseOwn(text), 'type') ?? '?';
      types.set(type, (types.get(type) ?? 0) + 1);
    }
    return types;
  }

  /** Ends the pause after which a server would be sent to again; unless it rests, it is sent to at once. */
  sendNow(server: ServerName): void {
    this.deps.sender.awake(server);
  }

  /** Gives up what waits for a server: it will not get it. */
  drop(server: ServerName): Promise<void> {
    return this.deps.sender.drop(server);
  }

  async #events(server: ServerName, { pdus, behind }: Outbox, serversAt: ServersAt) {
    if (behind === undefined) return counted(pdus, false);
    return this.#missed(server, behind, serversAt);
  }

  async #missed(server: ServerName, behind: Position, serversAt: ServersAt) {
    const own = await this.#own(server, behind, serversAt);
    const isMore = (await this.deps.events.countAfter(behind, MOST_READ)) >= MOST_READ;
    return counted(own, isMore);
  }

  async #own(server: ServerName, behind: Position, serversAt: ServersAt): Promise<readonly OutgoingPdu[]> {
    const own: OutgoingPdu[] = [];
    for (const pdu of await this.deps.events.after(behind, MOST_READ)) {
      if ((await serversAt(pdu)).has(server)) own.push(pdu);
    }
    return own;
  }

  /** Servers that fail together missed the same events. */
  #onceEach(): ServersAt {
    const known = new Map<Position, Promise<ReadonlySet<ServerName>>>();
    return ({ roomId, position }) => {
      const found = known.get(position) ?? this.deps.events.serversAt(roomId, position);
      known.set(position, found);
      return found;
    };
  }
}

const NO_EVENTS = { events: 0, isMore: false, since: undefined };

function counted(pdus: readonly OutgoingPdu[], isMore: boolean) {
  const [oldest] = pdus;
  const since = oldest && integerAt(parseOwn(oldest.text), 'origin_server_ts');
  return { events: pdus.length, isMore, since };
}
