import type { Cache, Caches } from '../../base/caches.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import { type JsonObject, type JsonValue, stringAt } from '../../base/json.js';
import { randomLetters } from '../../base/random.js';
import type { UserCaller } from '../../http/endpoint.js';
import { forbidden, MatrixError } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { UiaSession, UiaStore } from './uia.store.js';
import { type Stage, StageFailedError } from './uia-stages.js';
import type { Users } from './users.js';

/** The types of stages that together are enough. */
export type Flow = readonly string[];

/** What is asked of whom. */
export interface UiaRequest {
  readonly userId: UserId | undefined;
  /** names the request, such as `deleteDevice ABCDEF`: a session serves one operation only */
  readonly operation: string;
  /** the request's `auth`, as the client sent it */
  readonly auth: JsonObject | undefined;
  readonly flows: readonly Flow[];
}

/** The 401 that asks for another stage; unlike other errors it has no errcode unless a stage failed. */
export class UiaIncompleteError extends MatrixError {
  override toBody(): Record<string, unknown> {
    return { ...this.fields };
  }
}

const SESSION_LETTERS = 24;
const HOUR: Milliseconds = 60 * 60_000;
/** Strangers can begin sessions at will, so theirs end soon. */
const LIFETIME = { ofUsers: 24 * HOUR, ofStrangers: HOUR };

/**
 * User-interactive authentication: asks callers to prove who they are, stage by stage, before something grave is done.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
 */
export class Uia {
  readonly #stages: ReadonlyMap<string, Stage>;
  /** When the owner of a token last proved who they are. */
  readonly #proofs: Cache<number, Milliseconds>;

  constructor(
    private readonly deps: {
      db: Database;
      store: UiaStore;
      users: Users;
      stages: readonly Stage[];
      clock: Clock;
      /** how long a proof spares its token the next one, ms; 0: not at all */
      proofLifetime: Milliseconds;
      passwordsEnabled: boolean;
      caches: Caches;
    },
  ) {
    this.#proofs = deps.caches.lru('proofs', { share: 0.003, entryBytes: 120, isOnlyCopy: true });
    this.#stages = new Map(deps.stages.map((stage) => [stage.type, stage]));
  }

  /**
   * Resolves once the caller has proved to be the owner of the account.
   *
   * @param always do not let a proof that was given a moment ago count
   * @throws MatrixError 401 with `flows` and `session` until then; M_FORBIDDEN for somebody else's proof or session
   */
  async require(given: {
    caller: UserCaller;
    operation: string;
    auth: JsonObject | null | undefined;
    always?: true;
  }): Promise<void> {
    const { caller, operation } = given;
    const auth = given.auth ?? undefined;
    if (!given.always && this.#isProved(caller.tokenId)) return;
    const user = await this.deps.users.get(caller.userId);
    if (!user?.passwordHash || !this.deps.passwordsEnabled) {
      throw forbidden('this account has no password to confirm the request with');
    }
    const request = { userId: caller.userId, operation, auth, flows: [['m.login.password']] };
    const session = await this.authenticate(request);
    if (session.completed['m.login.password'] !== caller.userId)
      throw forbidden('that is the password of another account');
    if (given.always) await this.end(session);
    else this.#proofs.set(caller.tokenId, this.deps.clock.now());
  }

  /**
   * Resolves with the session once one of the flows is complete.
   *
   * @throws MatrixError 401 with `flows` and `session` until then; M_UNKNOWN for a session that there is not;
   *   M_FORBIDDEN for one of another operation or user
   */
  async authenticate(request: UiaRequest): Promise<UiaSession> {
    const session = await this.#session(request);
    const type = stringAt(request.auth, 'type');
    if (!request.auth || type === undefined) return this.#conclude(session, request.flows);
    try {
      return this.#conclude(await this.#attempt(session, type, request.auth), request.flows);
    } catch (error) {
      if (!(error instanceof StageFailedError)) throw error;
      throw this.#incomplete(session, request.flows, { errcode: error.errcode, error: error.message });
    }
  }

  /** Does one stage of a session, on whatever way its answer came. @throws StageFailedError, MatrixError */
  async attempt(sessionId: string, type: string, auth: JsonObject): Promise<void> {
    await this.#attempt(await this.#existing(sessionId), type, auth);
  }

  /** The stages that a session has behind it. @throws MatrixError M_UNKNOWN when there is no such session */
  async completedIn(sessionId: string): Promise<string[]> {
    return Object.keys((await this.#existing(sessionId)).completed);
  }

  /** What the operation has put aside in its session, if there is such a session. */
  async dataOf(auth: JsonObject | undefined): Promise<JsonObject> {
    const sessionId = stringAt(auth, 'session');
    if (sessionId === undefined) return {};
    return (await this.deps.store.get(this.deps.db, sessionId))?.data ?? {};
  }

  /** The operation is done: what the session claimed is used up, and `data` is what a repeated request will find. */
  async finish(tx: Transaction, sessionId: string, data: JsonObject): Promise<void> {
    await this.deps.store.setData(tx, sessionId, { ...data, done: true });
  }

  /** The session has served. */
  async end(session: UiaSession): Promise<void> {
    await this.deps.db.write((tx) => this.deps.store.remove(tx, session.sessionId));
  }

  /** Removes sessions that nobody finished, and gives back what they claimed. */
  async removeExpired(tx: Transaction): Promise<void> {
    for (const session of await this.deps.store.removeExpired(tx, this.deps.clock.now())) {
      if (session.data['done'] === true) continue;
      for (const [type, result] of Object.entries(session.completed)) {
        if (result !== undefined) await this.#stages.get(type)?.release?.(tx, result);
      }
    }
  }

  #isProved(tokenId: number): boolean {
    const proved = this.#proofs.get(tokenId);
    return proved !== undefined && this.deps.clock.now() - proved < this.deps.proofLifetime;
  }

  async #session({ userId, operation, auth }: UiaRequest): Promise<UiaSession> {
    const sessionId = stringAt(auth, 'session');
    if (sessionId === undefined) return this.#begin(userId, operation);
    const session = await this.#existing(sessionId);
    if (session.userId !== userId) throw forbidden('the session is somebody else’s');
    if (session.operation !== operation) throw forbidden('the session was begun for another operation');
    return session;
  }

  async #existing(sessionId: string): Promise<UiaSession> {
    const session = await this.deps.store.get(this.deps.db, sessionId);
    if (!session || session.expiresAt <= this.deps.clock.now()) {
      throw new MatrixError(400, 'M_UNKNOWN', 'there is no such authentication session');
    }
    return session;
  }

