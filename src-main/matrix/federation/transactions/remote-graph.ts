import type { Milliseconds } from '../../../base/clock.js';
import { arrayAt, isObject, type JsonObject, type JsonValue } from '../../../base/json.js';
import { isEventId } from '../../../spec/grammar.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import { piecesOf } from '../membership/answer-pieces.js';
import { UnusableAnswer } from '../membership/template.js';
import { RemoteError, type ServerRequest, type ServerRequests } from '../../servers/index.js';

/** Most ids of one answer that are looked at. */
const MOST_IDS = 200_000;
const MiB = 1024 * 1024;
const MOST_EVENTS = 3_000_000;
const MOST_BYTES_OF_A_STATE = 192 * MiB;
/** A large room's state takes long to write, to send and to read. */
const STATE_TIMEOUT: Milliseconds = 10 * 60_000;
const STATE_PIECES = { lists: new Set(['pdus', 'auth_chain']), values: new Set<string>() };
/** Longest wait for one answer. */
const TIMEOUT: Milliseconds = 60_000;

const V1 = '/_matrix/federation/v1';
const segment = encodeURIComponent;

/** What other servers tell of a room's graph. Everything is unchecked, and bounded. Each method throws RemoteError. */
export class RemoteGraph {
  constructor(private readonly requests: Pick<ServerRequests, 'json' | 'stream'>) {}

  /** Events between what we have and what we were sent. */
  async missingEvents(
    server: ServerName,
    roomId: RoomId,
    asked: {
      readonly earliest: readonly EventId[];
      readonly latest: readonly EventId[];
      readonly limit: number;
      readonly minDepth: number;
    },
    signal: AbortSignal,
  ): Promise<readonly JsonValue[]> {
    const { earliest, latest, limit, minDepth } = asked;
    const body = { earliest_events: earliest, latest_events: latest, limit, min_depth: minDepth };
    const path = `${V1}/get_missing_events/${segment(roomId)}`;
    const answer = await this.#ask({ destination: server, method: 'POST', path, body, maxBytes: 8 * MiB, signal });
    return listIn(server, answer, 'events').slice(0, limit);
  }

  /** Ids of the state before an event, and of what authorizes it. */
  async stateIds(server: ServerName, roomId: RoomId, eventId: EventId, signal: AbortSignal) {
    const answer = await this.#ask({
      destination: server,
      method: 'GET',
      path: `${V1}/state_ids/${segment(roomId)}`,
      query: { event_id: eventId },
      maxBytes: 32 * MiB,
      signal,
    });
    return { state: idsIn(server, answer, 'pdu_ids'), authChain: idsIn(server, answer, 'auth_chain_ids') };
  }

  /** The state before an event, and what authorizes it, event by event as they arrive. */
  async *state(server: ServerName, roomId: RoomId, eventId: EventId, signal: AbortSignal): AsyncGenerator<JsonValue> {
    const { body } = await this.requests.stream({
      destination: server,
      method: 'GET',
      path: `${V1}/state/${segment(roomId)}`,
      query: { event_id: eventId },
      maxBytes: MOST_BYTES_OF_A_STATE,
      timeout: STATE_TIMEOUT,
      signal,
    });
    let count = 0;
    try {
      for await (const { value } of piecesOf(body, STATE_PIECES)) {
        count += 1;
        if (count > MOST_EVENTS) throw new UnusableAnswer(`the state has more than ${MOST_EVENTS} events`);
        yield value;
      }
    } catch (error) {
      if (error instanceof UnusableAnswer) throw new RemoteError('invalid', server, error.message);
      throw error;
    }
  }

  /** All that an event rests on through its auth events. */
  async authChain(
    server: ServerName,
    roomId: RoomId,
    eventId: EventId,
    signal: AbortSignal,
  ): Promise<readonly JsonValue[]> {
    const path = `${V1}/event_auth/${segment(roomId)}/${segment(eventId)}`;
    const answer = await this.#ask({ destination: server, method: 'GET', path, maxBytes: 32 * MiB, signal });
    return listIn(server, answer, 'auth_chain').slice(0, MOST_IDS);
  }

  /** One event; undefined when the server does not have it, or not for us. */
  async event(server: ServerName, eventId: EventId, signal: AbortSignal): Promise<JsonValue | undefined> {
    try {
      const path = `${V1}/event/${segment(eventId)}`;
      const answer = await this.#ask({ destination: server, method: 'GET', path, maxBytes: MiB, signal });
      return listIn(server, answer, 'pdus')[0];
    } catch (error) {
      if (error instanceof RemoteError && error.kind === 'answered') return undefined;
      throw error;
    }
  }

  async #ask(request: ServerRequest): Promise<JsonObject> {
    const answer = await this.requests.json({ timeout: TIMEOUT, ...request });
    if (!isObject(answer)) throw new RemoteError('invalid', request.destination, 'the answer is no object');
    return answer;
  }
}

function listIn(server: ServerName, answer: JsonObject, key: string): readonly JsonValue[] {
  const list = arrayAt(answer, key);
  if (!list) throw new RemoteError('invalid', server, `the answer has no list of ${key}`);
  return list;
}

const idsIn = (server: ServerName, answer: JsonObject, key: string): EventId[] => {
  const ids = listIn(server, answer, key).slice(0, MOST_IDS);
  return [...new Set(ids)].filter((id): id is EventId => typeof id === 'string' && isEventId(id));
};
