import { ConfigError } from '../../config/config-error.js';
import type { ServerProblem } from '../../control/contract.js';
import { StorageError } from '../../storage/database.js';

/** What kept the server from starting, as a code that the console has sentences for. */
export function problemOf(error: unknown, since: number): ServerProblem {
  const { code, fields = {} } = classify(error);
  return { code, fields, since, message: messageOf(error) };
}

interface Kind {
  readonly code: ServerProblem['code'];
  readonly fields?: ServerProblem['fields'];
}

function classify(error: unknown): Kind {
  if (error instanceof ConfigError) return { code: 'CONFIG_INVALID' };
  const { code, port, path = '' } = error as { code?: string; port?: number; path?: string };
  if (code === 'EADDRINUSE') return { code: 'PORT_IN_USE', fields: { port: port ?? '' } };
  if (code === 'EACCES' && port !== undefined) return { code: 'PORT_FORBIDDEN', fields: { port } };
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return { code: 'NO_PERMISSION', fields: { path } };
  if (code === 'ENOSPC') return { code: 'DISK_FULL' };
  return { code: storageCode(error) };
}

function storageCode(error: unknown): ServerProblem['code'] {
  if (!(error instanceof StorageError)) return 'UNKNOWN';
  if (error.kind === 'full') return 'DISK_FULL';
  if (error.kind === 'broken') return 'DATABASE_BROKEN';
  if (/newer version/.test(error.message)) return 'DATABASE_NEWER';
  if (/belongs to the server/.test(error.message)) return 'WRONG_SERVER_NAME';
  if (/cannot be written/.test(error.message)) return 'NO_PERMISSION';
  return /Another Hearth/.test(error.message) ? 'DATABASE_IN_USE' : 'UNKNOWN';
}

/** The error's words with those of its causes. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause === undefined) return error.message;
  const cause = messageOf(error.cause);
  return error.message.endsWith('.') ? `${error.message} (${cause})` : `${error.message}: ${cause}`;
}