  async #begin(userId: UserId | undefined, operation: string): Promise<UiaSession> {
    const expiresAt = this.deps.clock.now() + (userId === undefined ? LIFETIME.ofStrangers : LIFETIME.ofUsers);
    const session = {
      sessionId: randomLetters(SESSION_LETTERS),
      userId,
      operation,
      completed: {},
      data: {},
      expiresAt,
    };
    await this.deps.db.write((tx) => this.deps.store.insert(tx, session));
    return session;
  }

  async #attempt(session: UiaSession, type: string, auth: JsonObject): Promise<UiaSession> {
    const stage = this.#stages.get(type);
    if (!stage) throw new MatrixError(400, 'M_UNKNOWN', 'this type of authentication is not known here');
    if (session.completed[type] !== undefined) return session;
    const result = await stage.check(auth);
    return this.deps.db.write((tx) => this.#record(tx, session.sessionId, stage, result));
  }

  /** Reads the session again: another request may have done a stage meanwhile, and its claim must count once. */
  async #record(tx: Transaction, sessionId: string, stage: Stage, result: JsonValue): Promise<UiaSession> {
    const session = await this.deps.store.get(tx, sessionId);
    if (!session) throw new MatrixError(400, 'M_UNKNOWN', 'there is no such authentication session');
    if (session.completed[stage.type] !== undefined) return session;
    await stage.claim?.(tx, result);
    const completed = { ...session.completed, [stage.type]: result };
    await this.deps.store.setCompleted(tx, sessionId, completed);
    return { ...session, completed };
  }

  #conclude(session: UiaSession, flows: readonly Flow[]): UiaSession {
    const isComplete = flows.some((flow) => flow.every((type) => session.completed[type] !== undefined));
    if (!isComplete) throw this.#incomplete(session, flows);
    return session;
  }

  #incomplete(session: UiaSession, flows: readonly Flow[], failure: JsonObject = {}): UiaIncompleteError {
    const completed = Object.keys(session.completed);
    return new UiaIncompleteError(401, 'M_FORBIDDEN', 'more authentication is needed', {
      session: session.sessionId,
      flows: flows.map((stages) => ({ stages })),
      params: this.#params(flows),
      ...(completed.length > 0 ? { completed } : {}),
      ...failure,
    });
  }

  #params(flows: readonly Flow[]): JsonObject {
    const params = [...new Set(flows.flat())].flatMap((type) => {
      const ofStage = this.#stages.get(type)?.params?.();
      return ofStage ? [[type, ofStage]] : [];
    });
    return Object.fromEntries(params);
  }
}
