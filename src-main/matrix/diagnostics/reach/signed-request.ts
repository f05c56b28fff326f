import { deadline } from '../../../base/abort.js';
import type { Milliseconds } from '../../../base/clock.js';
import { isObject, type JsonObject, objectAt, stringAt } from '../../../base/json.js';
import { randomLetters } from '../../../base/random.js';
import { readWhole } from '../../../net/bounded-body.js';
import { OutgoingError, USER_AGENT } from '../../../net/outgoing.js';
import { JsonTextError, parseJson } from '../../../spec/json-text.js';
import { signJson } from '../../../spec/signing.js';
import { requestObject, writeXMatrix } from '../../../spec/x-matrix.js';
import type { Arrival } from '../../servers/index.js';
import type { Asked } from '../ask-server.js';
import type { Finding } from '../steps.js';
import type { ReachDeps } from './reach-run.js';

const PATIENCE: Milliseconds = 20_000;
const MAX_BYTES = 64 * 1024;
/** More than proxies let through that nobody has set up: transactions between servers can be longer. */
const BODY_LENGTH = 1_300_000;
const NONCE_LENGTH = 24;

/**
 * Sends this server a signed request through its public name, with a path that careless proxies change, and looks at
 * what arrives. It is refused on arrival like all that says it is from ourselves.
 */
export async function signedRequest(deps: ReachDeps, asked: Asked, outer: AbortSignal): Promise<Finding> {
  const nonce = randomLetters(NONCE_LENGTH);
  const uri = `/_matrix/federation/v1/send/${nonce}%2F%3A!@a%40b`;
  const expected = deps.loopBack.expect(nonce);
  const { signal, end } = deadline(outer, PATIENCE);
  try {
    const answer = await send(deps, asked, uri, signal);
    return judge(uri, answer, expected.arrival());
  } catch (error) {
    outer.throwIfAborted();
    if (!(error instanceof OutgoingError)) throw error;
    const arrival = expected.arrival();
    const evidence = [error.message, ...(arrival ? [`arrived as ${arrival.uri}`] : [])];
    return { state: 'error', code: 'SIGNED_FAILED', evidence };
  } finally {
    end();
    expected.end();
  }
}

interface Answer {
  readonly status: number;
  readonly errcode: string | undefined;
  readonly text: string;
}

async function send(deps: ReachDeps, { place, hostHeader }: Asked, uri: string, signal: AbortSignal): Promise<Answer> {
  const { serverName } = deps.config;
  const [key] = deps.ownKeys;
  const content: JsonObject = { edus: [], padding: 'x'.repeat(BODY_LENGTH), pdus: [] };
  const object = requestObject({ method: 'PUT', uri, origin: serverName, destination: serverName, content });
  const signed = signJson(object, serverName, key);
  const signature = stringAt(objectAt(objectAt(signed, 'signatures'), serverName), key.keyId) ?? '';
  const incoming = await deps.network.toServers.request(place, {
    method: 'PUT',
    path: uri,
    headers: {
      host: hostHeader,
      'user-agent': USER_AGENT,
      'content-type': 'application/json',
      authorization: writeXMatrix({ origin: serverName, destination: serverName, keyId: key.keyId, signature }),
    },
    body: JSON.stringify(content),
    signal,
    isRepeatable: false,
  });
  const text = (await readWhole(incoming.body, { maxBytes: MAX_BYTES, signal })).toString('utf8');
  return { status: incoming.status, errcode: errcodeIn(text), text };
}

/** A refusal is what is hoped for: it comes from ourselves. */
function judge(uri: string, { status, errcode, text }: Answer, arrival: Arrival | undefined): Finding {
  const evidence = [`PUT ${uri}: ${status}`, text.slice(0, 300), ...(arrival ? [`arrived as ${arrival.uri}`] : [])];
  if (arrival?.holds) return { state: 'ok', found: arrival.address, evidence };
  if (arrival) return { state: 'error', code: 'SIGNED_CHANGED', fields: { sent: uri, came: arrival.uri }, evidence };
  if (status === 413) return { state: 'error', code: 'SIGNED_TOO_LARGE', evidence };
  if (status === 404 && errcode === 'M_UNRECOGNIZED') return { state: 'error', code: 'SIGNED_LOST', evidence };
  if (errcode !== undefined) return { state: 'error', code: 'SIGNED_ELSEWHERE', evidence };
  return { state: 'error', code: 'SIGNED_STATUS', fields: { status }, evidence };
}

function errcodeIn(text: string): string | undefined {
  try {
    const { value } = parseJson(text);
    return isObject(value) ? stringAt(value, 'errcode') : undefined;
  } catch (error) {
    if (error instanceof JsonTextError) return undefined;
    throw error;
  }
}
