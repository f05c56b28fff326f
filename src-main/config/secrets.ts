import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomToken } from '../base/random.js';
import type { Config } from './config.js';
import { ConfigError } from './config-error.js';
import { writeFileAtomically } from './write-file.js';

/**
 * The secret in a file of its own, without the white space around it; undefined when there is no such file.
 *
 * @throws ConfigError when it is there and cannot be read
 */
export function readSecretFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const message = `The secret in ${path} cannot be read (${String((cause as NodeJS.ErrnoException).code)}).`;
    throw new ConfigError([{ file: undefined, line: undefined, key: undefined, message }], { cause });
  }
}

/** Makes the data folder and the secrets that the configuration names and that are not there yet. */
export function prepareDataFolder(config: Config): Config {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const { sharedSecret, sharedSecretPath } = config.registration;
  if (sharedSecretPath === undefined || sharedSecret !== undefined) return config;
  const made = randomToken();
  mkdirSync(dirname(sharedSecretPath), { recursive: true, mode: 0o700 });
  writeFileAtomically(sharedSecretPath, `${made}\n`, 0o600);
  return { ...config, registration: { ...config.registration, sharedSecret: made } };
}

/** Texts of the configuration that nobody else may read. */
export function secretsOf({ registration, passwords, turn, email, database }: Config): string[] {
  const stored = database.engine === 'postgres' ? database.connection.password : undefined;
  const all = [
    registration.sharedSecret,
    passwords.pepper,
    turn.sharedSecret,
    turn.password,
    email?.password,
    registration.captcha?.privateKey,
    registration.consent?.formSecret,
    stored,
  ];
  return all.filter((secret): secret is string => typeof secret === 'string' && secret !== '');
}
