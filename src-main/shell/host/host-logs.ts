import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { ServerStatus, Versions } from '../../control/contract.js';
import type { LogDesk } from '../../control/desks/logs.js';
import { createLogDesk } from '../../control/logs/log-desk.js';
import { computerSection, megabytes, type ReportSection } from '../../control/logs/problem-report.js';
import type { Health } from '../../health/index.js';
import type { HostLogging } from './host-logging.js';
import type { Locations } from './locations.js';

export interface HostLogsDeps {
  readonly logging: Pick<HostLogging, 'ring' | 'debugged' | 'path'>;
  readonly locations: Pick<Locations, 'home'>;
  readonly clock: Clock;
  readonly log: Logger;
  serverName(): string | undefined;
  status(): Promise<ServerStatus>;
  versions(): Versions;
  /** what others know that belongs into a report */
  readonly more?: () => Promise<readonly ReportSection[]>;
}

/** Exports and reports are here until they are taken away. */
export const exportFolder = ({ home }: Pick<Locations, 'home'>): string => join(home, 'exports');

/** The desk for the log of whoever owns a server. */
export const hostLogs = (deps: HostLogsDeps): LogDesk =>
  createLogDesk({
    ...deps.logging,
    clock: deps.clock,
    log: deps.log,
    folder: exportFolder(deps.locations),
    path: () => deps.logging.path,
    serverName: deps.serverName,
    sections: async () => [
      ...statusSections(await deps.status()),
      versionSection(deps.versions()),
      computerSection(),
      await sizeSection(deps.versions().folders.data),
      ...((await deps.more?.()) ?? []),
    ],
  });

export const versionSection = ({ folders: _folders, ...versions }: Versions): ReportSection => ({
  title: 'Versions',
  body: { ...versions },
});

function statusSections(status: ServerStatus): ReportSection[] {
  const { state, since, problem, listeners, memory, people, warnings, trial, disk } = status;
  return [
    {
      title: 'Server',
      body: {
        state,
        since: new Date(since).toISOString(),
        problem: problem && { code: problem.code, message: problem.message },
        trial,
        listeners: listeners.map(({ address, port, tls }) => `${address} ${port} ${tls ? 'TLS' : 'plain'}`),
        memory: megabytes(memory),
        people,
        disk: disk && `${megabytes(disk.used)} used, ${megabytes(disk.free)} free of ${megabytes(disk.total)}`,
      },
    },
    { title: 'What the configuration says that is not honoured', body: [...warnings] },
  ];
}

/** How large what lies in the data folder is: one level, for names below it are of people's media. */
export async function sizeSection(folder: string | undefined): Promise<ReportSection> {
  const title = 'Sizes';
  if (folder === undefined) return { title, body: '(no data folder)' };
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => undefined);
      return [name, found?.isFile() ? megabytes(found.size) : 'a folder'] as const;
    }),
  );
  return { title, body: Object.fromEntries(sizes) };
}

/** What the checks say, by their codes; of what was found only what names nobody is not replaced later. */
export const healthSections = (health: Pick<Health, 'engine'> | undefined): ReportSection[] =>
  health === undefined
    ? []
    : [
        {
          title: 'Checks',
          body: Object.fromEntries(
            health.engine
              .list()
              .map(({ code, state, since, evidence }) => [
                code,
                { state, since: since === undefined ? undefined : new Date(since).toISOString(), evidence },
              ]),
          ),
        },
      ];
