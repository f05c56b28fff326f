import { type JsonObject, type JsonValue, stringAt } from '../../base/json.js';
import { type ErrCode, invalidParam } from '../../spec/errors.js';
import type { Transaction } from '../../storage/database.js';
import type { Credentials } from './credentials.js';
import type { RegistrationTokens } from './registration-tokens.js';

/**
 * One step of user-interactive authentication.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#authentication-types
 */
export interface Stage {
  readonly type: string;
  /** what clients are told that they need for it */
  params?(): JsonObject;
  /**
   * Checks what the client sent, which may take its time.
   *
   * @returns what the stage leaves in the session; for `m.login.password` the user id
   * @throws StageFailedError when it is wrong; MatrixError M_INVALID_PARAM when it is no answer at all
   */
  check(auth: JsonObject): Promise<JsonValue>;
  /** Takes what the result stands for, together with recording it. @throws StageFailedError when it is gone */
  claim?(tx: Transaction, result: JsonValue): Promise<void>;
  /** Gives back what was claimed: the session ended without its operation. */
  release?(tx: Transaction, result: JsonValue): Promise<void>;
}

/** The client's answer to a stage is wrong; it may try again in the same session. */
export class StageFailedError extends Error {
  override readonly name = 'StageFailedError';

  constructor(
    readonly errcode: ErrCode,
    message: string,
  ) {
    super(message);
  }
}

/** Nothing to do: for flows that need no proof. */
export const dummyStage: Stage = { type: 'm.login.dummy', check: async () => true };

/** The password of an account; whose, is compared by the one who asked. */
export const passwordStage = (credentials: Credentials): Stage => ({
  type: 'm.login.password',
  async check(auth) {
    const password = stringAt(auth, 'password');
    if (password === undefined) throw invalidParam('password must be a string');
    const user = await credentials.byPassword(auth, password);
    if (!user || user.isDeactivated) throw new StageFailedError('M_FORBIDDEN', 'wrong user name or password');
    return user.userId;
  },
});

/** An invitation: a token that the server's owner handed out. */
export const registrationTokenStage = (tokens: RegistrationTokens): Stage => ({
  type: 'm.login.registration_token',
  async check(auth) {
    const token = stringAt(auth, 'token');
    if (token === undefined) throw new StageFailedError('M_MISSING_PARAM', 'token must be a string');
    if (!(await tokens.isValid(token))) throw invalidToken();
    return token;
  },
  async claim(tx, token) {
    if (typeof token !== 'string' || !(await tokens.reserve(tx, token))) throw invalidToken();
  },
  async release(tx, token) {
    if (typeof token === 'string') await tokens.release(tx, token);
  },
});

const invalidToken = () => new StageFailedError('M_FORBIDDEN', 'the registration token is not valid');
