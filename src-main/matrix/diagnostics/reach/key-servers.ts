import type { Config } from '../../../config/config.js';
import { isPrivateName } from '../../../spec/private-name.js';
import { parseServerName } from '../../../spec/server-name.js';
import type { ServerName } from '../../../spec/ids.js';

/** Whether a server can never talk to others outside its home, to judge by its name. */
export const staysAtHome = (serverName: ServerName): boolean => {
  const parsed = parseServerName(serverName);
  return parsed?.kind === 'name' && isPrivateName(parsed.host.toLowerCase());
};

/** Well-known servers that tell whether there is a way out. A server that can never talk to others asks nobody. */
export const keyServersToAsk = (config: {
  readonly serverName: ServerName;
  readonly federation: Pick<Config['federation'], 'trustedKeyServers'>;
}): readonly ServerName[] =>
  staysAtHome(config.serverName) ? [] : config.federation.trustedKeyServers.map(({ serverName }) => serverName);
