import { arrayAt, type JsonObject } from '../base/json.js';
import { globMatches, parseGlob } from './glob.js';
import type { ServerName } from './ids.js';
import { parseServerName } from './server-name.js';

/** Patterns of one list that count: more fit into no event. */
const MOST_PATTERNS = 20_000;

/**
 * Whether a room's access list lets a server take part. Ports do not count, nor does upper case; a list that is missing
 * or no list is empty, so that without `allow` nobody is let in.
 *
 * @param content of `m.room.server_acl`; undefined where the room has none, which lets everybody in
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-access-control-lists-acls-for-rooms
 */
export function isAllowedByAcl(content: JsonObject | undefined, server: ServerName): boolean {
  if (!content) return true;
  const address = parseServerName(server);
  if (!address) return false;
  if (content['allow_ip_literals'] === false && address.kind !== 'name') return false;
  const { port } = address;
  const bare = (port === undefined ? server : server.slice(0, server.lastIndexOf(':'))).toLowerCase();
  return !isNamed(content, 'deny', bare) && isNamed(content, 'allow', bare);
}

const isNamed = (content: JsonObject, list: 'allow' | 'deny', host: string): boolean =>
  (arrayAt(content, list) ?? [])
    .slice(0, MOST_PATTERNS)
    .some((glob) => typeof glob === 'string' && globMatches(parseGlob(glob.toLowerCase()), host));
