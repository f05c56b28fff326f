import { type TSchema, Type } from 'typebox';
import type { JsonObject } from '../../base/json.js';

/** A key that may be missing, or null: many clients write null for what they have nothing to say about. */
export const orNothing = <S extends TSchema>(shape: S) => Type.Optional(Type.Union([shape, Type.Null()]));

/**
 * The `auth` of a body: what a client says in user-interactive authentication.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
 */
export const authData = orNothing(
  Type.Unsafe<JsonObject>({
    type: 'object',
    properties: { type: { type: 'string' }, session: { type: 'string' } },
  }),
);
