import type { Clock, Milliseconds } from '../../../base/clock.js';
import { Lanes } from '../../../base/lane.js';
import type { Logger } from '../../../base/logger.js';
import type { Job } from '../../../base/supervisor.js';
import type { EventId, RoomId, ServerName, UserId } from '../../../spec/ids.js';
import { MatrixError } from '../../../spec/errors.js';
import type { Appended, Intake, PartialRooms, PduChecks, RoomReader } from '../../events/index.js';
import type { Completions } from './completions.js';
import { askable, askInTurn } from './in-turn.js';
import { AuthoriserLeftOut, type CheckedRoom, checkJoinAnswer } from './join-answer.js';
import type { MembershipRequests } from './membership-requests.js';
import type { Author, JoinProgress, RemoteRequest } from './ports.js';

import { sealWish, type Template, UnusableAnswer } from './template.js';

interface RemoteJoinsDeps {
  readonly author: Author;
  readonly requests: MembershipRequests;
  readonly pdus: PduChecks;
  readonly intake: Intake;
  readonly reader: RoomReader;
  readonly partials: Pick<PartialRooms, 'isWholeWithin'>;
  readonly completions: Pick<Completions, 'list' | 'cancel'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Joins that run at the same time; more are refused. */
const MOST_RUNNING = 100;
/** Whoever joins waits so long for the rest of the members: in most rooms they are there then. */
const MOMENT: Milliseconds = 500;

interface Running {
  progress: JoinProgress;
  readonly stop: AbortController;
  readonly done: Promise<RemoteJoin>;
}

/** How a join ended: with our event, or because others of this server came into the room before its turn. */
export type RemoteJoin = { readonly eventId: EventId } | 'here already';

/**
 * Joins rooms with the help of servers that are in them. A join goes on whether anybody waits for it or not: whoever
 * asks for the same again waits for the same; of joins to one room each waits for the one before.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#joining-rooms
 */
export class RemoteJoins {
  readonly #running = new Map<string, Running>();
  readonly #lanes = new Lanes<RoomId>();

  constructor(private readonly deps: RemoteJoinsDeps) {}

