import { type Static, Type } from 'typebox';
import type { JsonObject } from '../../base/json.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { invalidParam } from '../../spec/errors.js';
import type { RoomId } from '../../spec/ids.js';
import { jsonObject, roomId } from '../../spec/shapes.js';
import type { BackupCount, KeyBackup } from './key-backup.js';
import type { BackedUpSession, Backup } from './key-backup.store.js';
import { byRoom, checkSessionIds, mapOf, shortName } from './wire.js';

const BASE = '/_matrix/client/v3/room_keys';
const UNSTABLE = '/_matrix/client/unstable/room_keys';
/** A whole backup may come in one request. */
const MOST_BYTES = 20 * 1024 * 1024;

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const session = Type.Object({
  first_message_index: count,
  forwarded_count: count,
  is_verified: Type.Boolean(),
  session_data: jsonObject,
});
const sessions = Type.Object({ sessions: mapOf(session) });
const rooms = Type.Object({ rooms: mapOf(sessions) });
const description = { algorithm: Type.String({ maxLength: 255 }), auth_data: jsonObject };
const version = { version: Type.String() };
const ofRoom = { roomId };
const ofSession = { roomId, sessionId: shortName };

type WireSession = Static<typeof session>;

/** Versions of a user's backup. */
export const keyBackupVersionEndpoints = (backup: KeyBackup): Endpoint[] => [
  endpoint({
    spec: 'client-server/key_backup.yaml#postRoomKeysVersion',
    method: 'POST',
    path: `${BASE}/version`,
    aliases: [`${UNSTABLE}/version`],
    auth: 'user',
    body: Type.Object(description),
    async handle({ caller, body }) {
      return { version: String(await backup.create(caller.userId, body.algorithm, body.auth_data)) };
    },
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#getRoomKeysVersionCurrent',
    method: 'GET',
    path: `${BASE}/version`,
    aliases: [`${UNSTABLE}/version`],
    auth: 'user',
    handle: async ({ caller }) => fromBackup(await backup.current(caller.userId)),
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#getRoomKeysVersion',
    method: 'GET',
    path: `${BASE}/version/:version`,
    aliases: [`${UNSTABLE}/version/:version`],
    auth: 'user',
    params: version,
    handle: async ({ caller, params }) => fromBackup(await backup.get(caller.userId, params.version)),
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#putRoomKeysVersion',
    method: 'PUT',
    path: `${BASE}/version/:version`,
    aliases: [`${UNSTABLE}/version/:version`],
    auth: 'user',
    params: version,
    body: Type.Object({ ...description, version: Type.Optional(Type.String()) }),
    async handle({ caller, params, body }) {
      if (body.version !== undefined && body.version !== params.version) {
        throw invalidParam('the version in the body is not that in the path');
      }
      await backup.setAuthData(caller.userId, params.version, body.algorithm, body.auth_data);
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#deleteRoomKeysVersion',
    method: 'DELETE',
    path: `${BASE}/version/:version`,
    aliases: [`${UNSTABLE}/version/:version`],
    auth: 'user',
    params: version,
    async handle({ caller, params }) {
      await backup.delete(caller.userId, params.version);
      return {};
    },
  }),
];

/** Keys in a backup: all, those of a room, one. */
export const keyBackupSessionEndpoints = (backup: KeyBackup): Endpoint[] => [
  endpoint({
    spec: 'client-server/key_backup.yaml#putRoomKeys',
    method: 'PUT',
    path: `${BASE}/keys`,
    aliases: [`${UNSTABLE}/keys`],
    auth: 'user',
    query: version,
    body: rooms,
    maxBody: MOST_BYTES,
    async handle({ caller, query, body }) {
      const given = byRoom(body.rooms).flatMap(([id, room]) => toSessions(id, room.sessions));
      return fromCount(await backup.putSessions(caller.userId, query.version, given));
    },
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#putRoomKeysByRoomId',
    method: 'PUT',
    path: `${BASE}/keys/:roomId`,
    aliases: [`${UNSTABLE}/keys/:roomId`],
    auth: 'user',
    params: ofRoom,
    query: version,
    body: sessions,
    maxBody: MOST_BYTES,
    async handle({ caller, params, query, body }) {
      checkSessionIds(body.sessions);
      const given = toSessions(params.roomId, body.sessions);
      return fromCount(await backup.putSessions(caller.userId, query.version, given));
    },
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#putRoomKeyBySessionId',
    method: 'PUT',
    path: `${BASE}/keys/:roomId/:sessionId`,
    aliases: [`${UNSTABLE}/keys/:roomId/:sessionId`],
    auth: 'user',
    params: ofSession,
    query: version,
    body: session,
    async handle({ caller, params, query, body }) {
      const given = [toSession(params.roomId, params.sessionId, body)];
      return fromCount(await backup.putSessions(caller.userId, query.version, given));
    },
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#getRoomKeys',
    method: 'GET',
    path: `${BASE}/keys`,
    aliases: [`${UNSTABLE}/keys`],
    auth: 'user',
    query: version,
    async handle({ caller, query }) {
      const found: Record<RoomId, { sessions: Record<string, WireSession> }> = {};
      for (const each of await backup.sessions(caller.userId, query.version, {})) {
        (found[each.roomId] ??= { sessions: {} }).sessions[each.sessionId] = fromSession(each);
      }
      return { rooms: found };
    },
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#getRoomKeysByRoomId',
    method: 'GET',
    path: `${BASE}/keys/:roomId`,
    aliases: [`${UNSTABLE}/keys/:roomId`],
    auth: 'user',
    params: ofRoom,
    query: version,
    async handle({ caller, params, query }) {
      const found = await backup.sessions(caller.userId, query.version, params);
      return { sessions: Object.fromEntries(found.map((each) => [each.sessionId, fromSession(each)])) };
    },
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#getRoomKeyBySessionId',
    method: 'GET',
    path: `${BASE}/keys/:roomId/:sessionId`,
    aliases: [`${UNSTABLE}/keys/:roomId/:sessionId`],
    auth: 'user',
    params: ofSession,
    query: version,
    handle: async ({ caller, params, query }) =>
      fromSession(await backup.session(caller.userId, query.version, params)),
  }),
  ...removals(backup),
];

const removals = (backup: KeyBackup): Endpoint[] => [
  endpoint({
    spec: 'client-server/key_backup.yaml#deleteRoomKeys',
    method: 'DELETE',
    path: `${BASE}/keys`,
    aliases: [`${UNSTABLE}/keys`],
    auth: 'user',
    query: version,
    handle: async ({ caller, query }) => fromCount(await backup.removeSessions(caller.userId, query.version, {})),
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#deleteRoomKeysByRoomId',
    method: 'DELETE',
    path: `${BASE}/keys/:roomId`,
    aliases: [`${UNSTABLE}/keys/:roomId`],
    auth: 'user',
    params: ofRoom,
    query: version,
    handle: async ({ caller, params, query }) =>
      fromCount(await backup.removeSessions(caller.userId, query.version, params)),
  }),
  endpoint({
    spec: 'client-server/key_backup.yaml#deleteRoomKeyBySessionId',
    method: 'DELETE',
    path: `${BASE}/keys/:roomId/:sessionId`,
    aliases: [`${UNSTABLE}/keys/:roomId/:sessionId`],
    auth: 'user',
    params: ofSession,
    query: version,
    handle: async ({ caller, params, query }) =>
      fromCount(await backup.removeSessions(caller.userId, query.version, params)),
  }),
];

const fromBackup = (backup: Backup) => ({
  algorithm: backup.algorithm,
  auth_data: backup.authData,
  count: backup.count,
  etag: String(backup.etag),
  version: String(backup.version),
});

const fromCount = ({ etag, count }: BackupCount) => ({ etag: String(etag), count });

const fromSession = (session: BackedUpSession): WireSession => ({
  first_message_index: session.firstMessageIndex,
  forwarded_count: session.forwardedCount,
  is_verified: session.isVerified,
  session_data: session.sessionData,
});

const toSessions = (room: RoomId, given: Readonly<Record<string, WireSession>>): BackedUpSession[] =>
  Object.entries(given).map(([sessionId, each]) => toSession(room, sessionId, each));

const toSession = (room: RoomId, sessionId: string, given: WireSession): BackedUpSession => ({
  roomId: room,
  sessionId,
  firstMessageIndex: given.first_message_index,
  forwardedCount: given.forwarded_count,
  isVerified: given.is_verified,
  sessionData: given.session_data as JsonObject,
});
