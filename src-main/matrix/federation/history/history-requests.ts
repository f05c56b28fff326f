import type { Milliseconds } from '../../../base/clock.js';
import { arrayAt, integerAt, isObject, type JsonObject, type JsonValue, stringAt } from '../../../base/json.js';
import { isEventId } from '../../../spec/grammar.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import { RemoteError, type ServerRequest, type ServerRequests } from '../../servers/index.js';

const V1 = '/_matrix/federation/v1';
const TIMEOUT: Milliseconds = 10_000;
/** A hundred events of the largest size. */
const MOST_BYTES = 8 * 1024 * 1024;

/** An event that another server finds nearest to a time. */
export interface TimedEvent {
  readonly eventId: EventId;
  /** ms since the epoch */
  readonly originServerTs: Milliseconds;
}

/** What other servers tell of a room's history: unchecked, and bounded. Each method throws RemoteError. */
export class HistoryRequests {
  constructor(private readonly requests: Pick<ServerRequests, 'json'>) {}

  /** Some events and what lies before them. */
  async backfill(
    server: ServerName,
    roomId: RoomId,
    { from, limit }: { readonly from: readonly EventId[]; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly JsonValue[]> {
    const path = `${V1}/backfill/${encodeURIComponent(roomId)}`;
    const answer = await this.#ask({ destination: server, method: 'GET', path, query: { v: from, limit }, signal });
    return (arrayAt(answer, 'pdus') ?? []).slice(0, limit);
  }

  /** The event nearest to a time in a direction; undefined when that server knows none. */
  async nearest(
    server: ServerName,
    roomId: RoomId,
    { ts, direction }: { readonly ts: Milliseconds; readonly direction: 'b' | 'f' },
    signal: AbortSignal,
  ): Promise<TimedEvent | undefined> {
    const path = `${V1}/timestamp_to_event/${encodeURIComponent(roomId)}`;
    const query = { ts, dir: direction };
    const answer = await this.#ask({ destination: server, method: 'GET', path, query, signal });
    const eventId = stringAt(answer, 'event_id');
    const originServerTs = integerAt(answer, 'origin_server_ts');
    if (eventId === undefined || !isEventId(eventId) || originServerTs === undefined) return undefined;
    return { eventId, originServerTs };
  }

  /** One event; undefined when that server does not have it, or not for us. */
  async event(server: ServerName, eventId: EventId, signal: AbortSignal): Promise<JsonValue | undefined> {
    const path = `${V1}/event/${encodeURIComponent(eventId)}`;
    return arrayAt(await this.#ask({ destination: server, method: 'GET', path, signal }), 'pdus')?.[0];
  }

  async #ask(request: ServerRequest): Promise<JsonObject> {
    const answer = await this.requests.json({ timeout: TIMEOUT, maxBytes: MOST_BYTES, ...request });
    if (!isObject(answer)) throw new RemoteError('invalid', request.destination, 'the answer is no object');
    return answer;
  }
}
