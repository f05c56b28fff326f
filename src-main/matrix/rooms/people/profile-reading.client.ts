import { Type } from 'typebox';
import { endpoint } from '../../../http/endpoint.js';
import { userId } from '../../../spec/shapes.js';
import type { Profiles } from '../../accounts/index.js';
import type { ProfileAccess } from './profile-access.js';

const PATH = '/_matrix/client/v3/profile/:userId';
const UNSTABLE = '/_matrix/client/unstable/uk.tcpip.msc4133/profile/:userId';

/** Reading profiles, which can depend on the rooms that people share; writing one's own is with `accounts`. */
export const profileReadingEndpoints = (profiles: Profiles, access: ProfileAccess) => [
  endpoint({
    spec: 'client-server/profile.yaml#getUserProfile',
    method: 'GET',
    path: PATH,
    r0: true,
    aliases: [UNSTABLE],
    auth: 'optional',
    params: { userId },
    async handle({ caller, params }) {
      await access.require(caller?.userId, params.userId);
      return profiles.get(params.userId);
    },
  }),
  endpoint({
    spec: 'client-server/profile.yaml#getProfileField',
    method: 'GET',
    path: `${PATH}/:keyName`,
    r0: true,
    aliases: [`${UNSTABLE}/:keyName`],
    auth: 'optional',
    params: { userId, keyName: Type.String() },
    async handle({ caller, params }) {
      await access.require(caller?.userId, params.userId);
      return { [params.keyName]: await profiles.getField(params.userId, params.keyName) };
    },
  }),
];
