import { type Logger, silentLogger } from '../../src-main/base/logger.js';

/** A log that keeps in `failures` what somebody must look at. */
export function rememberingErrors(failures: unknown[]): Logger {
  const log: Logger = {
    ...silentLogger,
    error: (message, fields) => failures.push({ message, ...fields, error: String(fields?.['error']) }),
    child: () => log,
  };
  return log;
}
