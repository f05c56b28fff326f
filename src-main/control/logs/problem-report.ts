import { cpus, freemem, loadavg, totalmem, uptime } from 'node:os';

/** A part of a report: a heading, and facts or text below it. */
export interface ReportSection {
  readonly title: string;
  readonly body: Readonly<Record<string, unknown>> | readonly unknown[] | string;
}

/** What can be said of the computer without asking anybody. */
export const computerSection = (): ReportSection => ({
  title: 'Computer',
  body: {
    processors: cpus().length,
    load: loadavg().map((load) => Number(load.toFixed(2))),
    memory: `${megabytes(freemem())} free of ${megabytes(totalmem())}`,
    upFor: `${Math.round(uptime() / 3600)} h`,
  },
});

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** The report's text, without the log. */
export function reportText(sections: readonly ReportSection[]): string {
  return sections.map(({ title, body }) => `== ${title} ==\n${bodyText(body)}\n`).join('\n');
}

function bodyText(body: ReportSection['body']): string {
  if (typeof body === 'string') return body;
  if (Array.isArray(body)) return body.length === 0 ? '(none)' : body.map((entry) => `- ${factText(entry)}`).join('\n');
  return Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${factText(value)}`)
    .join('\n');
}

const factText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
