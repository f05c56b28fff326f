import { rmSync } from 'node:fs';
import { loadConfig } from '../../config/load.js';
import type { Config } from '../../config/config.js';
import type { Logger } from '../../base/logger.js';

/** Files that belong to a configuration and nobody had before it: the database with its companions, keys, certificate. */
function filesOf({ database, signingKeyPath, tls, pidFile }: Config): string[] {
  const stored =
    database.engine === 'sqlite' ? ['', '-wal', '-shm', '-journal', '.lock'].map((end) => database.path + end) : [];
  // A certificate that the person named is theirs.
  const certificate = tls.selfSigned ? [tls.certificatePath, tls.privateKeyPath] : [];
  return [...stored, signingKeyPath, ...certificate, ...(pidFile ? [pidFile] : [])];
}

/**
 * Takes away what a set-up left that did not come to its end: a server without an administrator is nobody's, and its
 * files would keep the same folder from being chosen again. Does nothing when there is no such configuration.
 */
export function clearHalfDone(unfinishedConfig: string, log: Logger): void {
  const config = readIfAny(unfinishedConfig);
  if (config) {
    log.warn('a set-up that was not finished is taken away', { folder: config.dataDir });
    for (const file of filesOf(config)) rmSync(file, { force: true });
  }
  rmSync(unfinishedConfig, { force: true });
}

function readIfAny(path: string): Config | undefined {
  try {
    return loadConfig([path]);
  } catch {
    return undefined;
  }
}
