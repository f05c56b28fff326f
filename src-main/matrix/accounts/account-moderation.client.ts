import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { userId } from '../../spec/shapes.js';
import type { AccountModeration } from './account-moderation.js';

const STABLE = '/_matrix/client/v1/admin';
const UNSTABLE = '/_matrix/client/unstable/uk.timedout.msc4323/admin';

export const accountModerationEndpoints = (moderation: AccountModeration) => [
  endpoint({
    spec: 'client-server/admin.yaml#getAdminSuspendUser',
    method: 'GET',
    path: `${STABLE}/suspend/:userId`,
    aliases: [`${UNSTABLE}/suspend/:userId`],
    auth: 'admin',
    params: { userId },
    handle: async ({ params }) => ({ suspended: await moderation.is(params.userId, 'isSuspended') }),
  }),
  endpoint({
    spec: 'client-server/admin.yaml#setAdminSuspendUser',
    method: 'PUT',
    path: `${STABLE}/suspend/:userId`,
    aliases: [`${UNSTABLE}/suspend/:userId`],
    auth: 'admin',
    params: { userId },
    body: Type.Object({ suspended: Type.Boolean() }),
    async handle({ caller, params, body: { suspended } }) {
      await moderation.set(caller.userId, params.userId, 'isSuspended', suspended);
      return { suspended };
    },
  }),
  endpoint({
    spec: 'client-server/admin.yaml#getAdminLockUser',
    method: 'GET',
    path: `${STABLE}/lock/:userId`,
    aliases: [`${UNSTABLE}/lock/:userId`],
    auth: 'admin',
    params: { userId },
    handle: async ({ params }) => ({ locked: await moderation.is(params.userId, 'isLocked') }),
  }),
  endpoint({
    spec: 'client-server/admin.yaml#setAdminLockUser',
    method: 'PUT',
    path: `${STABLE}/lock/:userId`,
    aliases: [`${UNSTABLE}/lock/:userId`],
    auth: 'admin',
    params: { userId },
    body: Type.Object({ locked: Type.Boolean() }),
    async handle({ caller, params, body: { locked } }) {
      await moderation.set(caller.userId, params.userId, 'isLocked', locked);
      return { locked };
    },
  }),
];
