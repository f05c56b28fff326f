import { endpoint } from '../../http/endpoint.js';
import { forbidden, invalidParam, notFound } from '../../spec/errors.js';
import { userId } from '../../spec/shapes.js';
import type { Devices } from './devices.js';
import type { Device } from './devices.store.js';
import type { Users } from './users.js';

/** From where somebody is connected: for administrators, and for everybody about themselves. */
export const whoisEndpoints = ({ users, devices }: { users: Users; devices: Devices }) => [
  endpoint({
    spec: 'client-server/admin.yaml#getWhoIs',
    method: 'GET',
    path: '/_matrix/client/v3/admin/whois/:userId',
    aliases: ['/_synapse/admin/v1/whois/:userId'],
    r0: true,
    auth: 'user',
    params: { userId },
    async handle({ caller, params }) {
      if (caller.userId !== params.userId && !caller.isAdmin) throw forbidden('you are not a server administrator');
      if (!users.isLocal(params.userId)) throw invalidParam('that user is of another server');
      if (!(await users.get(params.userId))) throw notFound('there is no such account');
      const seen = await devices.list(params.userId);
      return {
        user_id: params.userId,
        devices: Object.fromEntries(seen.map((device) => [device.deviceId, { sessions: sessionsOf(device) }])),
      };
    },
  }),
];

/** A device has one session: the last request tells of it. */
const sessionsOf = ({ lastSeen }: Device) =>
  lastSeen ? [{ connections: [{ ip: lastSeen.address, last_seen: lastSeen.ts, user_agent: lastSeen.userAgent }] }] : [];
