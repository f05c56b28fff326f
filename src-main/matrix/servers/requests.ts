import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { Milliseconds } from '../../base/clock.js';
import type { JsonValue } from '../../base/json.js';
import { bounded, readWhole } from '../../net/bounded-body.js';
import { canonicalJson } from '../../spec/canonical-json.js';
import type { ServerName } from '../../spec/ids.js';
import { JsonTextError, parseJsonLossless } from '../../spec/json-text.js';
import { type SigningKey, signText } from '../../spec/signing.js';
import { writeXMatrix } from '../../spec/x-matrix.js';
import type { ServerAnswer, ServerRequest, ServerRequests } from './ports.js';
import { RemoteError } from './remote-error.js';
import type { Delivery, Transport } from './transport.js';

export interface SignedRequestsDeps {
  readonly serverName: ServerName;
  readonly key: SigningKey;
  readonly transport: Transport;
  /** of requests that say nothing else */
  readonly timeout: Milliseconds;
}

const MAX_BYTES = 10 * 1024 * 1024;

/**
 * Requests to other servers, signed with our key.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#request-authentication
 */
export class SignedRequests implements ServerRequests {
  constructor(private readonly deps: SignedRequestsDeps) {}

  async json(request: ServerRequest): Promise<JsonValue> {
    const { destination, maxBytes = MAX_BYTES } = request;
    const { transport } = this.deps;
    const { status, body, signal } = await this.#send(request);
    try {
      if (status >= 300) throw leadsNowhere(destination, status, body);
      const value = parseAnswer(destination, await readWhole(body, { maxBytes, signal }));
      transport.succeeded(destination);
      return value;
    } catch (error) {
      throw transport.failed(destination, error);
    }
  }

  async stream(request: ServerRequest): Promise<ServerAnswer> {
    const { destination, maxBytes = MAX_BYTES } = request;
    const { transport } = this.deps;
    const { status, headers, body, signal } = await this.#send(request);
    if (status >= 300 && headers['location'] === undefined) {
      throw transport.failed(destination, leadsNowhere(destination, status, body));
    }
    transport.succeeded(destination);
    const toError = (error: unknown) => transport.failed(destination, error) as Error;
    return { status, headers, body: bounded(body, { maxBytes, signal }, toError) };
  }

  #send(request: ServerRequest): Promise<Delivery> {
    const { destination, method, timeout = this.deps.timeout, evenIfDown = false, signal } = request;
    const uri = `${request.path}${queryText(request.query)}`;
    const body = request.bodyText ?? (request.body && canonicalJson(request.body, 'lenient'));
    return this.deps.transport.send({
      destination,
      method,
      uri,
      headers: {
        authorization: this.#authorization({ method, uri, destination, body }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body,
      timeout,
      evenIfDown,
      signal,
    });
  }

  #authorization(signed: Omit<SignedParts, 'origin'>): string {
    const { serverName: origin, key } = this.deps;
    const signature = signText(textToSign({ ...signed, origin }), key);
    return writeXMatrix({ origin, destination: signed.destination, keyId: key.keyId, signature });
  }
}

interface SignedParts {
  readonly method: string;
  readonly uri: string;
  readonly origin: ServerName;
  readonly destination: ServerName;
  /** canonical JSON */
  readonly body: string | undefined;
}

/** Canonical JSON around canonical JSON, so that a large body is written once. */
function textToSign({ method, uri, origin, destination, body }: SignedParts): string {
  const rest = canonicalJson({ destination, method, origin, uri });
  return body === undefined ? rest : `{"content":${body},${rest.slice(1)}`;
}

function queryText(query: ServerRequest['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}

function parseAnswer(server: ServerName, bytes: Buffer): JsonValue {
  if (!isUtf8(bytes)) throw new RemoteError('invalid', server, 'its answer is not valid UTF-8');
  try {
    return parseJsonLossless(bytes.toString('utf8')).value;
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new RemoteError('invalid', server, `its answer cannot be read: ${error.message}`, {}, { cause: error });
  }
}

function leadsNowhere(server: ServerName, status: number, body: Readable): RemoteError {
  // Nobody reads it: what it fails with is of no interest.
  body.on('error', () => undefined).destroy();
  return new RemoteError('invalid', server, `it answered ${status}, which leads nowhere`, { status });
}
