import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Milliseconds } from '../../base/clock.js';
import { silentLogger } from '../../base/logger.js';
import type { Config } from '../../config/config.js';
import { writeFileAtomically } from '../../config/write-file.js';
import { recoveryKitText, sealRecoveryKit } from '../../maintenance/recovery-kit.js';
import { openSigningKeys } from '../../matrix/servers/index.js';
import type { KitState, MadeKit } from '../contract.js';
import { randomPassphrase } from '../one-time-password.js';
import { ControlError } from '../procedure.js';

/** How many characters of the passphrase have to be typed to show that it was written down. */
const ENDING = 4;

interface Saved {
  readonly keyIds: readonly string[];
  readonly savedAt: Milliseconds;
}

/** Recovery kits: made here, kept by the person; this computer remembers only that there is one. */
export class RecoveryKits {
  #made: { readonly keyIds: readonly string[]; readonly ending: string } | undefined;

  /** @param path where it is remembered that a kit was saved */
  constructor(
    private readonly path: string,
    private readonly clock: Clock,
  ) {}

  state({ signingKeyPath }: Config): KitState {
    const keyIds = existsSync(signingKeyPath) ? keyIdsIn(signingKeyPath) : [];
    const saved = this.#saved();
    const isOfThisKey = keyIds[0] !== undefined && saved?.keyIds.includes(keyIds[0]) === true;
    return { savedAt: isOfThisKey ? saved?.savedAt : undefined, keyIds };
  }

  async make({ serverName, signingKeyPath }: Config): Promise<MadeKit> {
    if (!existsSync(signingKeyPath)) throw new ControlError('NOT_SET_UP', 'there is no signing key yet');
    const keyIds = keyIdsIn(signingKeyPath);
    const passphrase = randomPassphrase();
    const madeAt = this.clock.now();
    const contents = { serverName, keyIds, signingKeys: readFileSync(signingKeyPath, 'utf8') };
    const file = recoveryKitText(await sealRecoveryKit(contents, passphrase, madeAt));
    this.#made = { keyIds, ending: passphrase.slice(-ENDING) };
    return {
      serverName,
      keyIds,
      fileName: `${serverName.replaceAll(/[^\w.-]/g, '_')}.recovery.json`,
      file,
      passphrase,
      madeAt,
    };
  }

  confirm(ending: string): void {
    const made = this.#made;
    if (!made || ending.trim().toLowerCase() !== made.ending) {
      throw new ControlError('KIT_NOT_CONFIRMED', 'these are not the last characters of the passphrase');
    }
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    writeFileAtomically(this.path, JSON.stringify({ keyIds: made.keyIds, savedAt: this.clock.now() }), 0o600);
    this.#made = undefined;
  }

  #saved(): Saved | undefined {
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as Saved;
    } catch {
      return undefined;
    }
  }
}

const keyIdsIn = (path: string): string[] => openSigningKeys(path, silentLogger).map(({ keyId }) => keyId);
