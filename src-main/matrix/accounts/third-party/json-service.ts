import type { Milliseconds } from '../../../base/clock.js';
import { isObject, type JsonObject, stringAt } from '../../../base/json.js';
import { OutgoingError, type OutgoingHttp } from '../../../net/outgoing.js';
import { MatrixError } from '../../../spec/errors.js';
import { JsonTextError, parseJson } from '../../../spec/json-text.js';

/** A question to a service that speaks JSON as Matrix does. */
export interface JsonQuestion {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: JsonObject;
  /** the whole Authorization header */
  readonly authorization?: string | undefined;
}

/** What it answered; a body that is no JSON object counts as an empty one. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

const TIMEOUT: Milliseconds = 20_000;
const MOST_BYTES = 256 * 1024;

/**
 * Asks a service that somebody named.
 *
 * @param what whom the error names, such as `the identity server`
 * @throws MatrixError 502 M_UNKNOWN when there is no answer, 504 M_UNKNOWN when it takes too long
 */
export async function askJson(http: OutgoingHttp, what: string, question: JsonQuestion): Promise<JsonAnswer> {
  const { method, url, body, authorization } = question;
  try {
    const reply = await http.fetch({
      method,
      url,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeout: TIMEOUT,
      maxBytes: MOST_BYTES,
    });
    return { status: reply.status, body: parseObject(reply.body) };
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    if (error.kind === 'timeout') throw new MatrixError(504, 'M_UNKNOWN', `${what} did not answer in time`);
    throw new MatrixError(502, 'M_UNKNOWN', `${what} could not be reached`);
  }
}

const MOST_TEXT = 300;

/**
 * What a service refused, passed on to the client. What would sign the client out of this server is not.
 *
 * @param what whom the error names when the service does not say why
 */
export function refusalOf({ status, body }: JsonAnswer, what: string): MatrixError {
  const said = stringAt(body, 'errcode');
  const isOurs = said === 'M_UNKNOWN_TOKEN' || said === 'M_MISSING_TOKEN' || said === 'M_USER_LOCKED';
  const errcode = said !== undefined && /^M_[A-Z0-9_]{1,60}$/.test(said) && !isOurs ? said : 'M_UNKNOWN';
  const error = stringAt(body, 'error')?.slice(0, MOST_TEXT) ?? `${what} refused (${status})`;
  const passed = status >= 400 && status < 500 ? status : 502;
  return new MatrixError(passed === 401 ? 403 : passed, errcode as `M_${string}`, error);
}

function parseObject(bytes: Buffer): JsonObject {
  try {
    const { value } = parseJson(bytes.toString('utf8'));
    return isObject(value) ? value : {};
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return {};
  }
}
