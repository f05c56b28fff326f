import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { toBase64 } from '../../../base/base64.js';
import { systemClock } from '../../../base/clock.js';
import { silentLogger } from '../../../base/logger.js';
import type { Config } from '../../../config/config.js';
import { loadConfig } from '../../../config/load.js';
import { saveConfig } from '../../../config/save.js';
import { writeFileAtomically } from '../../../config/write-file.js';
import { openRecoveryKit } from '../../../maintenance/recovery-kit.js';
import { openSigningKeys, type SigningKeys } from '../../../matrix/servers/index.js';
import { CommandError } from '../command-error.js';
import { requireConfig } from '../find-config.js';
import { Prompt } from '../prompt.js';

export interface RestoreKeyOptions {
  readonly config?: readonly string[];
  readonly passphraseFile?: string;
  /** put aside another key that is there */
  readonly replace?: boolean;
}

/**
 * Puts the signing keys of a recovery kit where the configuration looks for them, so that other servers know this one
 * again. Keys that a new server made for itself meanwhile are kept, and what they signed stays good.
 */
export async function restoreKey(file: string, options: RestoreKeyOptions): Promise<void> {
  const [path = ''] = requireConfig(options.config);
  const config = loadConfig([path]);
  const kit = await openRecoveryKit(readGiven(file), await passphraseFor(options));
  if (kit.serverName !== config.serverName) {
    const sentence = `This kit belongs to the server ${kit.serverName}, and the configuration ${path} is of ${config.serverName}.`;
    throw new CommandError(sentence);
  }
  const { signingKeyPath } = config;
  const there = existsSync(signingKeyPath) ? openSigningKeys(signingKeyPath, silentLogger) : undefined;
  const restored = written(kit.signingKeys, `${signingKeyPath}.restored`);
  if (there && isSame(there, restored)) {
    rmSync(`${signingKeyPath}.restored`);
    console.log(`The key ${kit.keyIds.join(', ')} is there already: nothing was changed.`);
    return;
  }
  if (there) putAside(there, path, config, options);
  renameSync(`${signingKeyPath}.restored`, signingKeyPath);
  console.log(`The key ${kit.keyIds.join(', ')} of ${kit.serverName} is back. Restart the server, if it runs.`);
}

function readGiven(file: string): string {
  try {
    return readFileSync(resolve(file), 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CommandError(`The file ${file} cannot be read (${String(code)}).`, 1, { cause });
  }
}

async function passphraseFor({ passphraseFile }: RestoreKeyOptions): Promise<string> {
  if (passphraseFile !== undefined) return readGiven(passphraseFile).split('\n')[0] ?? '';
  const prompt = new Prompt();
  try {
    return await prompt.secret('Passphrase of the recovery kit');
  } finally {
    prompt.close();
  }
}

/** Written beside its place first, so that a kit with something else in it is found out before anything changes. */
function written(text: string, path: string): SigningKeys {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileAtomically(path, text, 0o600);
  try {
    return openSigningKeys(path, silentLogger);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

const isSame = (one: SigningKeys, other: SigningKeys): boolean =>
  one[0].keyId === other[0].keyId && toBase64(one[0].publicKey) === toBase64(other[0].publicKey);

function putAside(there: SigningKeys, path: string, { signingKeyPath }: Config, { replace }: RestoreKeyOptions): void {
  if (!replace) {
    rmSync(`${signingKeyPath}.restored`, { force: true });
    const sentence = `Another key, ${there[0].keyId}, is in ${signingKeyPath}. With --replace it is put aside, and what it signed stays good.`;
    throw new CommandError(sentence);
  }
  const now = systemClock.now();
  saveConfig(
    path,
    there.map(({ keyId, publicKey }) => ({
      path: ['old_signing_keys', keyId],
      value: { key: toBase64(publicKey), expired_ts: now },
    })),
  );
  const aside = `${signingKeyPath}.replaced-${now}`;
  renameSync(signingKeyPath, aside);
  console.log(`The key that was there is in ${aside} now.`);
}
