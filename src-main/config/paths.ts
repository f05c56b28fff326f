import { join } from 'node:path';
import type { ServerName } from '../spec/ids.js';

/** Where everything lies that has no path of its own in the configuration. */
export interface DataPaths {
  readonly database: string;
  readonly mediaStore: string;
  readonly signingKey: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly pidFile: string;
  readonly logs: string;
}

/** The layout of a data folder; names as Synapse gives them. */
export function dataPaths(dataDir: string, serverName: ServerName): DataPaths {
  const stem = fileStem(serverName);
  return {
    database: join(dataDir, 'homeserver.db'),
    mediaStore: join(dataDir, 'media_store'),
    signingKey: join(dataDir, `${stem}.signing.key`),
    certificate: join(dataDir, `${stem}.tls.crt`),
    privateKey: join(dataDir, `${stem}.tls.key`),
    pidFile: join(dataDir, 'homeserver.pid'),
    logs: join(dataDir, 'logs'),
  };
}

/** A server name as part of a file name: a colon and brackets, which some systems refuse, become underscores there. */
const fileStem = (serverName: ServerName): string =>
  process.platform === 'win32' ? serverName.replaceAll(/[^A-Za-z0-9.-]/g, '_') : serverName;
