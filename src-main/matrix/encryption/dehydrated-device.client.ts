import { Type } from 'typebox';
import type { JsonObject } from '../../base/json.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { invalidParam } from '../../spec/errors.js';
import { jsonObject } from '../../spec/shapes.js';
import type { Position } from '../../storage/database.js';
import { type DehydratedDevices, parsedEvents } from './dehydrated-device.js';
import type { KeysByName } from './one-time-keys.js';
import { deviceKeysShape, keyMap, maybe, shortName } from './wire.js';

const PATH = '/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device';

/** Dehydrated devices, which the spec does not have yet. */
export const dehydratedDeviceEndpoints = (dehydrated: DehydratedDevices): Endpoint[] => [
  endpoint({
    spec: '-', // MSC3814
    method: 'PUT',
    path: PATH,
    auth: 'user',
    body: Type.Object({
      device_id: shortName,
      device_data: jsonObject,
      initial_device_display_name: maybe(Type.String()),
      device_keys: deviceKeysShape,
      one_time_keys: maybe(keyMap),
      fallback_keys: maybe(keyMap),
    }),
    badBody: 'M_BAD_JSON',
    async handle({ caller, body }) {
      const device = { deviceId: body.device_id, deviceData: body.device_data };
      await dehydrated.put(caller.userId, device, body.initial_device_display_name ?? undefined, {
        deviceKeys: body.device_keys as JsonObject,
        oneTimeKeys: (body.one_time_keys ?? {}) as KeysByName,
        fallbackKeys: (body.fallback_keys ?? {}) as KeysByName,
      });
      return { device_id: body.device_id };
    },
  }),
  endpoint({
    spec: '-', // MSC3814
    method: 'GET',
    path: PATH,
    auth: 'user',
    async handle({ caller }) {
      const { deviceId, deviceData } = await dehydrated.get(caller.userId);
      return { device_id: deviceId, device_data: deviceData };
    },
  }),
  endpoint({
    spec: '-', // MSC3814
    method: 'DELETE',
    path: PATH,
    auth: 'user',
    handle: async ({ caller }) => ({ device_id: await dehydrated.delete(caller.userId) }),
  }),
  endpoint({
    spec: '-', // MSC3814
    method: 'POST',
    path: `${PATH}/:deviceId/events`,
    auth: 'user',
    params: { deviceId: Type.String() },
    body: Type.Object({ next_batch: maybe(Type.String()) }),
    bodyOptional: true,
    async handle({ caller, params, body }) {
      const delivery = await dehydrated.events(caller.userId, params.deviceId, place(body.next_batch ?? undefined));
      return { events: parsedEvents(delivery), next_batch: `d${delivery.upTo}` };
    },
  }),
];

function place(token: string | undefined): Position {
  if (token === undefined) return 0;
  const digits = /^d(\d{1,15})$/.exec(token)?.[1];
  if (digits === undefined) throw invalidParam('next_batch is not a token of this server');
  return Number(digits);
}
