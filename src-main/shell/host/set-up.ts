import { mkdirSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import type { Logger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import { writeNewConfig } from '../../config/generate.js';
import { loadConfig } from '../../config/load.js';
import { reachEdits } from '../../config/reach.js';
import { type Edit, saveConfig } from '../../config/save.js';
import { planOf } from '../../control/connection/reach-choice.js';
import type { CertificateFiles, SafetyChoices, SetupAnswers, SetupStep } from '../../control/contract.js';
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

async function writeConfig(answers: SetupAnswers, { locations, ports }: SetUpDeps): Promise<void> {
  const { folder, serverName, certificate, safety } = answers;
  mkdirSync(locations.home, { recursive: true, mode: 0o700 });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeNewConfig(locations.unfinishedConfig, { serverName, dataDir: folder });
  const [plainPort, tlsPort] = await Promise.all([freePort(ports.plain), freePort(ports.tls)]);
  saveConfig(locations.unfinishedConfig, [
    ...reachEdits(planOf(answers, serverName, { plainPort, tlsPort })),
    ...(certificate ? certificateEdits(certificate) : []),
    ...(safety ? safetyEdits(safety) : []),
    { path: ['enable_registration'], value: true },
    { path: ['registration_requires_token'], value: true },
  ]);
}

const certificateEdits = ({ certificatePath, privateKeyPath }: CertificateFiles): Edit[] => [
  { path: ['tls_certificate_path'], value: certificatePath },
  { path: ['tls_private_key_path'], value: privateKeyPath },
];

/** What is as it would be anyway is not written. */
const safetyEdits = ({ linkPreviews, presence, dailyUpload }: SafetyChoices): Edit[] => [
  ...(linkPreviews ? [{ path: ['url_preview_enabled'], value: true }] : []),
  ...(presence ? [] : [{ path: ['presence'], value: { enabled: false } }]),
  ...(dailyUpload === null
    ? []
    : [{ path: ['media_upload_limits'], value: [{ time_period: '1d', max_size: dailyUpload }] }]),
];
