import type { LogLevel, LogLine, LogPage, LogQuery } from '../../control/contract.js';
import type { LogRecord, RingSink } from '../../logging/ring-sink.js';

const MOST_PARTS = 100;

/** The newest lines that fit `query`. One pass over what is in memory, which is bounded. */
export function readLogs(ring: RingSink, { after, levels, part, text, limit }: LogQuery): LogPage {
  const wanted = text?.toLowerCase();
  const counts: Record<LogLevel, number> = { error: 0, warn: 0, info: 0, debug: 0 };
  const parts = new Set<string>();
  const lines: LogLine[] = [];
  for (const line of ring.after(0)) {
    counts[line.level] += 1;
    if (parts.size < MOST_PARTS) parts.add(line.part);
    if (line.id <= after || (levels && !levels.includes(line.level)) || (part && line.part !== part)) continue;
    if (wanted === undefined || has(line, wanted)) lines.push(line);
  }
  return { lines: lines.slice(-limit), last: ring.last, counts, parts: [...parts].toSorted(), run: ring.run };
}

const has = ({ text, part, fields }: LogRecord, wanted: string): boolean =>
  text.toLowerCase().includes(wanted) || part.toLowerCase().includes(wanted) || fields.toLowerCase().includes(wanted);
