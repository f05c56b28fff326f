import { Type } from 'typebox';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { jsonObject } from '../../spec/shapes.js';
import type { ToDevice } from './to-device.js';
import { byUser, mapOf, shortName } from './wire.js';

/** Keys of a room for all its devices come in one request. */
const MOST_BYTES = 10 * 1024 * 1024;

/** Sending from device to device. */
export const toDeviceEndpoints = (toDevice: ToDevice): Endpoint[] => [
  endpoint({
    spec: 'client-server/to_device.yaml#sendToDevice',
    method: 'PUT',
    path: '/_matrix/client/v3/sendToDevice/:eventType/:txnId',
    aliases: ['/_matrix/client/unstable/sendToDevice/:eventType/:txnId'],
    r0: true,
    auth: 'guest',
    params: { eventType: shortName, txnId: shortName },
    body: Type.Object({ messages: mapOf(mapOf(jsonObject)) }),
    maxBody: MOST_BYTES,
    async handle({ caller, params, body }) {
      const { userId, deviceId = '' } = caller;
      const { eventType, txnId } = params;
      await toDevice.send({ userId, deviceId, eventType, txnId }, new Map(byUser(body.messages)));
      return {};
    },
  }),
];
