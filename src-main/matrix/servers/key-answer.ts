import { toBase64 } from '../../base/base64.js';
import type { Clock, Milliseconds } from '../../base/clock.js';
import type { JsonObject } from '../../base/json.js';
import type { OldSigningKey } from '../../config/config.js';
import type { ServerName } from '../../spec/ids.js';
import { signJson } from '../../spec/signing.js';
import type { SigningKeys } from './signing-key.js';

export interface KeyAnswerDeps {
  readonly serverName: ServerName;
  readonly keys: SigningKeys;
  readonly oldKeys: readonly OldSigningKey[];
  /** for how long an answer is to be believed */
  readonly validity: Milliseconds;
  readonly clock: Clock;
}

/**
 * What this server says of its own keys, signed by each of them. Made anew once half of its validity is over, so that
 * asking costs no signatures.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#publishing-keys
 */
export class KeyAnswer {
  #made: { readonly body: JsonObject; readonly until: Milliseconds } | undefined;

  constructor(private readonly deps: KeyAnswerDeps) {}

  current(): JsonObject {
    const { clock, validity } = this.deps;
    const now = clock.now();
    if (!this.#made || now > this.#made.until - validity / 2) {
      const until = now + validity;
      this.#made = { body: this.#make(until), until };
    }
    return this.#made.body;
  }

  #make(until: Milliseconds): JsonObject {
    const { serverName, keys, oldKeys } = this.deps;
    const unsigned: JsonObject = {
      server_name: serverName,
      valid_until_ts: until,
      verify_keys: Object.fromEntries(keys.map(({ keyId, publicKey }) => [keyId, { key: toBase64(publicKey) }])),
      old_verify_keys: Object.fromEntries(
        oldKeys.map(({ keyId, publicKey, expiredAt }) => [keyId, { key: publicKey, expired_ts: expiredAt }]),
      ),
    };
    return keys.reduce((body, key) => signJson(body, serverName, key), unsigned);
  }
}
