export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** Where log lines go. */
export interface Sink {
  /**
   * Takes one line, never waits and never throws.
   *
   * @param line JSON without a line break: `time` in ms since the epoch, `level`, `msg`, `part`, and the fields
   */
  write(line: string): void;
  /** Resolves once everything taken so far is where it belongs. */
  flush?(): Promise<void>;
}
