import { Type } from 'typebox';
import type { JsonObject } from '../../base/json.js';

/**
 * The `auth` of a body: what a client says in user-interactive authentication.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
 */
export const authData = Type.Optional(
  Type.Unsafe<JsonObject>({
    type: 'object',
    properties: { type: { type: 'string' }, session: { type: 'string' } },
  }),
);
