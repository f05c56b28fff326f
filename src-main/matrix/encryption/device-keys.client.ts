import { type Static, Type } from 'typebox';
import type { JsonObject } from '../../base/json.js';
import { type Endpoint, endpoint, type UserCaller } from '../../http/endpoint.js';
import { invalidParam } from '../../spec/errors.js';
import { parseTimelineToken } from '../rooms/index.js';
import type { DeviceKeys } from './device-keys.js';
import type { DeviceLists } from './device-lists.js';
import type { EveryonesKeys } from './everyones-keys.js';
import { readClaims, writeClaimed } from './key-claims.js';
import type { KeysByName } from './one-time-keys.js';
import { byUser, deviceKeysShape, deviceOf, keyMap, mapOf, maybe } from './wire.js';

/** How long other servers may take, ms. */
const timeout = Type.Optional(Type.Integer({ minimum: 0 }));

const upload = Type.Object({
  device_keys: maybe(deviceKeysShape),
  one_time_keys: maybe(keyMap),
  fallback_keys: maybe(keyMap),
  'org.matrix.msc2732.fallback_keys': maybe(keyMap),
});

const uploadKeys = (keys: DeviceKeys) => async (caller: UserCaller, body: Static<typeof upload>) => ({
  one_time_key_counts: await keys.upload(caller.userId, deviceOf(caller), {
    deviceKeys: (body.device_keys ?? undefined) as JsonObject | undefined,
    oneTimeKeys: (body.one_time_keys ?? {}) as KeysByName,
    fallbackKeys: (body.fallback_keys ?? body['org.matrix.msc2732.fallback_keys'] ?? {}) as KeysByName,
  }),
});

/** Uploading, asking for and claiming keys of devices. */
export function deviceKeyEndpoints(deps: {
  deviceKeys: DeviceKeys;
  deviceLists: DeviceLists;
  everyonesKeys: EveryonesKeys;
}): Endpoint[] {
  const { deviceKeys, everyonesKeys, deviceLists } = deps;
  const add = uploadKeys(deviceKeys);
  return [
    endpoint({
      spec: 'client-server/keys.yaml#uploadKeys',
      method: 'POST',
      path: '/_matrix/client/v3/keys/upload',
      aliases: ['/_matrix/client/unstable/keys/upload'],
      r0: true,
      auth: 'guest',
      body: upload,
      badBody: 'M_BAD_JSON',
      handle: ({ caller, body }) => add(caller, body),
    }),
    endpoint({
      spec: '-', // the form of the first drafts, with a device id that can only be the caller's
      method: 'POST',
      path: '/_matrix/client/v3/keys/upload/:deviceId',
      aliases: ['/_matrix/client/unstable/keys/upload/:deviceId'],
      r0: true,
      auth: 'guest',
      params: { deviceId: Type.String() },
      body: upload,
      badBody: 'M_BAD_JSON',
      async handle({ caller, params, body }) {
        if (params.deviceId !== caller.deviceId) throw invalidParam('keys can be uploaded for your own device only');
        return add(caller, body);
      },
    }),
    endpoint({
      spec: 'client-server/keys.yaml#queryKeys',
      method: 'POST',
      path: '/_matrix/client/v3/keys/query',
      aliases: ['/_matrix/client/unstable/keys/query'],
      r0: true,
      auth: 'guest',
      body: Type.Object({ device_keys: mapOf(Type.Array(Type.String())), timeout }),
      badBody: 'M_BAD_JSON',
      async handle({ caller, body }) {
        const wanted = byUser(body.device_keys).map(([userId, deviceIds]) => [userId, new Set(deviceIds)] as const);
        const { deviceKeys: keys, ...found } = await everyonesKeys.query(caller.userId, new Map(wanted), body.timeout);
        const { crossSigningKeys, failures } = found;
        return {
          device_keys: keys,
          failures,
          master_keys: crossSigningKeys.master,
          self_signing_keys: crossSigningKeys.self_signing,
          user_signing_keys: crossSigningKeys.user_signing,
        };
      },
    }),
    endpoint({
      spec: 'client-server/keys.yaml#claimKeys',
      method: 'POST',
      path: '/_matrix/client/v3/keys/claim',
      aliases: ['/_matrix/client/unstable/keys/claim'],
      r0: true,
      auth: 'guest',
      body: Type.Object({ one_time_keys: mapOf(mapOf(Type.String())), timeout }),
      badBody: 'M_BAD_JSON',
      async handle({ body }) {
        const { keys, failures } = await everyonesKeys.claim(readClaims(body.one_time_keys), body.timeout);
        return { one_time_keys: writeClaimed(keys), failures };
      },
    }),
    endpoint({
      spec: 'client-server/keys.yaml#getKeysChanges',
      method: 'GET',
      path: '/_matrix/client/v3/keys/changes',
      aliases: ['/_matrix/client/unstable/keys/changes'],
      r0: true,
      auth: 'guest',
      query: { from: Type.String(), to: Type.Optional(Type.String()) },
      async handle({ caller, query }) {
        const from = parseTimelineToken(query.from);
        const to = query.to === undefined ? Number.MAX_SAFE_INTEGER : parseTimelineToken(query.to);
        if (from === undefined || to === undefined) throw invalidParam('from and to must be sync tokens');
        return deviceLists.changes(caller.userId, from, to);
      },
    }),
  ];
}
