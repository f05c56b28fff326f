import { randomUUID } from 'node:crypto';
import { type Dispatcher, request } from 'undici';
import type { JsonObject } from '../../src-main/base/json.js';
import type { EventId, RoomAlias, RoomId, UserId } from '../../src-main/spec/ids.js';
import type { ResponseCheck } from './openapi.js';

/** What a test sees of a response; `headers` and `bytes` are not compared by `toEqual`. */
export interface TestReply {
  readonly status: number;
  /** parsed JSON; the text of anything else */
  readonly body: any;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

export interface RequestOptions {
  readonly query?: Query;
  /** an object is sent as JSON; text and bytes as they are */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Keys that are undefined are left out; lists repeat their key. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The server that a client talks to. */
export interface Target {
  /** without a slash at the end; changes when the server starts again on another port */
  readonly url: string;
  readonly dispatcher: Dispatcher;
  readonly responses: ResponseCheck;
}

export interface Session {
  readonly userId: UserId;
  readonly deviceId: string;
  readonly accessToken: string;
  readonly password: string;
}

/** An event as clients get it. */
export interface TestEvent extends JsonObject {
  readonly type: string;
  readonly event_id: EventId;
  readonly sender: UserId;
  readonly content: any;
  readonly state_key?: string;
}

const CLIENT = '/_matrix/client/v3';
const segment = encodeURIComponent;

/** Somebody without an account. Every response is checked against the spec's schema of its operation. */
export class TestClient {
  constructor(
    protected readonly target: Target,
    readonly accessToken?: string,
  ) {}

  /** @param path below `/_matrix/client/v3`, unless it begins with `/_` or `/.` or is `/health` */
  get(path: string, query?: Query): Promise<TestReply> {
    return this.request('GET', path, { query });
  }

  post(path: string, body?: unknown, query?: Query): Promise<TestReply> {
    return this.request('POST', path, { body, query });
  }

  put(path: string, body?: unknown, query?: Query): Promise<TestReply> {
    return this.request('PUT', path, { body, query });
  }

  delete(path: string, body?: unknown, query?: Query): Promise<TestReply> {
    return this.request('DELETE', path, { body, query });
  }

