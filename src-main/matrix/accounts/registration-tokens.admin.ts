import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import { safeInteger } from '../../http/shapes.js';
import type { RegistrationTokens } from './registration-tokens.js';
import type { RegistrationToken } from './registration-tokens.store.js';

const MOST_BODY = 64 * 1024;
const PATH = '/_synapse/admin/v1/registration_tokens';
const params = { token: Type.String() };
const limits = {
  uses_allowed: Type.Optional(Type.Union([safeInteger(), Type.Null()])),
  expiry_time: Type.Optional(Type.Union([safeInteger(), Type.Null()])),
};

/** Synapse's admin endpoints, not the spec's. */
export const registrationTokenEndpoints = (tokens: RegistrationTokens) => [
  endpoint({
    spec: '-',
    method: 'GET',
    path: PATH,
    auth: 'admin',
    query: { valid: Type.Optional(Type.Boolean()) },
    async handle({ query }) {
      const all = await tokens.list();
      const wanted = query.valid === undefined ? all : all.filter((token) => tokens.isUsable(token) === query.valid);
      return { registration_tokens: wanted.map(tokenBody) };
    },
  }),
  endpoint({
    spec: '-',
    method: 'POST',
    path: `${PATH}/new`,
    auth: 'admin',
    maxBody: MOST_BODY,
    body: Type.Object({ ...limits, token: Type.Optional(Type.String()), length: Type.Optional(safeInteger()) }),
    badBody: 'M_INVALID_PARAM',
    async handle({ body }) {
      const { token, length, uses_allowed, expiry_time } = body;
      const limits = { usesAllowed: uses_allowed ?? undefined, expiresAt: expiry_time ?? undefined };
      return tokenBody(await tokens.create({ token, length, ...limits }));
    },
  }),
  endpoint({
    spec: '-',
    method: 'GET',
    path: `${PATH}/:token`,
    auth: 'admin',
    params,
    async handle({ params }) {
      return tokenBody(await tokens.get(params.token));
    },
  }),
  endpoint({
    spec: '-',
    method: 'PUT',
    path: `${PATH}/:token`,
    auth: 'admin',
    params,
    maxBody: MOST_BODY,
    body: Type.Object(limits),
    badBody: 'M_INVALID_PARAM',
    async handle({ params, body }) {
      const changed = { usesAllowed: body.uses_allowed, expiresAt: body.expiry_time };
      return tokenBody(await tokens.update(params.token, changed));
    },
  }),
  endpoint({
    spec: '-',
    method: 'DELETE',
    path: `${PATH}/:token`,
    auth: 'admin',
    params,
    async handle({ params }) {
      await tokens.delete(params.token);
      return {};
    },
  }),
];

const tokenBody = ({ token, usesAllowed, pending, completed, expiresAt }: RegistrationToken) => ({
  token,
  uses_allowed: usesAllowed ?? null,
  pending,
  completed,
  expiry_time: expiresAt ?? null,
});
