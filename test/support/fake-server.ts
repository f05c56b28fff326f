import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import { toBase64 } from '../../src-main/base/base64.js';
import { randomKeyPair } from '../../src-main/base/ed25519.js';
import { isObject, type JsonObject, objectAt, stringAt } from '../../src-main/base/json.js';
import { signJson, type SigningKey, verifyJson } from '../../src-main/spec/signing.js';
import { parseXMatrix, requestObject, writeXMatrix } from '../../src-main/spec/x-matrix.js';
import type { TestAuthority } from './authority.js';
import { checkExchange } from './federation-check.js';
import { bytesOf, jsonOf } from './federation-link.js';
import type { TestHomeserver } from './homeserver.js';
import type { TestReply } from './test-client.js';

/** A request that the server under test sent. */
export interface FakeRequest {
  readonly method: string;
  /** path and query as they came */
  readonly uri: string;
  /** path without the query, decoded piece by piece */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** parsed JSON, or undefined */
  readonly body: any;
  /** who signed it; undefined: it is not signed */
  readonly origin: string | undefined;
  readonly headers: IncomingMessage['headers'];
  /** what the TLS handshake asked for */
  readonly servername: string | undefined;
  readonly message: IncomingMessage;
}

export interface FakeReply {
  readonly status?: number;
  /** an object is sent as JSON; text and bytes as they are */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** wrong on purpose: not checked against the spec */
  readonly isWrong?: true;
}

/** Answers a request, or does with the connection what it likes and returns nothing. */
export type FakeAnswer = (
  request: FakeRequest,
  response: ServerResponse,
) => FakeReply | undefined | Promise<FakeReply | undefined>;

interface FakeRoute {
  readonly method: string;
  readonly path: string | RegExp;
  readonly answer: FakeAnswer;
}

/** A server that a test plays by hand, with a key and a certificate of its own. */
export class FakeServer {
  readonly key: SigningKey = { keyId: 'ed25519:fake', ...randomKeyPair() };
  /** all that it was sent */
  readonly requests: FakeRequest[] = [];
  /** what the server under test sent or answered against the spec */
  readonly violations: Error[] = [];
  /** what its key answer says beside its keys */
  keyAnswer: JsonObject = {};
  readonly #routes: FakeRoute[] = [];
  readonly #server;
  readonly #agent: Agent;