  /** Any request; what the server answers, whatever it is. @throws Error when the spec forbids that answer */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<TestReply> {
    const url = `${fullPath(path)}${queryText(options.query)}`;
    const isData = typeof options.body === 'string' || options.body instanceof Uint8Array;
    const response = await request(`${this.target.url}${url}`, {
      method: method as Dispatcher.HttpMethod,
      dispatcher: this.target.dispatcher,
      body: options.body === undefined || isData ? (options.body as Buffer | undefined) : JSON.stringify(options.body),
      headers: {
        ...(this.accessToken === undefined ? {} : { authorization: `Bearer ${this.accessToken}` }),
        ...(options.body === undefined || isData ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      signal: options.signal,
    });
    const bytes = Buffer.from(await response.body.arrayBuffer());
    const contentType = String(response.headers['content-type'] ?? '');
    const body = contentType.startsWith('application/json') ? JSON.parse(bytes.toString()) : bytes.toString();
    this.target.responses.check({ method, url, status: response.statusCode, contentType, body });
    return Object.defineProperties({ status: response.statusCode, body } as TestReply, {
      headers: { value: response.headers },
      bytes: { value: bytes },
    });
  }

  /** The body of a request that must succeed. @throws Error with what the server said otherwise */
  async ok(method: string, path: string, options: RequestOptions = {}): Promise<any> {
    const reply = await this.request(method, path, options);
    if (reply.status === 200) return reply.body;
    throw new Error(`${method} ${path} answered ${reply.status} ${JSON.stringify(reply.body)}`);
  }
}

/** Somebody with an account and a device. Methods resolve with what one wants of a success, and throw otherwise. */
export class TestUser extends TestClient {
  readonly userId: UserId;
  readonly deviceId: string;
  readonly password: string;
  /** where the next `sync()` goes on */
  since: string | undefined;

  constructor(target: Target, session: Session) {
    super(target, session.accessToken);
    this.userId = session.userId;
    this.deviceId = session.deviceId;
    this.password = session.password;
  }

  /** Another device of the same user. */
  async logIn(device: { device_id?: string; initial_device_display_name?: string } = {}): Promise<TestUser> {
    const identifier = { type: 'm.id.user', user: this.userId };
    const body = await new TestClient(this.target).ok('POST', '/login', {
      body: { type: 'm.login.password', identifier, password: this.password, ...device },
    });
    return new TestUser(this.target, sessionOf(body, this.password));
  }

  async createRoom(options: JsonObject = {}): Promise<RoomId> {
    return (await this.ok('POST', '/createRoom', { body: options })).room_id;
  }

  /** @param via servers to ask for a room that ours is not in */
  async join(room: RoomId | RoomAlias, ...via: string[]): Promise<RoomId> {
    return (await this.ok('POST', `/join/${segment(room)}`, { query: { via }, body: {} })).room_id;
  }

  async knock(room: RoomId | RoomAlias, reason?: string, ...via: string[]): Promise<RoomId> {
    return (await this.ok('POST', `/knock/${segment(room)}`, { query: { via }, body: { reason } })).room_id;
  }

  /** invite, kick, ban or unban */
  async moderate(action: 'invite' | 'kick' | 'ban' | 'unban', roomId: RoomId, userId: UserId, reason?: string) {
    await this.ok('POST', `/rooms/${segment(roomId)}/${action}`, { body: { user_id: userId, reason } });
  }

  invite(roomId: RoomId, other: TestUser | UserId): Promise<void> {
    return this.moderate('invite', roomId, typeof other === 'string' ? other : other.userId);
  }

  async leave(roomId: RoomId, reason?: string): Promise<void> {
    await this.ok('POST', `/rooms/${segment(roomId)}/leave`, { body: { reason } });
  }

  async forget(roomId: RoomId): Promise<void> {
    await this.ok('POST', `/rooms/${segment(roomId)}/forget`, { body: {} });
  }

  async send(roomId: RoomId, type: string, content: JsonObject, txnId: string = randomUUID()): Promise<EventId> {
    const path = `/rooms/${segment(roomId)}/send/${segment(type)}/${segment(txnId)}`;
    return (await this.ok('PUT', path, { body: content })).event_id;
  }

  say(roomId: RoomId, body: string): Promise<EventId> {
    return this.send(roomId, 'm.room.message', { msgtype: 'm.text', body });
  }

  async setState(roomId: RoomId, type: string, content: JsonObject, stateKey = ''): Promise<EventId> {
    return (await this.ok('PUT', statePath(roomId, type, stateKey), { body: content })).event_id;
  }

  /** The content of a state event. */
  stateContent(roomId: RoomId, type: string, stateKey = ''): Promise<any> {
    return this.ok('GET', statePath(roomId, type, stateKey));
  }

  /** All state events of a room. */
  state(roomId: RoomId): Promise<TestEvent[]> {
    return this.ok('GET', `/rooms/${segment(roomId)}/state`);
  }

  async redact(roomId: RoomId, eventId: EventId, reason?: string): Promise<EventId> {
    const path = `/rooms/${segment(roomId)}/redact/${segment(eventId)}/${randomUUID()}`;
    return (await this.ok('PUT', path, { body: { reason } })).event_id;
  }

  event(roomId: RoomId, eventId: EventId): Promise<TestEvent> {
    return this.ok('GET', `/rooms/${segment(roomId)}/event/${segment(eventId)}`);
  }

  context(roomId: RoomId, eventId: EventId, query: Query = {}): Promise<any> {
    return this.ok('GET', `/rooms/${segment(roomId)}/context/${segment(eventId)}`, { query });
  }

  messages(
    roomId: RoomId,
    query: Query = { dir: 'b' },
  ): Promise<{ chunk: TestEvent[]; start: string; end?: string; state?: TestEvent[] }> {
    return this.ok('GET', `/rooms/${segment(roomId)}/messages`, { query: { dir: 'b', ...query } });
  }

  /** One sync that goes on where the last of this user ended. */
  async sync(query: Query = {}): Promise<any> {
    const body = await this.ok('GET', '/sync', { query: { since: this.since, timeout: 0, ...query } });
    this.since = body.next_batch;
    return body;
  }

  /**
   * Syncs until an event in the timeline or the state of a room is the wanted one.
   *
   * @throws Error when it does not come within 10 s
   */
  syncUntil(roomId: RoomId, isWanted: (event: TestEvent) => boolean): Promise<TestEvent> {
    return this.syncUntilBody((body) => eventsOf(body.rooms?.join?.[roomId]).find(isWanted));
  }

  /** Syncs until `find` finds something in what a sync says; resolves with that. */
  async syncUntilBody<T>(find: (body: any) => T | undefined): Promise<T> {
    const end = Date.now() + 10_000;
    while (Date.now() < end) {
      const found = find(await this.sync({ timeout: 1000 }));
      if (found !== undefined) return found;
    }
    throw new Error(`what ${this.userId} waits for does not come`);
  }

  async uploadMedia(bytes: Buffer, contentType: string, filename?: string): Promise<string> {
    const body = await this.ok('POST', '/_matrix/media/v3/upload', {
      query: { filename },
      body: bytes,
      headers: { 'content-type': contentType },
    });
    return body.content_uri;
  }

  /** @param uri `mxc://server/id` */
  downloadMedia(uri: string): Promise<TestReply> {
    return this.get(`/_matrix/client/v1/media/download/${uri.replace('mxc://', '')}`);
  }

  async setDisplayName(displayname: string): Promise<void> {
    await this.ok('PUT', `/profile/${segment(this.userId)}/displayname`, { body: { displayname } });
  }

  async setAccountData(type: string, content: JsonObject, roomId?: RoomId): Promise<void> {
    const room = roomId === undefined ? '' : `/rooms/${segment(roomId)}`;
    await this.ok('PUT', `/user/${segment(this.userId)}${room}/account_data/${segment(type)}`, { body: content });
  }

  async sendToDevice(type: string, messages: JsonObject, txnId: string = randomUUID()): Promise<void> {
    await this.ok('PUT', `/sendToDevice/${segment(type)}/${segment(txnId)}`, { body: { messages } });
  }

  async receipt(roomId: RoomId, eventId: EventId, type = 'm.read', body: JsonObject = {}): Promise<void> {
    await this.ok('POST', `/rooms/${segment(roomId)}/receipt/${type}/${segment(eventId)}`, { body });
  }
}

/** What login and registration answer, with the password that was used. */
export const sessionOf = (body: any, password: string): Session => ({
  userId: body.user_id,
  deviceId: body.device_id,
  accessToken: body.access_token,
  password,
});

const statePath = (roomId: RoomId, type: string, stateKey: string) =>
  `/rooms/${segment(roomId)}/state/${segment(type)}${stateKey === '' ? '' : `/${segment(stateKey)}`}`;

const eventsOf = (room: any): TestEvent[] => [
  ...(room?.state?.events ?? []),
  ...(room?.state_after?.events ?? []),
  ...(room?.timeline?.events ?? []),
];

const fullPath = (path: string) => (/^\/(_|\.|health$|join\/password\/|$)/.test(path) ? path : `${CLIENT}${path}`);

function queryText(query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  return search.size > 0 ? `?${search}` : '';
}
