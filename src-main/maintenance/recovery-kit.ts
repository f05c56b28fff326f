import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Milliseconds } from '../base/clock.js';
import type { ServerName } from '../spec/ids.js';

/** What brings a server back under its name when the computer is lost: its signing keys, sealed by a passphrase. */
export type RecoveryKit = Static<typeof kitShape>;

const base64 = Type.String({ pattern: '^[A-Za-z0-9+/]+=*$', maxLength: 16_384 });

const kitShape = Type.Object({
  type: Type.Literal('hearth-recovery-kit'),
  version: Type.Literal(1),
  server_name: Type.String({ minLength: 1, maxLength: 255 }),
  key_ids: Type.Array(Type.String({ maxLength: 255 }), { minItems: 1, maxItems: 20 }),
  /** ISO 8601 */
  made_at: Type.String({ maxLength: 40 }),
  /** for whoever finds the file */
  how_to_restore: Type.Array(Type.String({ maxLength: 500 }), { maxItems: 20 }),
  /** AES-256-GCM under a key that scrypt makes of the passphrase */
  sealed: Type.Object({ salt: base64, nonce: base64, tag: base64, text: base64 }),
});

/** What goes into a kit. */
export interface KitContents {
  readonly serverName: ServerName;
  /** `ed25519:a_CSXA` */
  readonly keyIds: readonly string[];
  /** the signing key file as it stands */
  readonly signingKeys: string;
}

/** A kit cannot be used; the message is a sentence. */
export class RecoveryKitError extends Error {
  override readonly name = 'RecoveryKitError';

  constructor(
    readonly code: 'NOT_A_KIT' | 'WRONG_PASSPHRASE',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const deriveKey = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const MOST_TEXT = 64 * 1024;
const CIPHER = 'aes-256-gcm';

const HOW = [
  'This file brings a Matrix server back under its name. Keep it apart from the computer it belongs to.',
  'On the new computer, set up Hearth with the same server name and stop it.',
  'Then run: hearth restore-key <this file> --replace --config <its homeserver.yaml>',
  'It asks for the passphrase that was shown when this file was made. Then start the server.',
];

/** Seals the keys. @param now ms since the epoch */
export async function sealRecoveryKit(
  contents: KitContents,
  passphrase: string,
  now: Milliseconds,
): Promise<RecoveryKit> {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv(CIPHER, await deriveKey(tidy(passphrase), salt, 32, COST), nonce);
  const head = { server_name: contents.serverName, key_ids: [...contents.keyIds] };
  cipher.setAAD(boundTo(head));
  const text = Buffer.concat([cipher.update(contents.signingKeys, 'utf8'), cipher.final()]);
  const sealed = { salt, nonce, tag: cipher.getAuthTag(), text };
  return {
    type: 'hearth-recovery-kit',
    version: 1,
    ...head,
    made_at: new Date(now).toISOString(),
    how_to_restore: HOW,
    sealed: Object.fromEntries(
      Object.entries(sealed).map(([key, bytes]) => [key, bytes.toString('base64')]),
    ) as RecoveryKit['sealed'],
  };
}

/** A kit as the file that people keep. */
export const recoveryKitText = (kit: RecoveryKit): string => `${JSON.stringify(kit, undefined, 2)}\n`;

/**
 * Opens a kit.
 *
 * @param text the file
 * @throws RecoveryKitError when it is no kit, or the passphrase is another's
 */
export async function openRecoveryKit(text: string, passphrase: string): Promise<KitContents> {
  const { server_name, key_ids, sealed } = readKit(text);
  const bytes = (value: string) => Buffer.from(value, 'base64');
  try {
    const key = await deriveKey(tidy(passphrase), bytes(sealed.salt), 32, COST);
    const decipher = createDecipheriv(CIPHER, key, bytes(sealed.nonce), { authTagLength: 16 });
    decipher.setAAD(boundTo({ server_name, key_ids }));
    decipher.setAuthTag(bytes(sealed.tag));
    const opened = Buffer.concat([decipher.update(bytes(sealed.text)), decipher.final()]);
    return { serverName: server_name, keyIds: key_ids, signingKeys: opened.toString('utf8') };
  } catch (cause) {
    const message = 'The passphrase does not open this recovery kit. It was shown when the kit was made.';
    throw new RecoveryKitError('WRONG_PASSPHRASE', message, { cause });
  }
}

function readKit(text: string): RecoveryKit {
  try {
    const value: unknown = text.length > MOST_TEXT ? undefined : JSON.parse(text);
    if (Value.Check(kitShape, value)) return value;
  } catch (cause) {
    throw new RecoveryKitError('NOT_A_KIT', 'This file is not a recovery kit.', { cause });
  }
  throw new RecoveryKitError('NOT_A_KIT', 'This file is not a recovery kit.');
}

/** The name cannot be changed without the passphrase. */
const boundTo = ({ server_name, key_ids }: Pick<RecoveryKit, 'server_name' | 'key_ids'>): Buffer =>
  Buffer.from([server_name, ...key_ids].join('\n'), 'utf8');

/** As people type it from paper: capitals, spaces and missing hyphens do not matter. */
const tidy = (passphrase: string): string => passphrase.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
