import { mkdirSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import { writeNewConfig } from '../../config/generate.js';
import { loadConfig } from '../../config/load.js';
import { saveConfig } from '../../config/save.js';
import type { SetupAnswers, SetupStep } from '../../control/contract.js';
import type { Homeserver } from '../../homeserver.js';
import type { UserId } from '../../spec/ids.js';
import { freePort } from './addresses.js';
import { clearHalfDone } from './half-done.js';
import type { Locations } from './locations.js';

/** The name of a server to try: reserved for the computer itself, so that nobody else can ever have it. */
export const TRIAL_NAME = 'hearth.localhost';

/** Ports that the wizard prefers; the next free ones are taken where others listen there. 0: the system chooses. */
export interface PreferredPorts {
  readonly plain: number;
  readonly tls: number;
}

export interface SetUpDeps {
  readonly locations: Locations;
  readonly ports: PreferredPorts;
  readonly log: Logger;
  build(config: Config): Promise<Homeserver>;
  onStep(step: SetupStep): void;
}

/**
 * Makes a server of the wizard's answers: its configuration, its database, its keys and its first administrator. Nothing
 * listens yet. The configuration takes its final name last, so that a crash leaves either no server or a whole one.
 *
 * @returns the server, built and not started
 * @throws what keeps it from being made; nothing is left behind then
 */
export async function makeServer(
  answers: SetupAnswers,
  deps: SetUpDeps,
): Promise<{ server: Homeserver; userId: UserId }> {
  const { locations, log } = deps;
  clearHalfDone(locations.unfinishedConfig, log);
  let server: Homeserver | undefined;
  try {
    deps.onStep('configuration');
    await writeConfig(answers, deps);
    deps.onStep('database');
    server = await deps.build(finished(loadConfig([locations.unfinishedConfig]), locations));
    deps.onStep('administrator');
    const { userId } = await server.accounts.registration.create({ ...answers.admin, isAdmin: true });
    await server.db.durable();
    renameSync(locations.unfinishedConfig, locations.config);
    return { server, userId };
  } catch (error) {
    await server?.stop();
    clearHalfDone(locations.unfinishedConfig, log);
    throw error;
  }
}

/** People never see the configuration under its first name, so nothing may speak of it. */
const finished = (config: Config, { unfinishedConfig, config: final }: Locations): Config => ({
  ...config,
  warnings: config.warnings.map((warning) => warning.replaceAll(basename(unfinishedConfig), basename(final))),
});

async function writeConfig({ mode, folder, serverName }: SetupAnswers, { locations, ports }: SetUpDeps): Promise<void> {
  mkdirSync(locations.home, { recursive: true, mode: 0o700 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const isTrial = mode === 'try';
  writeNewConfig(locations.unfinishedConfig, {
    serverName,
    dataDir: folder,
    plain: isTrial ? 'loopback' : 'everybody',
    plainPort: await freePort(ports.plain),
    tlsPort: isTrial ? undefined : await freePort(ports.tls),
  });
  saveConfig(locations.unfinishedConfig, [
    { path: ['enable_registration'], value: true },
    { path: ['registration_requires_token'], value: true },
  ]);
}
