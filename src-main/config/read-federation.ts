import { resolve } from 'node:path';
import type { Milliseconds } from '../base/clock.js';
import { checkRanges } from './addresses.js';
import type { FederationConfig, OldSigningKey } from './config.js';
import type { Notes } from './notes.js';
import type { FileValues } from './schema.js';
import { parseDuration } from './units.js';

/** What concerns other servers. */
export function readFederation(
  values: FileValues,
  home: string,
  defaults: FederationConfig,
  notes: Notes,
): FederationConfig {
  checkRanges(values.ip_range_blacklist, ['ip_range_blacklist'], notes);
  checkRanges(values.ip_range_whitelist, ['ip_range_whitelist'], notes);
  const trusted = values.trusted_key_servers?.map((server) => ({
    serverName: server.server_name,
    verifyKeys: server.verify_keys && texts(server.verify_keys),
    acceptInsecurely: server.accept_keys_insecurely ?? false,
  }));
  const { federation: section } = values;
  return {
    domainWhitelist: values.federation_domain_whitelist,
    domainBlocklist: values.federation_domain_blocklist?.map(String) ?? defaults.domainBlocklist,
    verifyCertificates: values.federation_verify_certificates ?? defaults.verifyCertificates,
    unverifiedDomains: values.federation_certificate_verification_whitelist?.map(String) ?? defaults.unverifiedDomains,
    unverifiedServices: values.use_insecure_ssl_client_just_for_testing_do_not_use ?? defaults.unverifiedServices,
    customCaPaths: values.federation_custom_ca_list?.map((path) => resolve(home, path)) ?? defaults.customCaPaths,
    minimumTls: minimumTls(values, notes),
    clientTimeout: timeIn(section?.client_timeout) ?? defaults.clientTimeout,
    rests: readRests(section, defaults.rests),
    trustedKeyServers: trusted ?? defaults.trustedKeyServers,
    allowProfileLookup: values.allow_profile_lookup_over_federation ?? defaults.allowProfileLookup,
    allowDeviceNameLookup: values.allow_device_name_lookup_over_federation ?? defaults.allowDeviceNameLookup,
    publicRooms: values.allow_public_rooms_over_federation ?? defaults.publicRooms,
    deniedRanges: values.ip_range_blacklist ?? defaults.deniedRanges,
    allowedRanges: values.ip_range_whitelist ?? defaults.allowedRanges,
  };
}

function readRests(section: FileValues['federation'], defaults: FederationConfig['rests']): FederationConfig['rests'] {
  const first = timeIn(section?.destination_min_retry_interval) ?? defaults.first;
  const longest = timeIn(section?.destination_max_retry_interval) ?? defaults.longest;
  return { first, factor: section?.destination_retry_multiplier ?? defaults.factor, longest: Math.max(first, longest) };
}

const timeIn = (value: number | string | undefined): Milliseconds | undefined =>
  value === undefined ? undefined : parseDuration(value);

/** Keys that this server signed with before; one with a bad name or key is a problem. */
export function readOldSigningKeys(values: FileValues, notes: Notes): OldSigningKey[] {
  return Object.entries(values.old_signing_keys ?? {}).map(([keyId, { key, expired_ts }]) => {
    const publicKey = String(key ?? '').replace(/=+$/, '');
    if (!/^ed25519:[A-Za-z0-9_]+$/.test(keyId) || Buffer.from(publicKey, 'base64').length !== 32) {
      const sentence = 'An old signing key must be named like `ed25519:a_abcd` and hold 32 bytes in base64.';
      notes.problem(['old_signing_keys', keyId], sentence);
    }
    return { keyId, publicKey, expiredAt: expired_ts ?? 0 };
  });
}

function minimumTls(values: FileValues, notes: Notes): '1.2' | '1.3' {
  const key = 'federation_client_minimum_tls_version';
  const wanted = Number(values[key] ?? 1.2);
  if (wanted < 1.2) notes.warn([key], `\`${key}\`: versions before 1.2 are not spoken.`);
  return wanted === 1.3 ? '1.3' : '1.2';
}

const texts = (table: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [key, String(value)]));
