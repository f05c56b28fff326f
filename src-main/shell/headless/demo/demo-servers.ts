import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeNewConfig } from '../../../config/generate.js';
import { writeFileAtomically } from '../../../config/write-file.js';
import { CommandError } from '../command-error.js';

/** One of the servers of the demo. */
export interface DemoServer {
  /** name of its folder */
  readonly folder: string;
  /** whose account it has */
  readonly person: string;
  /** what it is started with, the later file winning */
  readonly configs: readonly [general: string, ofTheDemo: string];
}

/** Where the servers of a new demo listen: each server one port further. */
export interface DemoPorts {
  /** first port for clients, without TLS, on this computer only */
  readonly client: number;
  /** first port for other servers, with TLS; it is part of the servers' names */
  readonly server: number;
}

const PEOPLE = { one: 'alice', two: 'bob', three: 'carol' } as const;
/** Names the folder as ours to delete. */
const MARK = 'hearth-demo';

/** The servers of the demo in `directory`, whether they were made or not. */
export const demoServers = (directory: string): DemoServer[] =>
  Object.entries(PEOPLE).map(([folder, person]) => {
    const home = join(directory, folder);
    return { folder, person, configs: [join(home, 'homeserver.yaml'), join(home, 'demo.yaml')] };
  });

export const isDemo = (directory: string): boolean => existsSync(join(directory, MARK));

/**
 * Writes the configurations of those servers that have none yet.
 *
 * @throws CommandError when the ports do not fit, or the folder is somebody else's
 */
export function makeDemoServers(directory: string, ports: DemoPorts): DemoServer[] {
  const servers = demoServers(directory);
  if (!isDemo(directory) && servers.some(({ configs }) => existsSync(configs[0]))) {
    throw new CommandError(
      `${directory} holds servers that are not of the demo. Name another folder with --directory.`,
    );
  }
  servers.forEach(({ configs }, index) => {
    if (configs.every((path) => existsSync(path))) return;
    const port = { client: ports.client + index, server: ports.server + index };
    const dataDir = join(directory, servers[index]?.folder ?? '');
    const serverName = `localhost:${port.server}`;
    const publicBaseUrl = `http://localhost:${port.client}/`;
    writeNewConfig(configs[0], { serverName, dataDir, plainPort: port.client, tlsPort: undefined, publicBaseUrl });
    writeFileAtomically(configs[1], demoConfig(port), 0o600);
  });
  writeFileAtomically(
    join(directory, MARK),
    'Servers of `hearth demo`. `hearth demo clean` deletes this folder.\n',
    0o600,
  );
  return servers;
}

/** Everything on this computer alone, so certificates are not checked and accounts are free. */
const demoConfig = (port: {
  readonly client: number;
  readonly server: number;
}): string => `# What makes this a server of the demo: it talks to servers on this computer only.
listeners:
  - port: ${port.client}
    type: http
    tls: false
    bind_addresses: ["127.0.0.1"]
    resources: [{ names: [client] }]
  - port: ${port.server}
    type: http
    tls: true
    bind_addresses: ["127.0.0.1"]
    resources: [{ names: [federation, media] }]
federation_verify_certificates: false
ip_range_whitelist: ["127.0.0.0/8", "::1/128"]
trusted_key_servers: []
enable_registration: true
enable_registration_without_verification: true
`;
