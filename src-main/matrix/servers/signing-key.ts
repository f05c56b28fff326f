import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fromBase64, toBase64 } from '../../base/base64.js';
import { keyPairFromSeed, randomKeyPair, SEED_BYTES, seedOf } from '../../base/ed25519.js';
import type { Logger } from '../../base/logger.js';
import { randomLetters } from '../../base/random.js';
import { writeFileAtomically } from '../../config/write-file.js';
import type { SigningKey } from '../../spec/signing.js';

/** The keys of this server: it signs events and requests with the first, and its key answer with all. */
export type SigningKeys = readonly [SigningKey, ...SigningKey[]];

/**
 * Reads the signing keys of this server, or makes one when there is no such file.
 *
 * @param path a file in Synapse's format: a line `ed25519 <version> <seed in base64>` for each key
 * @throws Error with a sentence when the file cannot be read or is something else; it is never replaced
 */
export function openSigningKeys(path: string, log: Logger): SigningKeys {
  const text = readIfThere(path);
  if (text !== undefined) return parseSigningKeys(text, path);
  const made = `a_${randomLetters(4)}`;
  const seed = seedOf(randomKeyPair().secretKey);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileAtomically(path, `ed25519 ${made} ${toBase64(seed)}\n`, 0o600);
  log.info('signing key made', { keyId: `ed25519:${made}`, path });
  return [toSigningKey(made, seed)];
}

/**
 * The keys in the text of a signing key file.
 *
 * @param path for the sentence of an error, which never repeats what the file says
 */
export function parseSigningKeys(text: string, path: string): SigningKeys {
  const keys = text.split('\n').flatMap((line, i) => {
    const words = line.trim().split(/\s+/);
    return line.trim() === '' || line.trim().startsWith('#') ? [] : [parseKey(words, `${path}, line ${i + 1}`)];
  });
  const [first, ...others] = keys;
  if (!first)
    throw new Error(`The signing key file ${path} is empty. Restore it from a backup, or delete it to get a new key.`);
  return [first, ...others];
}

function parseKey([algorithm, version = '', base64 = '', ...more]: string[], where: string): SigningKey {
  const seed = fromBase64(base64);
  const isWhole = algorithm === 'ed25519' && /^[A-Za-z0-9_]+$/.test(version) && more.length === 0;
  if (isWhole && seed?.length === SEED_BYTES) return toSigningKey(version, seed);
  throw new Error(`${where}: a signing key must be \`ed25519\`, its name and 32 bytes in base64, parted by spaces.`);
}

const toSigningKey = (version: string, seed: Uint8Array): SigningKey => ({
  keyId: `ed25519:${version}`,
  ...keyPairFromSeed(seed),
});

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Error(`The signing key file ${path} cannot be read (${String(code)}).`, { cause });
  }
}
