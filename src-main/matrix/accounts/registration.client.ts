import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import { unrecognized } from '../../spec/errors.js';
import { authData, orNothing } from './auth-data.js';
import type { Guests } from './guests.js';
import { newSession, sessionBody, sessionOf } from './login.client.js';
import type { Registration } from './registration.js';
import type { RegistrationTokens } from './registration-tokens.js';

const MOST_BODY = 64 * 1024;
const MOST_TEXT = 512;

export const registrationEndpoints = (deps: {
  registration: Registration;
  guests: Guests;
  registrationTokens: RegistrationTokens;
  serverName: string;
  /** questions about tokens from one address */
  validityLimit: RateLimiter;
}) => [
  endpoint({
    spec: 'client-server/registration.yaml#register',
    method: 'POST',
    path: '/_matrix/client/v3/register',
    r0: true,
    auth: 'none',
    query: { kind: Type.String({ default: 'user' }) },
    maxBody: MOST_BODY,
    body: Type.Intersect([
      newSession,
      Type.Object({
        auth: authData,
        username: orNothing(Type.String({ maxLength: MOST_TEXT })),
        password: orNothing(Type.String({ maxLength: MOST_TEXT })),
        inhibit_login: orNothing(Type.Boolean()),
        guest_access_token: orNothing(Type.String({ maxLength: MOST_TEXT })),
      }),
    ]),
    async handle({ query, body, address }) {
      if (query.kind === 'guest') {
        const { displayName } = sessionOf(body);
        return sessionBody(await deps.guests.register(address, displayName), deps.serverName);
      }
      if (query.kind !== 'user') throw unrecognized(404);
      const { userId, session } = await deps.registration.register({
        username: body.username ?? undefined,
        password: body.password ?? undefined,
        guestToken: body.guest_access_token ?? undefined,
        auth: body.auth ?? undefined,
        address,
        client: body.inhibit_login === true ? undefined : sessionOf(body),
      });
      return session ? sessionBody(session, deps.serverName) : { user_id: userId, home_server: deps.serverName };
    },
  }),
  endpoint({
    spec: 'client-server/registration.yaml#checkUsernameAvailability',
    method: 'GET',
    path: '/_matrix/client/v3/register/available',
    r0: true,
    auth: 'none',
    query: { username: Type.String() },
    async handle({ query }) {
      await deps.registration.checkAvailable(query.username);
      return { available: true };
    },
  }),
  endpoint({
    spec: 'client-server/registration_tokens.yaml#registrationTokenValidity',
    method: 'GET',
    path: '/_matrix/client/v1/register/m.login.registration_token/validity',
    aliases: [
      '/_matrix/client/unstable/org.matrix.msc3231/register/org.matrix.msc3231.login.registration_token/validity',
    ],
    auth: 'none',
    query: { token: Type.String() },
    async handle({ query, address }) {
      deps.validityLimit.take(address);
      deps.registration.requireOpen();
      return { valid: await deps.registrationTokens.isValid(query.token) };
    },
  }),
];
