/**
 * Web clients of any origin may call everything: access is by token, never by cookie.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#web-browser-clients
 */
export const CORS_HEADERS: readonly string[] = [
  'access-control-allow-origin',
  '*',
  'access-control-allow-methods',
  'GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS',
  'access-control-allow-headers',
  'X-Requested-With, Content-Type, Authorization, Date, If-Match, If-None-Match',
  'access-control-expose-headers',
  'ETag, Location, Retry-After',
];

/** Browsers ask again after this many seconds at the latest; without it, before nearly every request. */
export const PREFLIGHT_HEADERS: readonly string[] = [...CORS_HEADERS, 'access-control-max-age', '86400'];
