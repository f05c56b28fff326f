import type { Readable, Writable } from 'node:stream';
import type { Static, TObject, TProperties, TSchema } from 'typebox';
import type { JsonValue } from '../base/json.js';
import type { ErrCode } from '../spec/errors.js';
import type { DeviceId, ServerName, UserId } from '../spec/ids.js';

/** A local user with the device whose access token came with the request. */
export interface UserCaller {
  readonly kind: 'user';
  readonly userId: UserId;
  /** undefined for tokens that belong to no device */
  readonly deviceId: DeviceId | undefined;
  /** which access token was used: its row, never the secret */
  readonly tokenId: number;
  readonly isGuest: boolean;
  readonly isAdmin: boolean;
  /** may read, but not write */
  readonly isSuspended: boolean;
}

/** Another homeserver, by the key that signed the request. */
export interface ServerCaller {
  readonly kind: 'server';
  readonly server: ServerName;
}

/**
 * Who may call: `user` (an access token), `guest` (the same, guests too), `optional` (a token or none), `admin` (a
 * server administrator's token), `server` (a signed request of another homeserver), `none`.
 */
export type Auth = 'user' | 'guest' | 'optional' | 'admin' | 'server' | 'none';

export type CallerOf<A extends Auth> = A extends 'user' | 'guest' | 'admin'
  ? UserCaller
  : A extends 'optional'
    ? UserCaller | undefined
    : A extends 'server'
      ? ServerCaller
      : undefined;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

/** What every handler may know of the request beside its shapes. */
export interface RequestContext {
  /** aborts when the client goes away or the server stops */
  readonly signal: AbortSignal;
  /** the client's address, behind trusted proxies too */
  readonly address: string;
  readonly userAgent: string;
  /** the listener's name for itself, e.g. `http://127.0.0.1:8008`: scheme and Host of this request */
  readonly origin: string;
  /** the raw body of an endpoint declared with `rawBody: true`; undefined elsewhere */
  readonly stream: Readable | undefined;
  /** false when the JSON body holds a number that canonical JSON forbids (a fraction, or beyond ±(2^53 - 1)): refuse it in events */
  readonly canonicalNumbers: boolean;
  /** request headers, lower-case */
  header(name: string): string | undefined;
}

/** A body that writes itself, such as a file. One of the two is called, once. */
export interface Outflow {
  /** Writes all of it, and does not end `sink`. */
  writeTo(sink: Writable): Promise<void>;
  /** It is not wanted. */
  destroy(): void;
}

export const isOutflow = (body: unknown): body is Outflow =>
  typeof body === 'object' && body !== null && 'writeTo' in body && typeof body.writeTo === 'function';

/**
 * An answer that is not simply 200 with JSON. A `Uint8Array`, a `Readable` or an `Outflow` is sent as it is, and so is a
 * string that comes with a `content-type`; everything else is sent as JSON, and undefined as no body. Header names in
 * lower case.
 */
export class Reply {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** What `handle` gets: the shapes as declared, the caller, and the request. */
export interface Request<A extends Auth, P extends TProperties, Q extends TProperties, B extends TSchema>
  extends RequestContext {
  readonly caller: CallerOf<A>;
  readonly params: Static<TObject<P>>;
  readonly query: Static<TObject<Q>>;
  readonly body: Static<B>;
}

export interface EndpointShape<A extends Auth, P extends TProperties, Q extends TProperties, B extends TSchema> {
  /** `client-server/receipts.yaml#postReceipt`: file and operationId of the spec; `-` where the spec has none (say why) */
  readonly spec: string;
  readonly method: Method;
  /** `/_matrix/client/v3/rooms/:roomId/receipt/:receiptType/:eventId` */
  readonly path: string;
  /** other paths that answer the same, such as the unstable spelling. `r0` is added by itself where `r0: true` */
  readonly aliases?: readonly string[];
  /** answer below `/_matrix/client/r0/` too (endpoints older than v1.1) */
  readonly r0?: boolean;
  readonly auth: A;
  readonly params?: P;
  /** query parameters: strings, or arrays of strings where declared so; `intParam` and `boolParam` read numbers and booleans */
  readonly query?: Q;
  /** the JSON body; absent: no body is read. Objects are open: what we do not know we keep */
  readonly body?: B;
  /** hand the body over as a stream instead of reading JSON */
  readonly rawBody?: true;
  /** a request without a body counts as `{}` */
  readonly bodyOptional?: true;
  /** errcode for a body of the wrong shape; M_BAD_JSON unless the spec says otherwise */
  readonly badBody?: ErrCode;
  /** most bytes of JSON read; 1 MiB unless said */
  readonly maxBody?: number;
  /** requests of one server are not counted here: it keeps them in order by other means */
  readonly ownTurns?: true;
  /** suspended or locked accounts may still call this (logout, whoami …) */
  readonly allowLocked?: true;
  /** suspended accounts may not call this: refused with M_USER_SUSPENDED */
  readonly denySuspended?: true;
  /** may take long: the caller's token must still be good when the answer is there */
  readonly longPoll?: true;
  handle(request: Request<A, P, Q, B>): Promise<unknown>;
}

/** An endpoint whose shapes are forgotten: what the router holds. */
export type Endpoint = EndpointShape<Auth, TProperties, TProperties, TSchema>;

/**
 * The one way to define a route: a table row with shapes in, one call down, shape out. It holds no rule and no SQL.
 * `handle` returns the JSON body of a 200, or a `Reply`; a thrown MatrixError becomes the standard error response.
 */
export function endpoint<
  const A extends Auth,
  P extends TProperties = Record<never, never>,
  Q extends TProperties = Record<never, never>,
  B extends TSchema = TSchema,
>(shape: EndpointShape<A, P, Q, B>): Endpoint {
  return shape as unknown as Endpoint;
}

/** The port that `matrix/accounts` fills: from an access token to a caller. */
export interface AuthenticateUser {
  /** @throws MatrixError M_UNKNOWN_TOKEN, M_USER_LOCKED */
  user(accessToken: string, request: { address: string; userAgent: string; allowLocked: boolean }): Promise<UserCaller>;
}

/** A request that another homeserver says it signed. */
export interface SignedRequest {
  readonly method: string;
  /** path and query as they came */
  readonly uri: string;
  /** all Authorization headers */
  readonly authorization: readonly string[];
  /** the address that it came from */
  readonly address: string;
  readonly userAgent: string;
  /** costs something: to be asked for only where there is something to wait for */
  readonly signal: AbortSignal;
  /** The body as it came; undefined where none is read. Called once the headers are found good. */
  text(): Promise<string | undefined>;
  /** The same, read as JSON: costs much more. */
  body(): Promise<JsonValue | undefined>;
}

/** The port that `matrix/servers` fills: from a signature to a caller, and who may go on when. */
export interface AuthenticateServer {
  /** @throws MatrixError M_UNAUTHORIZED, M_FORBIDDEN */
  server(request: SignedRequest): Promise<ServerCaller>;
  /**
   * Does `work` for a server when it is its turn: no server may keep us busy with too many requests.
   *
   * @throws MatrixError M_LIMIT_EXCEEDED; what `work` throws
   */
  inTurn<T>(caller: ServerCaller, request: { readonly signal: AbortSignal }, work: () => Promise<T>): Promise<T>;
}

/** Who calls. */
export type Authenticate = AuthenticateUser & AuthenticateServer;
