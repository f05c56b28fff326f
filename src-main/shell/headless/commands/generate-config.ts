import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { silentLogger } from '../../../base/logger.js';
import { writeNewConfig } from '../../../config/generate.js';
import { loadConfig } from '../../../config/load.js';
import { prepareDataFolder } from '../../../config/secrets.js';
import { openSigningKeys } from '../../../matrix/servers/index.js';
import { isServerName } from '../../../spec/server-name.js';
import { CommandError } from '../command-error.js';

export interface GenerateConfigOptions {
  readonly serverName: string;
  readonly configPath: readonly string[];
  readonly reportStats: 'yes' | 'no';
  readonly dataDirectory?: string;
  readonly configDirectory?: string;
  readonly keysDirectory?: string;
  readonly openPrivatePorts?: boolean;
}

/** Writes a commented configuration and the signing key that it names. A file that is there stays as it is. */
export function generateConfigFile(options: GenerateConfigOptions): void {
  const path = resolve(options.configPath[0] ?? 'homeserver.yaml');
  if (!isServerName(options.serverName)) {
    const allowed = 'a host name or IP address, with a port if need be, such as example.com or localhost:8448';
    throw new CommandError(`--server-name must be ${allowed}, not ${JSON.stringify(options.serverName)}.`);
  }
  if (existsSync(path)) {
    makeKeys(path);
    console.log(`${path} already exists and was not changed. Keys that it names and that were missing are made.`);
    return;
  }
  const keys = options.keysDirectory ?? options.configDirectory;
  writeNewConfig(path, {
    serverName: options.serverName,
    dataDir: resolve(options.dataDirectory ?? dirname(path)),
    keysDir: keys === undefined ? dirname(path) : resolve(keys),
    reportStats: options.reportStats === 'yes',
    plain: options.openPrivatePorts ? 'everybody' : 'loopback',
  });
  makeKeys(path);
  console.log(
    `A configuration for ${options.serverName} has been written to ${path}. ` +
      `Look through it, then start the server with: hearth serve --config ${path}`,
  );
}

function makeKeys(path: string): void {
  const config = prepareDataFolder(loadConfig([path]));
  openSigningKeys(config.signingKeyPath, silentLogger);
}
