import { Type } from 'typebox';
import type { JsonObject, JsonValue } from '../../base/json.js';
import { endpoint } from '../../http/endpoint.js';
import { badJson, MatrixError } from '../../spec/errors.js';
import { sessionBody, sessionOf } from './login.client.js';
import type { Registration } from './registration.js';
import type { SharedSecret } from './shared-secret.js';

const MOST_BODY = 64 * 1024;
const MOST_TEXT = 512;
const USER_TYPES: readonly JsonValue[] = ['support', 'bot'];
const PATH = '/_synapse/admin/v1/register';

/** Synapse's endpoints, not the spec's: `register_new_matrix_user` and many scripts speak them. */
export const sharedSecretEndpoints = (deps: {
  sharedSecret: SharedSecret;
  registration: Registration;
  serverName: string;
}) => [
  endpoint({
    spec: '-',
    method: 'GET',
    path: PATH,
    auth: 'none',
    async handle() {
      return { nonce: deps.sharedSecret.nonce() };
    },
  }),
  endpoint({
    spec: '-',
    method: 'POST',
    path: PATH,
    auth: 'none',
    maxBody: MOST_BODY,
    body: Type.Unsafe<JsonObject>({ type: 'object' }),
    async handle({ body }) {
      deps.sharedSecret.requireSecret();
      const nonce = specified(body, 'nonce');
      deps.sharedSecret.useNonce(typeof nonce === 'string' ? nonce : '');
      const request = { nonce: String(nonce), ...readRequest(body) };
      deps.sharedSecret.checkMac(request);
      const { username, password, isAdmin, userType } = request;
      const user = { localpart: username, password, isAdmin, userType, displayName: textOf(body, 'displayname') };
      const { userId, session } = await deps.registration.create(
        user,
        body['inhibit_login'] === true ? undefined : clientOf(body),
      );
      return session ? sessionBody(session, deps.serverName) : { user_id: userId, home_server: deps.serverName };
    },
  }),
];

/** The checks of Synapse in its order, since scripts show what they say. */
function readRequest(body: JsonObject) {
  const username = secretText(specified(body, 'username'), 'username');
  const password = secretText(specified(body, 'password'), 'password');
  const userType = body['user_type'] ?? undefined;
  if (userType !== undefined && !USER_TYPES.includes(userType)) throw unknown('Invalid user type');
  const mac = specified(body, 'mac');
  return {
    username,
    password,
    isAdmin: isTrue(body['admin']),
    userType: userType === undefined ? undefined : String(userType),
    mac: typeof mac === 'string' ? mac : '',
  };
}

function specified(body: JsonObject, key: string): JsonValue {
  const value = body[key];
  if (value === undefined) throw badJson(`${key} must be specified`);
  return value;
}

function secretText(value: JsonValue, key: string): string {
  if (typeof value !== 'string' || value === '' || value.length > MOST_TEXT || value.includes('\0')) {
    throw unknown(`Invalid ${key}`);
  }
  return value;
}

/** Python's truth: scripts send 1 for true. */
const isTrue = (value: JsonValue | undefined) => value === true || (typeof value === 'number' && value !== 0);

const textOf = (body: JsonObject, key: string) => {
  const value = body[key];
  return typeof value === 'string' ? value : undefined;
};

const clientOf = (body: JsonObject) =>
  sessionOf({
    device_id: textOf(body, 'device_id'),
    initial_device_display_name: textOf(body, 'initial_device_display_name'),
    refresh_token: body['refresh_token'] === true,
  });

const unknown = (why: string) => new MatrixError(400, 'M_UNKNOWN', why);
