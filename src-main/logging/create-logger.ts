import pino from 'pino';
import type { Clock } from '../base/clock.js';
import type { LogFields, Logger } from '../base/logger.js';
import { DebuggedParts } from './debugged-parts.js';
import { redactFields, redactText } from './redact.js';
import type { LogLevel, Sink } from './sink.js';

export interface LoggingOptions {
  readonly level: LogLevel;
  readonly sinks: readonly Sink[];
  /** the system's unless a test has its own */
  readonly clock?: Clock;
}

/** The log of a running server. */
export interface Logging {
  readonly log: Logger;
  readonly level: LogLevel;
  /** From now on, for all loggers made of this one, before and after. */
  setLevel(level: LogLevel): void;
  /** which write every detail for a while, whatever the level */
  readonly debugged: DebuggedParts;
  /** No line from now on holds one of `secrets`, whatever it stands in: those of the configuration. */
  hide(secrets: readonly string[]): void;
  /** Resolves once every sink has what was logged so far. */
  flush(): Promise<void>;
}

const SEVERITY: Readonly<Record<LogLevel, number>> = { error: 3, warn: 2, info: 1, debug: 0 };
/** A shorter secret would hide ordinary words. */
const SHORTEST_SECRET = 8;

/** Makes the log: lines are redacted before any sink sees them. */
export function createLogging({ level, sinks, clock }: LoggingOptions): Logging {
  let current = level;
  const debugged = new DebuggedParts(clock);
  const hidden = new Set<string>();
  const writer = pino(
    {
      level: 'debug',
      base: undefined,
      timestamp: () => `,"time":${Date.now()}`,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
    },
    {
      write(text: string) {
        const line = withoutSecrets(text.trimEnd(), hidden);
        for (const sink of sinks) sink.write(line);
      },
    },
  );
  return {
    log: toLogger(writer, (wanted, part) => SEVERITY[wanted] >= SEVERITY[current] || debugged.has(part)),
    debugged,
    get level() {
      return current;
    },
    setLevel: (next) => {
      current = next;
    },
    hide: (secrets) => {
      for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) hidden.add(secret);
    },
    async flush() {
      await Promise.all(sinks.map((sink) => sink.flush?.()));
    },
  };
}

/** @param part as lines without one are shown */
function toLogger(writer: pino.Logger, isWanted: (level: LogLevel, part: string) => boolean, part = 'server'): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (isWanted(level, part)) writer[level](fields, redactText(message));
    };
  return {
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    child(fields) {
      const own = fields['part'];
      return toLogger(writer.child(redactFields(fields)), isWanted, typeof own === 'string' ? own : part);
    },
  };
}

function withoutSecrets(line: string, secrets: ReadonlySet<string>): string {
  let clean = line;
  for (const secret of secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, '[redacted]');
  return clean;
}
