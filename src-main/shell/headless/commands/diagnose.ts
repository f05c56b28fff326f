import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Caches } from '../../../base/caches.js';
import { systemClock } from '../../../base/clock.js';
import { silentLogger } from '../../../base/logger.js';
import { runJobs } from '../../../base/supervisor.js';
import type { Config } from '../../../config/config.js';
import { defaultConfig } from '../../../config/defaults.js';
import { loadConfig } from '../../../config/load.js';
import { createDiagnostics, type Diagnosis } from '../../../matrix/diagnostics/index.js';
import { openSigningKeys } from '../../../matrix/servers/index.js';
import { createNetwork } from '../../../net/network.js';
import { outcomeSentence, stepLines } from '../diagnosis-words.js';
import { findConfig } from '../find-config.js';

export interface DiagnoseCommandOptions {
  readonly config?: readonly string[];
  /** print JSON instead of words */
  readonly json?: boolean;
}

/** Few things are remembered for so short a time. */
const CACHE_BYTES = 1024 * 1024;
const EXIT_CODES: Readonly<Record<Diagnosis['outcome'], number>> = { ok: 0, warning: 0, error: 1 };

/**
 * Prints how a server is reached from this computer, step by step. Needs no server that runs, and no configuration.
 *
 * @returns 0 when it can be reached, 1 when it cannot
 */
export async function diagnose(serverName: string, { config: named, json }: DiagnoseCommandOptions): Promise<number> {
  const files = findConfig(named);
  const config = files ? loadConfig(files) : defaultConfig({ serverName: 'localhost', dataDir: tmpdir() });
  const base = { config, caches: new Caches(CACHE_BYTES), clock: systemClock, log: silentLogger };
  const network = createNetwork(base);
  const jobs = runJobs(network.jobs, base);
  try {
    const diagnostics = createDiagnostics({ ...base, network, ownKeys: ownKeysIn(config) });
    const onStep = json ? undefined : (step: Diagnosis['steps'][number]) => console.log(stepLines(step));
    const diagnosis = await diagnostics.diagnose(serverName, onStep ? { onStep } : {});
    console.log(json ? JSON.stringify(diagnosis, undefined, 2) : `\n${outcomeSentence(diagnosis)}`);
    return EXIT_CODES[diagnosis.outcome];
  } finally {
    await jobs.stop();
  }
}

/** None is made here: whoever only asks leaves nothing behind. */
const ownKeysIn = ({ signingKeyPath }: Config) =>
  existsSync(signingKeyPath) ? openSigningKeys(signingKeyPath, silentLogger) : undefined;
