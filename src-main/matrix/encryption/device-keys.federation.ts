import { Type } from 'typebox';
import type { JsonObject } from '../../base/json.js';
import { endpoint } from '../../http/endpoint.js';
import { invalidParam, notFound } from '../../spec/errors.js';
import { isOnServer } from '../../spec/grammar.js';
import type { DeviceId, ServerName, UserId } from '../../spec/ids.js';
import { userId } from '../../spec/shapes.js';
import type { KeyAnswer } from './device-keys.js';
import { readClaims, writeClaimed } from './key-claims.js';
import type { OneTimeKeys } from './one-time-keys.js';
import type { OwnDevices } from './own-devices.js';
import { byUser, mapOf } from './wire.js';

const PATH = '/_matrix/federation/v1/user';

/** Devices and keys of our users, for other servers. */
export function deviceKeyFederationEndpoints(deps: {
  readonly devices: OwnDevices;
  readonly oneTimeKeys: OneTimeKeys;
  readonly serverName: ServerName;
}) {
  const { devices, oneTimeKeys, serverName } = deps;
  const isOurs = (id: UserId) => isOnServer(id, serverName);
  return [
    endpoint({
      spec: 'server-server/user_devices.yaml#getUserDevices',
      method: 'GET',
      path: `${PATH}/devices/:userId`,
      auth: 'server',
      params: { userId },
      async handle({ params }) {
        if (!isOurs(params.userId)) throw invalidParam('that user is of another server');
        const list = await devices.list(params.userId);
        if (!list) throw notFound('there is no such user');
        return {
          user_id: params.userId,
          stream_id: list.streamId,
          devices: list.devices.map(({ deviceId, keys, displayName }) => ({
            device_id: deviceId,
            keys,
            ...(displayName !== undefined && { device_display_name: displayName }),
          })),
          ...(list.masterKey && { master_key: list.masterKey }),
          ...(list.selfSigningKey && { self_signing_key: list.selfSigningKey }),
        };
      },
    }),
    endpoint({
      spec: 'server-server/user_keys.yaml#queryUserEncryptionKeys',
      method: 'POST',
      path: `${PATH}/keys/query`,
      auth: 'server',
      body: Type.Object({ device_keys: mapOf(Type.Union([Type.Array(Type.String()), Type.Null()])) }),
      badBody: 'M_BAD_JSON',
      async handle({ body }) {
        const wanted = byUser(body.device_keys).filter(([id]) => isOurs(id));
        const asked = wanted.map(([id, ids]) => [id, new Set<DeviceId>(ids ?? [])] as const);
        return queryBody(await devices.keys(new Map(asked)));
      },
    }),
    endpoint({
      spec: 'server-server/user_keys.yaml#claimUserEncryptionKeys',
      method: 'POST',
      path: `${PATH}/keys/claim`,
      auth: 'server',
      body: Type.Object({ one_time_keys: mapOf(mapOf(Type.String())) }),
      badBody: 'M_BAD_JSON',
      async handle({ body }) {
        const claims = readClaims(body.one_time_keys).filter(({ userId: id }) => isOurs(id));
        return { one_time_keys: writeClaimed(await oneTimeKeys.claim(claims)) };
      },
    }),
  ];
}

function queryBody({ deviceKeys, crossSigningKeys }: KeyAnswer): JsonObject {
  return {
    device_keys: deviceKeys,
    master_keys: crossSigningKeys.master,
    self_signing_keys: crossSigningKeys.self_signing,
  };
}
