import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import { secretsOf } from '../../config/secrets.js';
import { createLogging, type Logging } from '../../logging/create-logger.js';
import type { DebuggedParts } from '../../logging/debugged-parts.js';
import { FileSink } from '../../logging/file-sink.js';
import { RingSink } from '../../logging/ring-sink.js';
import type { LogLevel, Sink } from '../../logging/sink.js';

/** Lines kept in memory for the console. */
const MOST_LINES = 100_000;
/** At most so often does the console hear of new lines (ms). */
const BREATH = 250;

/** The log of a shell: in memory for the console from the first moment, in files once there is a configuration. */
export interface HostLogging {
  readonly log: Logger;
  readonly ring: RingSink;
  readonly debugged: DebuggedParts;
  /** the newest file; undefined while there is no configuration, or it wants none */
  readonly path: string | undefined;
  /** takes over level and folder of a configuration */
  follow(config: Config): void;
  close(): Promise<void>;
}

/** The newest file of the log; undefined where there is none. */
export const logPath = ({ log: { folder } }: Pick<Config, 'log'>): string | undefined =>
  folder === undefined ? undefined : join(folder, 'homeserver.log');

/** @param level wins over the configuration's */
export function openHostLogging(extra: readonly Sink[], level?: LogLevel, clock?: Clock): HostLogging {
  const ring = new RingSink({ lines: MOST_LINES });
  const sinks: Sink[] = [ring, ...extra];
  const logging: Logging = createLogging({ level: level ?? 'info', sinks, ...(clock ? { clock } : {}) });
  const files = new Map<string, FileSink>();
  let path: string | undefined;
  return {
    log: logging.log,
    ring,
    debugged: logging.debugged,
    get path() {
      return path;
    },
    follow(config) {
      const { log } = config;
      logging.hide(secretsOf(config));
      logging.setLevel(level ?? log.level);
      path = logPath(config);
      if (log.folder === undefined || path === undefined || files.has(log.folder)) return;
      const file = new FileSink({ path });
      files.set(log.folder, file);
      sinks.push(file);
    },
    async close() {
      await logging.flush();
      await Promise.all([...files.values()].map((file) => file.close()));
    },
  };
}

/** Calls `tell` when there are new lines: at once, and then at most four times a second. Returns how to end it. */
export function announceLines(ring: RingSink, tell: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isNews = false;
  const breathe = () => {
    timer = undefined;
    if (!isNews) return;
    isNews = false;
    timer = setTimeout(breathe, BREATH);
    tell();
  };
  const leave = ring.subscribe(() => {
    isNews = true;
    timer ??= setTimeout(breathe, 0);
  });
  return () => {
    leave();
    clearTimeout(timer);
  };
}
