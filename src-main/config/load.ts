import { dirname, resolve } from 'node:path';
import { checkDocument } from './check.js';
import type { Config } from './config.js';
import { ConfigError, describeProblem } from './config-error.js';
import { defaultConfig } from './defaults.js';
import { type ConfigDocument, type KeyPath, keyName, readDocument } from './document.js';
import { Notes } from './notes.js';
import { readDatabase } from './read-database.js';
import { readEmail } from './read-email.js';
import { readFederation, readOldSigningKeys } from './read-federation.js';
import { readRateLimits } from './read-limits.js';
import { isLoopbackOnly, readListeners } from './read-listeners.js';
import { readPeople } from './read-people.js';
import {
  readCacheBytes,
  readMedia,
  readPush,
  readRooms,
  readTurn,
  readUrlPreviews,
  readUserDirectory,
  readWellKnown,
} from './read-services.js';
import { readThirdParty } from './read-third-party.js';
import { fileShape, type FileValues } from './schema.js';
import { parseDuration } from './units.js';
import { whyUnhonoured } from './unhonoured.js';

/** What may come from outside the file: `HEARTH_DATA_DIR`, `HEARTH_LOG_LEVEL`, `SYNAPSE_CACHE_FACTOR`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration from one or several files; a folder stands for its `*.yaml`. Writes nothing.
 *
 * @throws ConfigError with every problem found, each with its line, its key and what is allowed
 */
export function loadConfig(paths: readonly string[], environment: Environment = process.env): Config {
  const document = readDocument(paths);
  const home = document.files[0] === undefined ? process.cwd() : dirname(resolve(document.files[0]));
  return configFrom(document, home, environment);
}

/** The configuration that `document` means. @param folder what a relative `data_dir` starts from */
export function configFrom(document: ConfigDocument, folder: string, environment: Environment = {}): Config {
  const { problems, unknown } = checkDocument(document, fileShape);
  if (problems.length > 0) throw new ConfigError(problems);
  const values = document.values as FileValues;
  const notes = new Notes(document);
  for (const path of unknown) noteUnknown(path, notes);
  const dataDir = resolve(folder, values.data_dir ?? environment.HEARTH_DATA_DIR ?? '.');
  const config = translate(values, dataDir, notes, environment);
  noteUnhonoured(document, notes);
  noteExposed(config, notes);
  if (notes.problems.length > 0) throw new ConfigError(notes.problems);
  const level = logLevel(environment.HEARTH_LOG_LEVEL);
  return {
    ...config,
    log: { ...config.log, level: level ?? config.log.level },
    warnings: notes.warnings.map(describeProblem),
  };
}

function translate(values: FileValues, dataDir: string, notes: Notes, environment: Environment): Config {
  const defaults = defaultConfig({ serverName: values.server_name, dataDir });
  const file = (path: string | undefined, fallback: string) => (path === undefined ? fallback : resolve(dataDir, path));
  const { registration, passwords, tokens, profiles } = readPeople(values, dataDir, defaults, notes);
  return {
    ...defaults,
    publicBaseUrl: values.public_baseurl?.replace(/\/*$/, '/'),
    webClient: values.web_client_location,
    pidFile: file(values.pid_file, defaults.pidFile ?? ''),
    listeners: readListeners(values.listeners, notes),
    database: readDatabase(values, dataDir, defaults.database, notes),
    signingKeyPath: file(values.signing_key_path, defaults.signingKeyPath),
    oldSigningKeys: readOldSigningKeys(values, notes),
    signingKeyValidity:
      values.key_refresh_interval === undefined
        ? defaults.signingKeyValidity
        : parseDuration(values.key_refresh_interval),
    tls: readTlsFiles(values, dataDir, defaults.tls, notes),
    registration,
    passwords,
    tokens,
    profiles,
    thirdParty: readThirdParty(values, defaults.thirdParty, notes),
    email: readEmail(values, dataDir, notes),
    media: readMedia(values, dataDir, defaults.media),
    urlPreviews: readUrlPreviews(values, defaults.urlPreviews, notes),
    rooms: readRooms(values, defaults.rooms, notes),
    userDirectory: readUserDirectory(values, defaults.userDirectory),
    searchEnabled: values.enable_search ?? defaults.searchEnabled,
    presence: { enabled: (values.presence?.enabled ?? values.use_presence ?? defaults.presence.enabled) === true },
    push: readPush(values, defaults.push),
    wellKnown: readWellKnown(values, defaults.wellKnown),
    turn: readTurn(values, dataDir, defaults.turn, notes),
    rtcTransports: values.matrix_rtc?.transports ?? defaults.rtcTransports,
    rateLimits: readRateLimits(values, defaults.rateLimits),
    federation: readFederation(values, dataDir, defaults.federation, notes),
    cacheBytes: readCacheBytes(values, defaults.cacheBytes, notes, environment.SYNAPSE_CACHE_FACTOR),
    log: {
      level: values.log?.level ?? defaults.log.level,
      folder: file(values.log?.folder, defaults.log.folder ?? dataDir),
    },
  };
}

/** Certificate and key come together: both from the file, or both made by this server. */
function readTlsFiles(values: FileValues, dataDir: string, defaults: Config['tls'], notes: Notes): Config['tls'] {
  const { tls_certificate_path: certificate, tls_private_key_path: privateKey } = values;
  if (certificate === undefined && privateKey === undefined) return defaults;
  if (certificate === undefined || privateKey === undefined) {
    const [given, absent] = certificate === undefined ? ['private_key', 'certificate'] : ['certificate', 'private_key'];
    const sentence = `\`tls_${given}_path\` needs \`tls_${absent}_path\` beside it: a certificate is served with its key.`;
    notes.problem([`tls_${given}_path`], sentence);
    return defaults;
  }
  return {
    certificatePath: resolve(dataDir, certificate),
    privateKeyPath: resolve(dataDir, privateKey),
    selfSigned: false,
  };
}

function noteUnknown(path: KeyPath, notes: Notes): void {
  if (path.length === 1 && whyUnhonoured(String(path[0])) !== undefined) return;
  notes.warn(path, `\`${keyName(path)}\` is not a setting that this server knows: it has no effect.`);
}

function noteUnhonoured(document: ConfigDocument, notes: Notes): void {
  for (const [key, value] of Object.entries(document.values)) {
    const why = key === 'report_stats' && value === false ? undefined : whyUnhonoured(key);
    if (why !== undefined) notes.warn([key], `\`${key}\` ${why}`);
  }
}

/** Plain listeners that other computers can reach. */
function noteExposed({ listeners }: Config, notes: Notes): void {
  for (const [i, { tls, port, bindAddresses }] of listeners.entries()) {
    if (tls || isLoopbackOnly(bindAddresses)) continue;
    const where = `The listener on port ${port} has no TLS and is open to other computers (${bindAddresses.join(', ')})`;
    const advice = 'passwords and messages cross the network in clear unless a proxy in front of it adds TLS.';
    notes.warn(['listeners', i], `${where}: ${advice}`);
  }
}

const logLevel = (text: string | undefined): Config['log']['level'] | undefined =>
  text === 'error' || text === 'warn' || text === 'info' || text === 'debug' ? text : undefined;
