import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { authData, orNothing } from './auth-data.js';
import type { Devices } from './devices.js';
import type { Device } from './devices.store.js';
import type { Uia } from './uia.js';

const MOST_BODY = 64 * 1024;
const MOST_DELETED = 1000;
const ONE_DEVICE = '/_matrix/client/v3/devices/:deviceId';
const params = { deviceId: Type.String() };

export const deviceEndpoints = ({ devices, uia }: { devices: Devices; uia: Uia }) => [
  endpoint({
    spec: 'client-server/device_management.yaml#getDevices',
    method: 'GET',
    path: '/_matrix/client/v3/devices',
    r0: true,
    auth: 'guest',
    async handle({ caller }) {
      return { devices: (await devices.list(caller.userId)).map(deviceBody) };
    },
  }),
  endpoint({
    spec: 'client-server/device_management.yaml#getDevice',
    method: 'GET',
    path: ONE_DEVICE,
    r0: true,
    auth: 'guest',
    params,
    async handle({ caller, params }) {
      return deviceBody(await devices.get(caller.userId, params.deviceId));
    },
  }),
  endpoint({
    spec: 'client-server/device_management.yaml#updateDevice',
    method: 'PUT',
    path: ONE_DEVICE,
    r0: true,
    auth: 'guest',
    params,
    maxBody: MOST_BODY,
    body: Type.Object({ display_name: orNothing(Type.String()) }),
    async handle({ caller, params, body }) {
      if (typeof body.display_name !== 'string') await devices.get(caller.userId, params.deviceId);
      else await devices.rename(caller.userId, params.deviceId, body.display_name);
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/device_management.yaml#deleteDevice',
    method: 'DELETE',
    path: ONE_DEVICE,
    r0: true,
    auth: 'user',
    params,
    maxBody: MOST_BODY,
    bodyOptional: true,
    body: Type.Object({ auth: authData }),
    async handle({ caller, params, body }) {
      await uia.require({ caller, operation: `deleteDevice ${params.deviceId}`, auth: body.auth });
      await devices.delete(caller.userId, [params.deviceId]);
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/device_management.yaml#deleteDevices',
    method: 'POST',
    path: '/_matrix/client/v3/delete_devices',
    r0: true,
    auth: 'user',
    maxBody: MOST_BODY,
    body: Type.Object({ devices: Type.Array(Type.String(), { maxItems: MOST_DELETED }), auth: authData }),
    async handle({ caller, body }) {
      await uia.require({ caller, operation: 'deleteDevices', auth: body.auth });
      await devices.delete(caller.userId, body.devices);
      return {};
    },
  }),
];

/** Unknown is null, as in Synapse's answers: old clients want every key. */
const deviceBody = ({ deviceId, displayName, lastSeen }: Device) => ({
  device_id: deviceId,
  display_name: displayName ?? null,
  last_seen_ts: lastSeen?.ts ?? null,
  last_seen_ip: lastSeen?.address ?? null,
});
