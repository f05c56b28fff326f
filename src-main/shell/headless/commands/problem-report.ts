import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { arch, release, type as systemName } from 'node:os';
import { systemClock } from '../../../base/clock.js';
import { silentLogger } from '../../../base/logger.js';
import { VERSION } from '../../../base/version.js';
import type { Config } from '../../../config/config.js';
import { ConfigError } from '../../../config/config-error.js';
import { loadConfig } from '../../../config/load.js';
import { createLogDesk } from '../../../control/logs/log-desk.js';
import { computerSection, type ReportSection } from '../../../control/logs/problem-report.js';
import { DebuggedParts } from '../../../logging/debugged-parts.js';
import { RingSink } from '../../../logging/ring-sink.js';
import { logPath } from '../../host/host-logging.js';
import { sizeSection } from '../../host/host-logs.js';
import { findConfig } from '../find-config.js';

export interface ProblemReportOptions {
  readonly config?: readonly string[];
  /** a folder for the report; the working folder by default */
  readonly output?: string;
  readonly realNames?: boolean;
}

/** Writes a problem report without asking a server: also where none starts any more. */
export async function problemReport({ config: named, output = '.', realNames = false }: ProblemReportOptions) {
  const found = readConfig(findConfig(named));
  const { config } = found;
  const desk = createLogDesk({
    ring: new RingSink({ lines: 8 }),
    debugged: new DebuggedParts(),
    clock: systemClock,
    log: silentLogger,
    folder: resolve(output),
    keepsAll: true,
    path: () => existing(config && logPath(config)),
    serverName: () => config?.serverName,
    sections: async () => [versions(), configuration(found), computerSection(), await sizeSection(config?.dataDir)],
  });
  const saved = await desk.report({ realNames });
  console.log(`${saved.path}\nRead it before you hand it on. Nothing was sent.`);
}

interface Found {
  readonly config: Config | undefined;
  /** what is wrong with it */
  readonly problem: string | undefined;
}

/** A broken configuration belongs into the report. */
function readConfig(files: readonly string[] | undefined): Found {
  if (!files) return { config: undefined, problem: 'there is no configuration' };
  try {
    return { config: loadConfig(files), problem: undefined };
  } catch (error) {
    if (error instanceof ConfigError) return { config: undefined, problem: error.message };
    throw error;
  }
}

const existing = (path: string | undefined) => (path !== undefined && existsSync(path) ? path : undefined);

const versions = (): ReportSection => ({
  title: 'Versions',
  body: { hearth: VERSION, node: process.versions.node, system: `${systemName()} ${release()} (${arch()})` },
});

const configuration = ({ config, problem }: Found): ReportSection => ({
  title: 'Configuration',
  body: {
    problem,
    listeners: config?.listeners.map(({ port, tls }) => `${port} ${tls ? 'TLS' : 'plain'}`),
    warnings: config?.warnings,
  },
});
