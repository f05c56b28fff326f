import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { parse as parseQuery } from 'node:querystring';
import { Readable } from 'node:stream';
import Koa from 'koa';
import type { TProperties, TSchema } from 'typebox';
import type { Milliseconds } from '../base/clock.js';
import type { JsonValue } from '../base/json.js';
import { lazy } from '../base/lazy.js';
import type { Logger } from '../base/logger.js';
import type { ListenerConfig } from '../config/config.js';
import type { Database } from '../storage/database.js';
import type { DiskRoom } from '../storage/disk-room.js';
import { callerOf, type Credentials } from './authenticate.js';
import { type BodyBounds, BodyMemory, type HeldBody } from './body-memory.js';
import { DEFAULT_MAX_BODY, readJson, readText } from './body.js';
import { ProxyTrust } from './client-address.js';
import { PREFLIGHT_HEADERS } from './cors.js';
import {
  type Auth,
  type Authenticate,
  type Endpoint,
  isOutflow,
  Reply,
  type Request,
  type ServerCaller,
  type SignedRequest,
  type UserCaller,
} from './endpoint.js';
import { errorReply, isClientGone } from './errors.js';
import { GROWING } from './growing.js';
import { send } from './reply.js';
import { IncomingRequest } from './request.js';
import { logRequest } from './request-log.js';
import { type Match, type Route, Routes } from './routes.js';
import type { RawQuery } from './shapes.js';

export interface AppDeps {
  readonly endpoints: readonly Endpoint[];
  readonly authenticate: Authenticate;
  readonly db: Pick<Database, 'durable'>;
  readonly log: Logger;
  /** where what is stored lies; without it there is room for all */
  readonly disk?: Pick<DiskRoom, 'require'>;
  /** Called when a request that found its endpoint is over. Must not throw. */
  readonly onAnswer?: (answer: AnsweredRequest) => void;
  /** how long a JSON body may take to arrive; a minute unless said */
  readonly bodyTimeout?: Milliseconds;
  /** bytes of bodies that may be in memory */
  readonly bodyBounds?: BodyBounds;
}

/** A request that was answered, as far as those care who count. */
export interface AnsweredRequest {
  /** file and operationId, as the endpoint declares them */
  readonly spec: string;
  readonly status: number;
  readonly address: string;
  /** a local user or another server, where they are known */
  readonly caller: string | undefined;
}

/** The part of a listener's configuration that its requests are answered by. */
export type ListenerTraits = Pick<ListenerConfig, 'resources' | 'tls' | 'trustedProxies'>;

/** All endpoints, ready to be put behind listeners. */
export interface App {
  /** Answers the requests of one listener. */
  listener(traits: ListenerTraits): RequestListener;
  /** Ends long polls; replies from now on ask for their connection to be closed. */
  stop(): void;
}

const BODY_TIMEOUT = 60_000;

/** @throws Error when two endpoints answer the same path and method */
export function createApp(deps: AppDeps): App {
  const routes = new Routes(deps.endpoints);
  const stopping = new AbortController();
  const bodies = new BodyMemory(deps.bodyBounds);
  return {
    listener(traits) {
      const answering = {
        ...deps,
        routes,
        bodies,
        traits,
        trust: new ProxyTrust(traits.trustedProxies),
        stopping: stopping.signal,
      };
      const koa = new Koa();
      koa.on('error', (error) => deps.log.error('a reply could not be sent', { error }));
      koa.use((context) => respond(answering, context));
      return koa.callback();
    },
    stop: () => stopping.abort(new Error('the server is stopping')),
  };
}

interface Answering extends AppDeps {
  readonly routes: Routes;
  readonly bodies: BodyMemory;
  readonly traits: ListenerTraits;
  readonly trust: ProxyTrust;
  readonly stopping: AbortSignal;
}

/** What is known of a request on its way. */
interface Progress {
  readonly id: string;
  readonly held: HeldBody;
  route: Route | undefined;
  user: string | undefined;
}

let requests = 0;

/** Errors around log around CORS around routes: the whole way of a request. */
async function respond(answering: Answering, context: Koa.Context): Promise<void> {
  context.respond = false;
  const { req: message, res: response } = context;
  const started = performance.now();
  requests += 1;
  const request = new IncomingRequest({ message, response, isTls: answering.traits.tls, ...answering });
  if (message.method === 'OPTIONS') return preflight(response);
  const held = answering.bodies.hold(() => request.address);
  const progress: Progress = { id: `r${requests}`, held, route: undefined, user: undefined };
  try {
    const reply = await durably(answering, progress, context.method, () =>
      answer(answering, message, request, progress),
    );
    if (answering.stopping.aborted) response.shouldKeepAlive = false;
    await send(message, response, reply);
  } catch (error) {
    abandon(answering.log, response, error, progress);
  } finally {
    held.release();
  }
  const { route, user: caller } = progress;
  const { statusCode: status } = response;
  if (route) answering.onAnswer?.({ spec: route.endpoint.spec, status, address: request.address, caller });
  logRequest(answering.log, {
    id: progress.id,
    method: message.method ?? '',
    url: message.url ?? '',
    status,
    took: performance.now() - started,
    user: caller,
    address: request.address,
  });
}

