import type { Config } from '../../../config/config.js';
import { parseServerName } from '../../../spec/server-name.js';
import type { ServerName } from '../../../spec/ids.js';

/** Names that are kept for homes and tests: no name server of the world knows them. */
const PRIVATE = /(?:^|\.)(?:local|lan|localhost|internal|home|home\.arpa|private|corp|localdomain)$/i;

export const isPrivateName = (serverName: ServerName): boolean => PRIVATE.test(parseServerName(serverName)?.host ?? '');

/** Well-known servers that tell whether there is a way out. A server that can never talk to others asks nobody. */
export const keyServersToAsk = (config: {
  readonly serverName: ServerName;
  readonly federation: Pick<Config['federation'], 'trustedKeyServers'>;
}): readonly ServerName[] =>
  isPrivateName(config.serverName) ? [] : config.federation.trustedKeyServers.map(({ serverName }) => serverName);
