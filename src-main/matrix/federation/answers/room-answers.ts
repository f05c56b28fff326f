import { Readable } from 'node:stream';
import type { Clock, Milliseconds } from '../../../base/clock.js';
import { Semaphore } from '../../../base/semaphore.js';
import { turn } from '../../../base/yield.js';
import { forbidden, MatrixError, notFound } from '../../../spec/errors.js';
import type { Pdu } from '../../../spec/event.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import type { EventTimes, Graph, Room, RoomReader, StoredEvent } from '../../events/index.js';
import type { ServerAcls } from '../server-acls.js';
import type { ServerSight } from './server-sight.js';

/** What is asked for by where the asker's knowledge ends. */
export interface MissingRequest {
  readonly latest: readonly EventId[];
  readonly earliest: readonly EventId[];
  readonly limit: number;
  readonly minDepth: number;
}

/** The state before an event, with what authorizes it. */
export interface StateIds {
  readonly state: readonly EventId[];
  readonly authChain: readonly EventId[];
}

/** Auth chains and states of large rooms are put together by so many at once. */
const AT_ONCE = 2;
/** Events that are held in memory while a long answer is written. */
const PIECE = 200;

/** What servers in a room may ask about it; nobody else hears anything. */
export class RoomAnswers {
  readonly #places = new Semaphore(AT_ONCE);

  constructor(
    private readonly deps: {
      readonly reader: RoomReader;
      readonly graph: Graph;
      readonly times: EventTimes;
      readonly sight: ServerSight;
      readonly acls: ServerAcls;
      readonly clock: Clock;
      readonly serverName: ServerName;
    },
  ) {}

  /** One event in a transaction. @throws MatrixError M_NOT_FOUND; M_FORBIDDEN to servers that are not in its room */
  async event(eventId: EventId, server: ServerName) {
    const event = await this.deps.reader.event(eventId);
    if (!event || event.isRejected) throw notFound('there is no such event');
    await this.#enter(event.roomId, server, true);
    return this.#transaction(await this.deps.sight.shown(server, event.roomId, [event]));
  }

  /** @throws MatrixError M_FORBIDDEN; M_NOT_FOUND when the state before that event is not known */
  async stateIds(roomId: RoomId, eventId: EventId, server: ServerName): Promise<StateIds> {
    await this.#enter(roomId, server);
    const event = await this.#eventOf(roomId, eventId);
    return this.#places.run(async () => {
      const state = await this.deps.graph.stateIdsBefore(event);
      if (!state) throw notFound('the state at that event is not known here');
      return { state, authChain: await this.deps.graph.authChain(state) };
    });
  }

  /** The same with whole events, as JSON that is written while it is read. @throws MatrixError as `stateIds` does */
  async state(roomId: RoomId, eventId: EventId, server: ServerName): Promise<Readable> {
    const { state, authChain } = await this.stateIds(roomId, eventId, server);
    const { graph } = this.deps;
    return Readable.from(stateText(state, authChain, (ids) => graph.texts(ids)));
  }

  /** Everything that an event rests on. @throws MatrixError M_FORBIDDEN, M_NOT_FOUND */
  async authChain(roomId: RoomId, eventId: EventId, server: ServerName): Promise<Pdu[]> {
    await this.#enter(roomId, server, true);
    const { authEvents } = await this.#eventOf(roomId, eventId);
    return this.#places.run(async () => {
      const chain = new Set([...authEvents, ...(await this.deps.graph.authChain(authEvents))]);
      return (await this.deps.reader.events([...chain])).map(({ pdu }) => pdu);
    });
  }

  /** Some events and what lies before them, the latest first, in a transaction. @throws MatrixError M_FORBIDDEN */
  async backfill(roomId: RoomId, from: readonly EventId[], limit: number, server: ServerName) {
    await this.#enter(roomId, server);
    const events = await this.deps.graph.backfill({ roomId, from, limit });
    return this.#transaction(await this.deps.sight.shown(server, roomId, events));
  }

  /** Events between those that a server has. @throws MatrixError M_FORBIDDEN */
  async missing(roomId: RoomId, asked: MissingRequest, server: ServerName): Promise<Pdu[]> {
    await this.#enter(roomId, server, true);
    const events = await this.deps.graph.missing({ roomId, ...asked });
    return this.deps.sight.shown(server, roomId, events);
  }

  /** The event nearest to a time in a direction. @throws MatrixError M_FORBIDDEN, M_NOT_FOUND */
  async nearest(roomId: RoomId, ts: Milliseconds, direction: 'b' | 'f', server: ServerName): Promise<StoredEvent> {
    const room = await this.#enter(roomId, server);
    const { times, sight } = this.deps;
    const found = await times.nearest(room, ts, direction, (events) => sight.visibleTo(server, roomId, events));
    if (!found) throw notFound('there is no event at that time in that direction');
    return found;
  }

  /** @param evenIfPartial what is asked needs no more than is here while most members are on their way */
  async #enter(roomId: RoomId, server: ServerName, evenIfPartial = false): Promise<Room> {
    const { acls, reader } = this.deps;
    await acls.require(roomId, server);
    if (!evenIfPartial && (await reader.isPartial(roomId))) throw notWhole();
    const room = await reader.room(roomId);
    // Once we have left, we know neither who is in the room nor whom it shuts out.
    if (!room || !(await reader.isHere(roomId)) || !(await reader.isServerIn(roomId, server))) {
      throw forbidden('Host not in room.');
    }
    return room;
  }

  async #eventOf(roomId: RoomId, eventId: EventId): Promise<StoredEvent> {
    const event = await this.deps.reader.event(eventId);
    if (!event || event.isRejected || event.roomId !== roomId) throw notFound('there is no such event in this room');
    return event;
  }

  #transaction(pdus: readonly Pdu[]) {
    return { origin: this.deps.serverName, origin_server_ts: this.deps.clock.now(), pdus };
  }
}

/** Whether a server is in the room, and what its state is, cannot be said for sure. */
const notWhole = () =>
  new MatrixError(
    403,
    'ORG.MATRIX.MSC3895_UNABLE_DUE_TO_PARTIAL_STATE',
    'this server does not have all of the room yet',
  );

async function* stateText(
  state: readonly EventId[],
  authChain: readonly EventId[],
  read: (ids: readonly EventId[]) => Promise<string[]>,
): AsyncGenerator<string> {
  yield '{"auth_chain":[';
  yield* eventTexts(authChain, read);
  yield '],"pdus":[';
  yield* eventTexts(state, read);
  yield ']}';
}

async function* eventTexts(
  ids: readonly EventId[],
  read: (ids: readonly EventId[]) => Promise<string[]>,
): AsyncGenerator<string> {
  let isFirst = true;
  for (let start = 0; start < ids.length; start += PIECE) {
    const texts = await read(ids.slice(start, start + PIECE));
    await turn();
    if (texts.length === 0) continue;
    yield `${isFirst ? '' : ','}${texts.join(',')}`;
    isFirst = false;
  }
}
