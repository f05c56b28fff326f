import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt } from '../../../base/json.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import { ROOM_VERSIONS } from '../../../spec/room-version.js';
import type { SealedPdu } from '../../../spec/seal-pdu.js';
import { RemoteError, type ServerRequests } from '../../servers/index.js';
import { type Piece, piecesOf } from './answer-pieces.js';
import { readTemplate, type Template, UnusableAnswer, type Wish } from './template.js';

/** A large room's state takes long to write, to send and to read. */
const SEND_TIMEOUT = 10 * 60_000;
const MOST_BYTES_OF_A_ROOM = 192 * 1024 * 1024;
/** People wait for these. */
const TIMEOUT = 30_000;

const V1 = '/_matrix/federation/v1';
const V2 = '/_matrix/federation/v2';

/** The requests about who is in a room, as other servers are sent them. Each throws RemoteError and UnusableAnswer. */
export class MembershipRequests {
  constructor(private readonly requests: ServerRequests) {}

  /** Asks for a place for our event. */
  async make(server: ServerName, wish: Wish, signal?: AbortSignal): Promise<Template> {
    const { asking, roomId, userId } = wish;
    const answer = await this.requests.json({
      destination: server,
      method: 'GET',
      path: `${V1}/make_${asking}/${encodeURIComponent(roomId)}/${encodeURIComponent(userId)}`,
      query: asking === 'leave' ? {} : { ver: ROOM_VERSIONS },
      timeout: TIMEOUT,
      evenIfDown: true,
      ...(signal && { signal }),
    });
    return readTemplate(answer, wish);
  }

  /**
   * Hands our join over.
   *
   * @param omitMembers that server may leave out the members
   * @returns the room's state and its auth chain as they arrive, unchecked; ends with RemoteError or UnusableAnswer when
   *   they do not arrive whole
   */
  async sendJoin(
    server: ServerName,
    roomId: RoomId,
    { eventId, text }: SealedPdu,
    omitMembers: boolean,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Piece>> {
    const path = `send_join/${encodeURIComponent(roomId)}/${encodeURIComponent(eventId)}`;
    const limits = { timeout: SEND_TIMEOUT, maxBytes: MOST_BYTES_OF_A_ROOM, evenIfDown: true, signal };
    const request = { destination: server, method: 'PUT' as const, bodyText: text, ...limits };
    try {
      const query = { omit_members: omitMembers };
      const { body } = await this.requests.stream({ ...request, path: `${V2}/${path}`, query });
      return piecesOf(body, ROOM_PIECES);
    } catch (error) {
      if (!(error instanceof RemoteError) || !isUnknownEndpoint(error)) throw error;
      return piecesIn(objectOf(secondOf(await this.requests.json({ ...request, path: `${V1}/${path}` }))));
    }
  }

  /** Hands our leave over. */
  async sendLeave(server: ServerName, roomId: RoomId, leave: SealedPdu, signal: AbortSignal): Promise<void> {
    const path = `send_leave/${encodeURIComponent(roomId)}/${encodeURIComponent(leave.eventId)}`;
    await this.#sendNewOrOld(path, leave, { destination: server, timeout: TIMEOUT, signal });
  }

  /** Hands our knock over. @returns the state that the room shows to those who knock, unchecked */
  async sendKnock(
    server: ServerName,
    roomId: RoomId,
    knock: SealedPdu,
    signal: AbortSignal,
  ): Promise<readonly JsonValue[]> {
    const path = `${V1}/send_knock/${encodeURIComponent(roomId)}/${encodeURIComponent(knock.eventId)}`;
    const answer = await this.requests.json({
      destination: server,
      method: 'PUT',
      path,
      bodyText: knock.text,
      timeout: TIMEOUT,
      evenIfDown: true,
      signal,
    });
    const state = isObject(answer) ? arrayAt(answer, 'knock_room_state') : undefined;
    if (!state) throw new UnusableAnswer('there is no knock_room_state in the answer');
    return state;
  }

  /**
   * Tells the server of somebody whom we invite.
   *
   * @returns the event with that server's signature, unchecked
   */
  async invite(
    server: ServerName,
    invite: { roomId: RoomId; eventId: EventId; event: JsonObject; version: string; state: readonly JsonValue[] },
  ): Promise<JsonObject> {
    const { roomId, eventId, event, version, state } = invite;
    const path = `invite/${encodeURIComponent(roomId)}/${encodeURIComponent(eventId)}`;
    const request = { destination: server, method: 'PUT' as const, timeout: TIMEOUT, evenIfDown: true };
    const body = { room_version: version, event, invite_room_state: state };
    try {
      return eventIn(await this.requests.json({ ...request, path: `${V2}/${path}`, body }));
    } catch (error) {
      const isOldVersion = version === '1' || version === '2';
      if (!isOldVersion || !(error instanceof RemoteError) || (error.status !== 404 && error.status !== 400))
        throw error;
      const old = { ...event, unsigned: { ...objectAt(event, 'unsigned'), invite_room_state: state } };
      return eventIn(secondOf(await this.requests.json({ ...request, path: `${V1}/${path}`, body: old })));
    }
  }

  /** Asks a server in the room to turn an invite by e-mail into one of a user. */
  async exchange(server: ServerName, roomId: RoomId, invite: JsonObject): Promise<void> {
    await this.requests.json({
      destination: server,
      method: 'PUT',
      path: `${V1}/exchange_third_party_invite/${encodeURIComponent(roomId)}`,
      body: invite,
      timeout: TIMEOUT,
      evenIfDown: true,
    });
  }

  /** By version 2 of an endpoint, or 1 where the server knows no 2. */
  async #sendNewOrOld(
    path: string,
    { text }: SealedPdu,
    rest: { destination: ServerName; timeout: number; signal: AbortSignal },
  ): Promise<JsonObject> {
    const request = { ...rest, method: 'PUT' as const, bodyText: text, evenIfDown: true };
    try {
      return objectOf(await this.requests.json({ ...request, path: `${V2}/${path}` }));
    } catch (error) {
      if (!(error instanceof RemoteError) || !isUnknownEndpoint(error)) throw error;
      return objectOf(secondOf(await this.requests.json({ ...request, path: `${V1}/${path}` })));
    }
  }
}

/** What is read of a room that is handed to us. */
const ROOM_PIECES = {
  lists: new Set(['state', 'auth_chain', 'servers_in_room']),
  values: new Set(['event', 'members_omitted']),
};

async function* piecesIn(answer: JsonObject): AsyncGenerator<Piece> {
  for (const key of ROOM_PIECES.lists) for (const value of arrayAt(answer, key) ?? []) yield { key, value };
  for (const key of ROOM_PIECES.values) {
    const value = answer[key];
    if (value !== undefined) yield { key, value };
  }
}

/** Servers without an endpoint say so with M_UNRECOGNIZED, old ones with any text. */
const isUnknownEndpoint = ({ kind, status, errcode }: RemoteError): boolean =>
  kind === 'answered' && (status === 404 || status === 405) && (errcode === undefined || errcode === 'M_UNRECOGNIZED');

function objectOf(answer: JsonValue | undefined): JsonObject {
  if (!isObject(answer)) throw new UnusableAnswer('the answer is no object');
  return answer;
}

/** Old endpoints answer with the status and the body. */
const secondOf = (answer: JsonValue): JsonValue | undefined => (Array.isArray(answer) ? answer[1] : undefined);

function eventIn(answer: JsonValue | undefined): JsonObject {
  const event = objectAt(objectOf(answer), 'event');
  if (!event) throw new UnusableAnswer('there is no event in the answer');
  return event;
}