  private constructor(
    readonly name: string,
    authority: TestAuthority,
    names: readonly string[],
  ) {
    const { certificate, privateKey } = authority.issue(names);
    this.#agent = new Agent({ allowH2: false, connect: { ca: authority.certificate } });
    this.#server = createServer({ cert: certificate, key: privateKey }, (message, response) => {
      this.#respond(message, response).catch((error: unknown) => {
        this.violations.push(error as Error);
        response.destroy();
      });
    });
    this.on('GET', '/_matrix/key/v2/server', () => ({ body: this.ownKeys() }));
    this.on('GET', '/_matrix/federation/v1/version', () => ({ body: { server: { name: 'Fake', version: '1' } } }));
  }

  /** @param names what its certificate is good for; its own name unless said */
  static async start(
    name: string,
    authority: TestAuthority,
    names: readonly string[] = [name],
    address = '127.0.0.1',
  ): Promise<FakeServer> {
    const fake = new FakeServer(name, authority, names);
    await new Promise<void>((resolve, reject) => fake.#server.once('error', reject).listen(0, address, resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What it says of its own keys, signed. */
  ownKeys(): JsonObject {
    const verify_keys = { [this.key.keyId]: { key: toBase64(this.key.publicKey) } };
    const valid_until_ts = Date.now() + 86_400_000;
    return this.sign({ server_name: this.name, verify_keys, old_verify_keys: {}, valid_until_ts, ...this.keyAnswer });
  }

  sign(object: JsonObject): JsonObject {
    return signJson(object, this.name, this.key);
  }

  /** From now on answers so; of two for the same path the later counts. @param path whole, or a pattern of it */
  on(method: string, path: string | RegExp, answer: FakeAnswer | FakeReply): this {
    this.#routes.unshift({ method, path, answer: typeof answer === 'function' ? answer : () => answer });
    return this;
  }

  /** The requests for a path. */
  received(path: string | RegExp): FakeRequest[] {
    return this.requests.filter(({ uri }) => matches(path, uri));
  }

  /** Asks a server under test, signed. Its answer is checked against the spec. */
  async ask(
    server: TestHomeserver,
    method: string,
    uri: string,
    body?: unknown,
    more: { headers?: Record<string, string>; isWrong?: boolean } = {},
  ): Promise<TestReply> {
    const reply = await request(`${federationUrl(server)}${uri}`, {
      method: method as Dispatcher.HttpMethod,
      dispatcher: this.#agent,
      headers: {
        host: server.serverName,
        authorization: this.authorization(server.serverName, method, uri, body),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...more.headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const bytes = Buffer.from(await reply.body.arrayBuffer());
    const contentType = String(reply.headers['content-type'] ?? '');
    const parsed = contentType.startsWith('application/json') ? jsonOf(bytes) : bytes.toString();
    const seen = { method, url: uri, requestBody: body, status: reply.statusCode, contentType, body: parsed };
    if (!more.isWrong) checkExchange(seen);
    return Object.defineProperties({ status: reply.statusCode, body: parsed } as TestReply, {
      headers: { value: reply.headers },
      bytes: { value: bytes },
    });
  }

  /** The Authorization header of a request. */
  authorization(destination: string, method: string, uri: string, content?: unknown): string {
    const object = requestObject({ method, uri, origin: this.name, destination, content: content as JsonObject });
    const signature = stringAt(objectAt(objectAt(this.sign(object), 'signatures'), this.name), this.key.keyId) ?? '';
    return writeXMatrix({ origin: this.name, destination, keyId: this.key.keyId, signature });
  }

  /** Closes the connections that are open; new ones are taken. */
  dropConnections(): void {
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    await this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = toFakeRequest(message, jsonOf(await bytesOf(message)));
    this.requests.push(asked);
    const route = this.#routes.find(({ method, path }) => method === asked.method && matches(path, asked.uri));
    const nothing: FakeReply = { status: 404, body: { errcode: 'M_UNRECOGNIZED', error: 'not played' } };
    const reply = route ? await route.answer(asked, response) : nothing;
    if (!reply) return;
    const { status = 200, body, headers, isWrong } = reply;
    const isData = typeof body === 'string' || body instanceof Uint8Array;
    if (!isWrong && !isData) this.#check(asked, status, body);
    response.writeHead(status, { ...(isData ? {} : { 'content-type': 'application/json' }), ...headers });
    response.end(isData ? body : JSON.stringify(body ?? {}));
  }

  /** What it was sent, and whether the test plays by the rules. */
  #check({ method, uri, body: requestBody }: FakeRequest, status: number, body: unknown): void {
    checkExchange({ method, url: uri, requestBody, status, contentType: 'application/json', body });
  }

  /** Whether a request of `server` is signed by `key`. */
  isSignedBy({ method, uri, body, headers }: FakeRequest, server: string, key: SigningKey): boolean {
    const read = parseXMatrix(headers.authorization ?? '');
    if (read?.origin !== server || read.destination !== this.name || read.keyId !== key.keyId) return false;
    const object = requestObject({ method, uri, origin: server, destination: this.name, content: body });
    const signed = { ...object, signatures: { [server]: { [key.keyId]: read.signature } } };
    return verifyJson(signed, server, key.keyId, key.publicKey);
  }
}

/** Where a server under test listens for others. */
export function federationUrl({ addresses }: TestHomeserver): string {
  const secure = addresses.find(({ tls }) => tls);
  if (!secure) throw new Error('the server has no listener with TLS');
  return `https://127.0.0.1:${secure.port}`;
}

function toFakeRequest(message: IncomingMessage, body: unknown): FakeRequest {
  const uri = message.url ?? '';
  const [path = '', query = ''] = uri.split('?');
  return {
    method: message.method ?? '',
    uri,
    path: path.split('/').slice(1).map(decodeURIComponent),
    query: new URLSearchParams(query),
    body: isObject(body) || Array.isArray(body) ? body : undefined,
    origin: parseXMatrix(message.headers.authorization ?? '')?.origin,
    headers: message.headers,
    servername: (message.socket as { servername?: string }).servername,
    message,
  };
}

function matches(path: string | RegExp, uri: string): boolean {
  const [own = ''] = uri.split('?');
  return typeof path === 'string' ? path === own : path.test(own);
}