  /**
   * Joins, by the first of the servers that can help.
   *
   * @param evenIfHere also where this server is in the room and can let nobody in by itself
   * @throws MatrixError with what a server refused; M_NOT_FOUND when there is no server to ask; M_UNKNOWN 502 when none
   *   could help
   */
  join(request: RemoteRequest, { evenIfHere = false } = {}): Promise<RemoteJoin> {
    const key = `${request.roomId} ${request.userId}`;
    const running = this.#running.get(key);
    if (running) return running.done;
    if (this.#running.size >= MOST_RUNNING) {
      return Promise.reject(
        new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too many rooms are being joined', { retry_after_ms: 5000 }),
      );
    }
    const servers = askable(request.servers, this.deps.author.serverName);
    const stop = new AbortController();
    const started: Running = {
      progress: firstProgress(request, servers, this.deps.clock.now()),
      stop,
      done: this.#lanes
        .run(request.roomId, () => this.#unlessHere({ ...request, servers }, key, stop.signal, evenIfHere))
        .finally(() => this.#running.delete(key)),
    };
    this.#running.set(key, started);
    return started.done;
  }

  /** The joins that run or wait for their turn, the oldest first; then those to rooms whose members are on their way. */
  list(): JoinProgress[] {
    const running = [...this.#running.values()].map(({ progress }) => progress);
    const isRunning = ({ roomId }: JoinProgress) => running.some((join) => join.roomId === roomId);
    return [...running, ...this.deps.completions.list().filter((join) => !isRunning(join))];
  }

  /** Gives up all joins to a room; where it is open already, everybody here leaves it. @returns whether there was one */
  cancel(roomId: RoomId): boolean {
    const isCompleting = this.deps.completions.cancel(roomId);
    const found = [...this.#running.values()].filter(({ progress }) => progress.roomId === roomId);
    for (const { stop } of found) stop.abort(new MatrixError(503, 'M_UNKNOWN', 'the join was cancelled'));
    return isCompleting || found.length > 0;
  }

  /** Ends the joins with the server. */
  readonly job: Job = {
    name: 'federation.joins',
    run: async (signal) => {
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      const running = [...this.#running.values()];
      for (const { stop } of running) stop.abort(new MatrixError(503, 'M_UNKNOWN', 'the server is stopping'));
      await Promise.allSettled(running.map(({ done }) => done));
    },
  };

  async #unlessHere(
    request: RemoteRequest,
    key: string,
    signal: AbortSignal,
    evenIfHere: boolean,
  ): Promise<RemoteJoin> {
    const { reader, log } = this.deps;
    signal.throwIfAborted();
    const isHere = await reader.isHere(request.roomId);
    if (isHere && !evenIfHere) return 'here already';
    if (request.servers.length === 0)
      throw new MatrixError(404, 'M_NOT_FOUND', 'no server is known that is in that room');
    const turn = { what: 'join', log, signal };
    return askInTurn(request.servers, turn, (server) => this.#joinBy(server, request, key, signal, isHere));
  }

  async #joinBy(
    server: ServerName,
    { roomId, userId, content }: RemoteRequest,
    key: string,
    signal: AbortSignal,
    isHere: boolean,
  ): Promise<RemoteJoin> {
    const { requests, author, clock, log } = this.deps;
    const wish = { asking: 'join', roomId, userId } as const;
    this.#note(key, (before) => ({
      ...before,
      server,
      asked: before.asked + 1,
      stage: 'asking',
      received: 0,
      done: 0,
    }));
    const template = await requests.make(server, wish, signal);
    const join = sealWish(wish, template, content, author, clock.now());
    this.#note(key, (before) => ({ ...before, stage: 'joining' }));
    const enter = async (omitMembers: boolean): Promise<CheckedRoom> =>
      checkJoinAnswer(await requests.sendJoin(server, roomId, join, omitMembers, signal), {
        pdus: this.deps.pdus,
        roomId,
        template,
        join,
        signal,
        onProgress: (received, done) => this.#note(key, (before) => ({ ...before, stage: 'checking', received, done })),
      });
    const room = await enter(!isHere).catch((error: unknown) => {
      // Some servers tell only what the rest of the state rests on: handed over again, the join gets the members too.
      if (!(error instanceof AuthoriserLeftOut)) throw error;
      return enter(false);
    });
    this.#note(key, (before) => ({ ...before, stage: 'storing', done: 0 }));
    const onProgress = (done: number) => this.#note(key, (before) => ({ ...before, done }));
    if (isHere) await this.#addToRoom(roomId, room, server);
    else await this.#open(roomId, template, room, { server, onProgress, signal });
    const isPartial = room.servers !== undefined;
    log.info('joined by another server', { roomId, userId, server, state: room.state.length, isPartial });
    if (isPartial) await this.deps.partials.isWholeWithin(roomId, MOMENT);
    return { eventId: join.eventId };
  }

  async #open(
    roomId: RoomId,
    { rules }: Template,
    { join, state, authChain, servers }: CheckedRoom,
    given: { server: ServerName; onProgress: (done: number) => void; signal: AbortSignal },
  ): Promise<void> {
    const { server: via, ...options } = given;
    const partial = servers && { via, servers: [...new Set([via, ...servers])] };
    const room = { roomId, rules, event: join, state, authChain, ...(partial && { partial }), ...options };
    requireIn(await this.deps.intake.openRoom(room));
  }

  /** A room that this server is in already: the join comes as any event does that others let in. */
  async #addToRoom(roomId: RoomId, room: CheckedRoom, origin: ServerName): Promise<void> {
    const { join, state, authChain, servers } = room;
    if (servers) throw new UnusableAnswer('members were left out that were asked for');
    await this.deps.intake.addOutliers(roomId, [...authChain, ...state]);
    const stateBefore = state.map(({ event }) => event.eventId);
    requireIn(await this.deps.intake.append(join, { origin, stateBefore }));
  }

  #note(key: string, change: (before: JoinProgress) => JoinProgress): void {
    const running = this.#running.get(key);
    if (running) running.progress = change(running.progress);
  }
}

/** Whoever let us in let us into something else. @throws UnusableAnswer */
function requireIn({ outcome, ...rest }: Appended): void {
  if (outcome === 'accepted' || outcome === 'known') return;
  throw new UnusableAnswer(`our join is ${outcome} in the room as they tell it${'why' in rest ? `: ${rest.why}` : ''}`);
}

const firstProgress = (
  { roomId, userId }: { roomId: RoomId; userId: UserId },
  servers: readonly ServerName[],
  startedAt: number,
): JoinProgress => ({
  roomId,
  userId,
  startedAt,
  server: undefined,
  asked: 0,
  servers: servers.length,
  stage: 'asking',
  received: 0,
  done: 0,
});
