import { forbidden, MatrixError } from '../spec/errors.js';
import type { Auth, AuthenticateUser, UserCaller } from './endpoint.js';
import type { RawQuery } from './shapes.js';

/** What is known of a request before anybody knows who sent it. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly query: RawQuery;
  readonly address: string;
  readonly userAgent: string;
}

/**
 * Finds out which user calls an endpoint and whether it is for them.
 *
 * @throws MatrixError M_MISSING_TOKEN, M_UNKNOWN_TOKEN, M_USER_LOCKED, M_GUEST_ACCESS_FORBIDDEN, M_USER_SUSPENDED; M_FORBIDDEN
 *   to those who are no administrators
 * @see https://spec.matrix.org/v1.19/client-server-api/#using-access-tokens
 */
export async function callerOf(
  endpoint: { readonly auth: Auth; readonly allowLocked?: true; readonly denySuspended?: true },
  credentials: Credentials,
  authenticate: AuthenticateUser,
): Promise<UserCaller | undefined> {
  if (endpoint.auth === 'none') return undefined;
  const token = accessToken(credentials);
  if (token === undefined) {
    if (endpoint.auth === 'optional') return undefined;
    throw missingToken('the request has no access token');
  }
  const { address, userAgent } = credentials;
  const caller = await authenticate.user(token, { address, userAgent, allowLocked: endpoint.allowLocked === true });
  if (caller.isGuest && (endpoint.auth === 'user' || endpoint.auth === 'admin')) {
    throw new MatrixError(403, 'M_GUEST_ACCESS_FORBIDDEN', 'guests may not do this');
  }
  if (endpoint.denySuspended && caller.isSuspended) {
    throw new MatrixError(403, 'M_USER_SUSPENDED', 'your account is suspended');
  }
  if (endpoint.auth === 'admin' && !caller.isAdmin) throw forbidden('you are not a server administrator');
  return caller;
}

/** @throws MatrixError M_MISSING_TOKEN when there is something that should be a token and is none, or two of them */
function accessToken({ authorization, query }: Credentials): string | undefined {
  const inQuery = query['access_token'];
  if (authorization === undefined) {
    if (Array.isArray(inQuery)) throw missingToken('access_token comes more than once');
    return inQuery === '' ? undefined : inQuery;
  }
  if (inQuery !== undefined) throw missingToken('a token in the Authorization header and one in the query');
  const token = /^Bearer +([^ ]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw missingToken('the Authorization header is not of the form "Bearer <access token>"');
  return token;
}

const missingToken = (why: string) => new MatrixError(401, 'M_MISSING_TOKEN', why);
