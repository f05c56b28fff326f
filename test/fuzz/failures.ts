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

/** Whether a status says that this server failed: 502 and 504 are about others, who are not there. */
export const isFailure = (status: number): boolean => status >= 500 && status !== 502 && status !== 504;
