import { type Static, Type } from 'typebox';
import type { JsonObject } from '../../base/json.js';
import { endpoint } from '../../http/endpoint.js';
import { LOGIN_TOKEN_LIFETIME, type Login, type Session } from './login.js';
import type { AccessTokens, IssuedTokens } from './access-tokens.js';
import { authData, orNothing } from './auth-data.js';
import type { Uia } from './uia.js';

const MOST_BODY = 64 * 1024;

/** What a client learns of its new session, in the words of the wire. */
export const sessionBody = (session: Session, serverName: string) => ({
  user_id: session.userId,
  device_id: session.deviceId,
  home_server: serverName,
  ...tokensBody(session),
});

const tokensBody = ({ accessToken, refreshToken, expiresIn }: IssuedTokens) => ({
  access_token: accessToken,
  refresh_token: refreshToken,
  expires_in_ms: expiresIn,
});

/** What login and registration say of the client. */
export const newSession = Type.Object({
  device_id: orNothing(Type.String()),
  initial_device_display_name: orNothing(Type.String()),
  refresh_token: orNothing(Type.Boolean()),
});

export const sessionOf = (body: Static<typeof newSession>) => ({
  deviceId: body.device_id ?? undefined,
  displayName: body.initial_device_display_name ?? undefined,
  refreshable: body.refresh_token === true,
});

export const loginEndpoints = (deps: {
  login: Login;
  tokens: AccessTokens;
  uia: Uia;
  serverName: string;
  /** what `.well-known/matrix/client` says, if anything */
  wellKnown: JsonObject | undefined;
}) => [
  endpoint({
    spec: 'client-server/login.yaml#getLoginFlows',
    method: 'GET',
    path: '/_matrix/client/v3/login',
    r0: true,
    auth: 'none',
    async handle() {
      return { flows: deps.login.flows() };
    },
  }),
  endpoint({
    spec: 'client-server/login.yaml#login',
    method: 'POST',
    path: '/_matrix/client/v3/login',
    r0: true,
    auth: 'none',
    maxBody: MOST_BODY,
    body: Type.Intersect([newSession, Type.Object({ type: Type.String() })]),
    async handle({ body, address }) {
      const session = await deps.login.login(body as JsonObject, sessionOf(body), address);
      return { ...sessionBody(session, deps.serverName), well_known: deps.wellKnown };
    },
  }),
  endpoint({
    spec: 'client-server/login_token.yaml#generateLoginToken',
    method: 'POST',
    path: '/_matrix/client/v1/login/get_token',
    auth: 'user',
    maxBody: MOST_BODY,
    body: Type.Object({ auth: authData }),
    async handle({ caller, body }) {
      await deps.uia.require({ caller, operation: 'generateLoginToken', auth: body.auth, always: true });
      return {
        login_token: await deps.login.createLoginToken(caller.userId),
        expires_in_ms: LOGIN_TOKEN_LIFETIME,
      };
    },
  }),
  endpoint({
    spec: 'client-server/refresh.yaml#refresh',
    method: 'POST',
    path: '/_matrix/client/v3/refresh',
    aliases: ['/_matrix/client/v1/refresh'],
    auth: 'none',
    maxBody: MOST_BODY,
    body: Type.Object({ refresh_token: Type.String() }),
    async handle({ body }) {
      return tokensBody(await deps.tokens.refresh(body.refresh_token));
    },
  }),
  endpoint({
    spec: 'client-server/logout.yaml#logout',
    method: 'POST',
    path: '/_matrix/client/v3/logout',
    r0: true,
    auth: 'guest',
    allowLocked: true,
    async handle({ caller }) {
      await deps.login.logout(caller.userId, caller.deviceId, caller.tokenId);
      return {};
    },
  }),
  endpoint({
    spec: 'client-server/logout.yaml#logout_all',
    method: 'POST',
    path: '/_matrix/client/v3/logout/all',
    r0: true,
    auth: 'guest',
    allowLocked: true,
    async handle({ caller }) {
      await deps.login.logoutAll(caller.userId);
      return {};
    },
  }),
];