function preflight(response: ServerResponse): void {
  response.writeHead(204, [...PREFLIGHT_HEADERS]);
  response.end();
}

/**
 * No reply leaves before everything committed until then would survive a power cut: what a handler wrote, and what it
 * read that others had just written. Refusals too, since they tell what was found.
 *
 * @throws what `work` threw when nobody is there to be answered
 */
async function durably(
  { db, log, stopping }: Answering,
  progress: Progress,
  method: string,
  work: () => Promise<Reply>,
): Promise<Reply> {
  const refuse = (error: unknown) => {
    if (isClientGone(error)) throw error;
    return errorReply(error, {
      log,
      requestId: progress.id,
      method,
      route: progress.route?.path,
      isStopping: stopping.aborted,
    });
  };
  const reply = await work().catch(refuse);
  try {
    await db.durable();
    return reply;
  } catch (error) {
    if (reply.body instanceof Readable || isOutflow(reply.body)) reply.body.destroy();
    return refuse(error);
  }
}

async function answer(
  answering: Answering,
  message: IncomingMessage,
  request: IncomingRequest,
  progress: Progress,
): Promise<Reply> {
  const match = answering.routes.find(message.method ?? '', message.url ?? '', answering.traits.resources);
  progress.route = match.route;
  const { endpoint } = match.route;
  const { held } = progress;
  const incoming = { answering, held, message, request, match, raw: parseQuery(match.queryText) };
  const text = lazy(() => readBodyText(incoming));
  const body = lazy(async () => readBody(incoming, await text()));
  if (endpoint.auth !== 'server') {
    const caller = await callerOf(endpoint, credentialsOf(incoming), answering.authenticate);
    progress.user = caller?.userId;
    const reply = await handle(incoming, caller, body);
    if (endpoint.longPoll) await callerOf(endpoint, credentialsOf(incoming), answering.authenticate);
    return reply;
  }
  const caller = await answering.authenticate.server(signedRequest(incoming, text, body));
  progress.user = caller.server;
  if (endpoint.ownTurns) return handle(incoming, caller, body);
  return answering.authenticate.inTurn(caller, request, () => handle(incoming, caller, body));
}

/** A request that has found its endpoint. */
interface Incoming {
  readonly answering: Answering;
  readonly held: HeldBody;
  readonly message: IncomingMessage;
  readonly request: IncomingRequest;
  readonly match: Match;
  readonly raw: RawQuery;
}

const credentialsOf = ({ message, request, raw }: Incoming): Credentials => ({
  authorization: message.headers.authorization,
  query: raw,
  address: request.address,
  userAgent: request.userAgent,
});

const signedRequest = (
  { message, request }: Incoming,
  text: () => Promise<string | undefined>,
  body: () => Promise<unknown>,
): SignedRequest => ({
  method: message.method ?? '',
  uri: message.url ?? '',
  authorization: message.headersDistinct['authorization'] ?? [],
  address: request.address,
  userAgent: request.userAgent,
  get signal() {
    return request.signal;
  },
  text,
  body: () => body() as Promise<JsonValue | undefined>,
});

async function handle(
  { answering, request, match, raw }: Incoming,
  caller: UserCaller | ServerCaller | undefined,
  body: () => Promise<unknown>,
): Promise<Reply> {
  const { endpoint, readQuery, checkParams, checkBody } = match.route;
  checkParams(match.params);
  const query = readQuery(raw);
  const value = await body();
  checkBody?.(value);
  if (GROWING.has(endpoint.spec)) await answering.disk?.require('messages');
  const result = await endpoint.handle(
    Object.assign(request, { caller, params: match.params, query, body: value }) as unknown as Request<
      Auth,
      TProperties,
      TProperties,
      TSchema
    >,
  );
  return result instanceof Reply ? result : new Reply(200, result ?? {});
}

/** Undefined where no body is read. */
async function readBodyText({ answering, held, message, request, match }: Incoming): Promise<string | undefined> {
  const { endpoint, checkBody } = match.route;
  if (endpoint.rawBody) request.stream = message;
  if (!checkBody) return undefined;
  return readText(message, {
    maxBytes: endpoint.maxBody ?? DEFAULT_MAX_BODY,
    timeout: answering.bodyTimeout ?? BODY_TIMEOUT,
    held,
  });
}

function readBody({ request, match: { route } }: Incoming, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const { value, canonicalNumbers } = readJson(text, {
    optional: route.endpoint.bodyOptional === true,
    lossless: route.endpoint.auth === 'server',
  });
  request.canonicalNumbers = canonicalNumbers;
  return value;
}

/** Nothing can be said any more: the client is gone, or half of a reply is out. */
function abandon(log: Logger, response: ServerResponse, error: unknown, { id }: Progress): void {
  log.debug('a reply was cut short', { request: id, error });
  response.destroy();
}
