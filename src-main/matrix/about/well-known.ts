import type { JsonObject } from '../../base/json.js';
import type { Config } from '../../config/config.js';

/**
 * What clients find at `/.well-known/matrix/client`; undefined when the configuration does not say where clients reach
 * this server.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#getwell-knownmatrixclient
 */
export function clientWellKnown({
  publicBaseUrl,
  wellKnown,
  rtcTransports,
  thirdParty: { defaultIdentityServer },
}: Pick<Config, 'publicBaseUrl' | 'wellKnown' | 'rtcTransports' | 'thirdParty'>): JsonObject | undefined {
  if (publicBaseUrl === undefined) return undefined;
  return {
    'm.homeserver': { base_url: publicBaseUrl },
    ...(defaultIdentityServer !== undefined && { 'm.identity_server': { base_url: defaultIdentityServer } }),
    // Where apps looked for media servers before they could ask for them.
    ...(rtcTransports.length > 0 && { 'org.matrix.msc4143.rtc_foci': rtcTransports as readonly JsonObject[] }),
    ...(wellKnown.clientExtra as JsonObject),
  };
}

/** What other servers find at `/.well-known/matrix/server`: the HTTPS port of this name, for those behind a proxy. */
export function serverWellKnown({
  serverName,
  wellKnown,
}: Pick<Config, 'serverName' | 'wellKnown'>): JsonObject | undefined {
  return wellKnown.serveServer ? { 'm.server': `${serverName}:443` } : undefined;
}

/** Whom to turn to; undefined when the configuration names nobody. */
export function supportWellKnown({ wellKnown }: Pick<Config, 'wellKnown'>): JsonObject | undefined {
  const { supportContacts, supportPage } = wellKnown;
  if (supportContacts.length === 0 && supportPage === undefined) return undefined;
  return { ...(supportContacts.length > 0 ? { contacts: supportContacts } : {}), support_page: supportPage };
}
