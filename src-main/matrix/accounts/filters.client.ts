import { Type } from 'typebox';
import type { JsonObject } from '../../base/json.js';
import { endpoint, type UserCaller } from '../../http/endpoint.js';
import { forbidden } from '../../spec/errors.js';
import { filter } from '../../spec/event-filter.js';
import type { UserId } from '../../spec/ids.js';
import { userId } from '../../spec/shapes.js';
import type { Filters } from './filters.js';

const MOST_BODY = 64 * 1024;
const PATH = '/_matrix/client/v3/user/:userId/filter';

export const filterEndpoints = (filters: Filters) => [
  endpoint({
    spec: 'client-server/filter.yaml#defineFilter',
    method: 'POST',
    path: PATH,
    r0: true,
    auth: 'guest',
    params: { userId },
    maxBody: MOST_BODY,
    body: filter,
    badBody: 'M_BAD_JSON',
    async handle({ caller, params, body }) {
      requireSelf(caller, params.userId);
      return { filter_id: await filters.add(params.userId, body as JsonObject) };
    },
  }),
  endpoint({
    spec: 'client-server/filter.yaml#getFilter',
    method: 'GET',
    path: `${PATH}/:filterId`,
    r0: true,
    auth: 'guest',
    params: { userId, filterId: Type.String() },
    async handle({ caller, params }) {
      requireSelf(caller, params.userId);
      return filters.get(params.userId, params.filterId);
    },
  }),
];

function requireSelf(caller: UserCaller, userId: UserId): void {
  if (caller.userId !== userId) throw forbidden('these are the filters of somebody else');
}
