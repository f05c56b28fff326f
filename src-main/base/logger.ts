/** Fields of a log line: facts beside the fixed words. Never tokens, passwords or message bodies. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Fixed words plus fields. `error` means that somebody must look. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** The same logger with `fields` on every line; `part` names the part of the house. */
  child(fields: LogFields): Logger;
}

export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
};
