import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Type } from 'typebox';
import { silentLogger } from '../../src-main/base/logger.js';
import type { ListenerConfig } from '../../src-main/config/config.js';
import { type AppDeps, createApp } from '../../src-main/http/app.js';
import { type Authenticate, type Endpoint, endpoint, type UserCaller } from '../../src-main/http/endpoint.js';
import { type ListenDeps, listen } from '../../src-main/http/listeners.js';
import { boolParam, intParam, listParam } from '../../src-main/http/shapes.js';
import { unknownToken } from '../../src-main/spec/errors.js';

/** Endpoints of one process, without a database. */
export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  call(method: string, path: string, options?: CallOptions): Promise<RawReply>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
  readonly port?: number;
  readonly localAddress?: string;
}

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** undefined when it is not JSON */
  readonly body: any;
}

export const LISTENER: ListenerConfig = {
  port: 0,
  bindAddresses: ['127.0.0.1'],
  tls: false,
  trustedProxies: [],
  resources: ['client', 'federation', 'keys', 'media', 'health'],
};

const person = (name: string, more: Partial<UserCaller> = {}): UserCaller => ({
  kind: 'user',
  userId: `@${name}:hearth.test`,
  deviceId: 'DEVICE',
  tokenId: 1,
  isGuest: false,
  isSuspended: false,
  isAdmin: false,
  ...more,
});

const CALLERS: Record<string, UserCaller> = {
  alice: person('alice'),
  guest: person('guest', { isGuest: true }),
  root: person('root', { isAdmin: true }),
};

export const byName: Authenticate = {
  async user(token) {
    const caller = CALLERS[token];
    if (!caller) throw unknownToken('nobody has this token');
    return caller;
  },
  /** Here a header names the server, and nobody checks it. */
  server: async ({ authorization: [name = ''] }) => ({ kind: 'server', server: name }),
  inTurn: (_caller, _signal, work) => work(),
};

/** Serves `endpoints` (the sample ones unless given) on a port of its own; tokens are `alice`, `guest` and `root`. */
export async function serve(
  given: Partial<AppDeps> & { listeners?: readonly ListenerConfig[]; listen?: Partial<ListenDeps> } = {},
): Promise<Served> {
  const { listeners = [LISTENER], listen: more, ...deps } = given;
  const app = createApp({
    endpoints: sampleEndpoints,
    authenticate: byName,
    db: { durable: async () => undefined },
    log: silentLogger,
    ...deps,
  });
  const open = await listen({ listeners, app, tls: undefined, log: silentLogger, ...more });
  const port = open.addresses[0]?.port ?? 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    call: (method, path, options = {}) => rawCall(options.port ?? port, method, path, options),
    close: () => open.close(),
    [Symbol.asyncDispose]: () => open.close(),
  };
}

/** A request exactly as given: no client library that tidies paths and headers. */
export function rawCall(port: number, method: string, path: string, options: CallOptions = {}): Promise<RawReply> {
  const { body, headers = {}, localAddress } = options;
  const { promise, resolve, reject } = Promise.withResolvers<RawReply>();
  const length =
    body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const sent = httpRequest(
    { host: '127.0.0.1', port, method, path, agent: false, localAddress, headers: { ...length, ...headers } },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
      });
    },
  );
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const echo = async (request: { params: unknown; query: unknown; body: unknown; canonicalNumbers: boolean }) => ({
  params: request.params,
  query: request.query,
  body: request.body,
  canonicalNumbers: request.canonicalNumbers,
});

export const sampleEndpoints: Endpoint[] = [
  endpoint({
    spec: '-',
    method: 'POST',
    path: '/_matrix/client/v3/echo/:what',
    r0: true,
    auth: 'none',
    params: { what: Type.String({ minLength: 1, maxLength: 255 }) },
    query: { limit: intParam({ min: 1, max: 50, default: 10 }), full: boolParam(), via: listParam() },
    body: Type.Object({
      name: Type.String({ minLength: 1 }),
      age: Type.Optional(Type.Integer({ minimum: 0 })),
      kind: Type.Optional(Type.Union([Type.Literal('cat'), Type.Literal('dog')])),
      nested: Type.Optional(Type.Object({ list: Type.Array(Type.String()) })),
    }),
    maxBody: 10_000,
    handle: echo,
  }),
  endpoint({
    spec: '-',
    method: 'POST',
    path: '/_matrix/client/v3/optional',
    auth: 'none',
    body: Type.Object({}),
    bodyOptional: true,
    badBody: 'M_INVALID_PARAM',
    handle: echo,
  }),
  endpoint({
    spec: '-',
    method: 'GET',
    path: '/_matrix/client/v3/state/:type/:key',
    aliases: ['/_matrix/client/v3/state/:type/'],
    r0: true,
    auth: 'none',
    handle: echo,
  }),
  endpoint({
    spec: '-',
    method: 'GET',
    path: '/_matrix/client/v3/search',
    auth: 'none',
    query: {
      term: Type.String({ minLength: 1 }),
      dir: Type.Optional(Type.Union([Type.Literal('b'), Type.Literal('f')])),
    },
    handle: echo,
  }),
  ...(['user', 'guest', 'optional', 'admin'] as const).map((auth) =>
    endpoint({
      spec: '-',
      method: 'GET',
      path: `/_matrix/client/v3/for/${auth}`,
      auth,
      async handle({ caller }) {
        return { user: caller?.userId ?? null };
      },
    }),
  ),
  endpoint({
    spec: '-',
    method: 'GET',
    path: '/_matrix/client/v3/where',
    auth: 'none',
    async handle({ address, origin, userAgent }) {
      return { address, origin, userAgent };
    },
  }),
  ...[
    '/_matrix/media/v3/thing',
    '/_matrix/client/v1/media/thing',
    '/_matrix/federation/v1/version',
    '/_matrix/key/v2/server',
    '/.well-known/matrix/client',
    '/_synapse/metrics',
    '/health',
  ].map((path) => endpoint({ spec: '-', method: 'GET', path, auth: 'none', handle: async () => ({}) })),
];
