import type { LogLine, LogSubject } from '../../../src-main/control/contract.js';

/** A line as one writes it into a message. */
export const asText = ({ time, level, part, text, fields }: LogLine): string =>
  `${new Date(time).toISOString()} ${level.toUpperCase()} ${part}: ${text} ${fields}`.trimEnd();

/** A line as a program reads it. */
export function asJson({ time, level, part, text, fields }: LogLine): string {
  return JSON.stringify({ time, level, part, text, ...factsOf(fields) }, undefined, 2);
}

export function factsOf(fields: string): Record<string, unknown> {
  try {
    const facts: unknown = JSON.parse(fields || '{}');
    return typeof facts === 'object' && facts !== null ? { ...facts } : {};
  } catch {
    return { fields };
  }
}

const LOOKS: readonly (readonly [kind: LogSubject['kind'], look: RegExp])[] = [
  ['person', /^@[^:\s]+:\S+$/],
  ['room', /^![\w~.=/+-]+(?::\S+)?$/],
];
const SERVER_FIELD = /^(?:server|destination|origin|serverName|host)$/;
const MOST = 6;

/** Whom and what a line is about: more lines about the same can be asked for. */
export function subjectsOf({ fields }: LogLine): LogSubject[] {
  const found = new Map<string, LogSubject>();
  for (const [name, value] of Object.entries(factsOf(fields))) {
    if (typeof value !== 'string' || value === '' || value.length > 255) continue;
    const kind = kindOf(name, value);
    if (kind && found.size < MOST) found.set(value, { kind, value });
  }
  return [...found.values()];
}

function kindOf(name: string, value: string): LogSubject['kind'] | undefined {
  if (name === 'request') return 'request';
  if (SERVER_FIELD.test(name)) return 'server';
  return LOOKS.find(([, look]) => look.test(value))?.[0];
}
