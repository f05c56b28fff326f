import { toBase64 } from '../../base/base64.js';
import { deadline } from '../../base/abort.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import { isObject, type JsonValue, objectAt, stringAt } from '../../base/json.js';
import { readWhole } from '../../net/bounded-body.js';
import type { Connections, Place } from '../../net/connections.js';
import { OutgoingError, USER_AGENT } from '../../net/outgoing.js';
import type { ServerName } from '../../spec/ids.js';
import { JsonTextError, parseJsonLossless } from '../../spec/json-text.js';
import { readKeyAnswer, type SigningKeys } from '../servers/index.js';
import type { Finding } from './steps.js';

export interface AskServerDeps {
  readonly connections: Connections;
  readonly clock: Clock;
}

/** Whom to ask, and by what name. */
export interface Asked {
  readonly server: ServerName;
  readonly place: Place;
  readonly hostHeader: string;
}

/** How far the other clock is off, as far as an answer tells. */
export interface ClockDifference {
  /** theirs minus ours, in ms; known to a second and the time that the answer took */
  readonly ahead: Milliseconds;
  readonly evidence: string;
}

interface Reply {
  readonly status: number;
  readonly text: string;
  /** undefined: no JSON */
  readonly value: JsonValue | undefined;
  readonly clock: ClockDifference | undefined;
}

const PATIENCE: Milliseconds = 10_000;
const MAX_BYTES = 128 * 1024;
const SECOND: Milliseconds = 1000;
const NOTICEABLE = 5 * SECOND;
const HARMFUL = 300 * SECOND;

/** What a server answers, once it is found and trusted. */
export class AskServer {
  constructor(private readonly deps: AskServerDeps) {}

  async version(asked: Asked, signal: AbortSignal): Promise<{ finding: Finding; clock?: ClockDifference | undefined }> {
    try {
      const { status, text, value, clock } = await this.#get(asked, '/_matrix/federation/v1/version', signal);
      const evidence = [`GET /_matrix/federation/v1/version: ${status}`, text];
      const server = isObject(value) ? objectAt(value, 'server') : undefined;
      const found = [stringAt(server, 'name'), stringAt(server, 'version')].filter(Boolean).join(' ');
      if (status !== 200) {
        return { finding: { state: 'error', code: 'VERSION_STATUS', fields: { status }, evidence }, clock };
      }
      if (!server) return { finding: { state: 'error', code: 'VERSION_INVALID', evidence }, clock };
      return { finding: { state: 'ok', found, evidence }, clock };
    } catch (error) {
      return { finding: { state: 'error', code: 'VERSION_FAILED', evidence: [whyOf(error, signal)] } };
    }
  }

  async keys(asked: Asked, ours: SigningKeys | undefined, signal: AbortSignal): Promise<Finding> {
    try {
      const { status, text, value } = await this.#get(asked, '/_matrix/key/v2/server', signal);
      const evidence = [`GET /_matrix/key/v2/server: ${status}`, text];
      if (status !== 200) return { state: 'error', code: 'KEYS_STATUS', fields: { status }, evidence };
      return { ...this.#keyFinding(asked.server, value, ours), evidence };
    } catch (error) {
      return { state: 'error', code: 'KEYS_FAILED', evidence: [whyOf(error, signal)] };
    }
  }

  #keyFinding(server: ServerName, value: JsonValue | undefined, ours: SigningKeys | undefined): Finding {
    const now = this.deps.clock.now();
    const said = isObject(value) ? stringAt(value, 'server_name') : undefined;
    if (said !== undefined && said !== server) {
      return { state: 'error', code: 'KEYS_OTHER_NAME', fields: { name: said }, found: said };
    }
    const answer = value === undefined ? undefined : readKeyAnswer(value, server, now);
    if (!answer) return { state: 'error', code: 'KEYS_INVALID' };
    const current = answer.keys.filter(({ isExpired }) => !isExpired);
    const found = current.map(({ keyId }) => keyId).join(', ');
    if (ours && !current.some(({ publicKey }) => toBase64(publicKey) === toBase64(ours[0].publicKey))) {
      return { state: 'error', code: 'KEYS_NOT_OURS', found };
    }
    if (answer.validUntil <= now) {
      const until = new Date(Math.max(0, answer.validUntil)).toISOString();
      return { state: 'error', code: 'KEYS_EXPIRED', fields: { until }, found };
    }
    return { state: 'ok', found };
  }

  async #get({ place, hostHeader }: Asked, path: string, outer: AbortSignal): Promise<Reply> {
    const { signal, end } = deadline(outer, PATIENCE);
    const { connections, clock } = this.deps;
    const began = clock.now();
    try {
      const headers = { host: hostHeader, 'user-agent': USER_AGENT, accept: 'application/json' };
      const exchange = { method: 'GET', path, headers, body: undefined, signal, isRepeatable: true } as const;
      const incoming = await connections.request(place, exchange);
      const difference = clockDifference(incoming.headers['date'], began, clock.now());
      const bytes = await readWhole(incoming.body, { maxBytes: MAX_BYTES, signal });
      const text = bytes.toString('utf8');
      return { status: incoming.status, text: text.slice(0, 1000), value: parsed(text), clock: difference };
    } finally {
      end();
    }
  }
}

/** Far off clocks spoil signatures and keys: a little is worth a word, much keeps servers apart. */
export function clockFinding(difference: ClockDifference | undefined): Finding {
  if (!difference) return { state: 'could-not-check', code: 'CLOCK_UNKNOWN' };
  const seconds = Math.round(Math.abs(difference.ahead) / SECOND);
  const found = `${difference.ahead < 0 ? '-' : '+'}${seconds} s`;
  const evidence = [difference.evidence];
  if (Math.abs(difference.ahead) <= NOTICEABLE) return { state: 'ok', found, evidence };
  const state = Math.abs(difference.ahead) > HARMFUL ? 'error' : 'warning';
  const code = difference.ahead > 0 ? 'CLOCK_AHEAD' : 'CLOCK_BEHIND';
  return { state, code, fields: { seconds }, found, evidence };
}

/** A Date is the second in which it was written, which is somewhere between the two. */
export function clockDifference(
  date: string | undefined,
  began: Milliseconds,
  ended: Milliseconds,
): ClockDifference | undefined {
  const said = Date.parse(date ?? '');
  if (date === undefined || Number.isNaN(said)) return undefined;
  const ahead = said > ended ? said - ended : Math.min(0, said + SECOND - began);
  return { ahead, evidence: `date: ${date}; here ${new Date(ended).toUTCString()}` };
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJsonLossless(text).value;
  } catch (error) {
    if (error instanceof JsonTextError) return undefined;
    throw error;
  }
}

/** @throws what nobody foresaw, and that nobody wants to know any more */
function whyOf(error: unknown, signal: AbortSignal): string {
  signal.throwIfAborted();
  if (error instanceof OutgoingError) return error.message;
  throw error;
}
