import type { JsonObject } from '../../base/json.js';
import type { UserCaller } from '../../http/endpoint.js';
import { forbidden, invalidParam, MatrixError, missingParam } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { CrossSigningKey, CrossSigningStore, KeyUsage } from './cross-signing.store.js';
import type { DeviceLists } from './device-lists.js';
import type { KeySignatureStore } from './key-signatures.store.js';
import type { AccountsPort, DeviceDirectory } from './ports.js';
import { isSameKey, isSignedBy, publicKeyOf, signable } from './signed-keys.js';

/** Keys of a user to be published: any of the three. */
export type CrossSigningKeys = Readonly<Partial<Record<KeyUsage, JsonObject>>>;

const USAGES: readonly KeyUsage[] = ['master', 'self_signing', 'user_signing'];
const MOST_BYTES = 65_536;

/**
 * The keys by which people vouch for their own devices and for each other.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#cross-signing
 */
export class CrossSigning {
  constructor(
    private readonly deps: {
      db: Database;
      store: CrossSigningStore;
      signatures: KeySignatureStore;
      deviceLists: DeviceLists;
      directory: DeviceDirectory;
      uia: AccountsPort['uia'];
    },
  ) {}

  /**
   * Publishes keys in the place of those of the same usage. Only the first set goes without a proof of who the caller
   * is; keys that are there already change nothing.
   *
   * @param auth the request's `auth`
   * @throws MatrixError 401 asking for a proof; M_INVALID_PARAM for what is no key of that usage; M_MISSING_PARAM without
   *   any master key; M_INVALID_SIGNATURE for a key that the master key did not sign; M_FORBIDDEN for a key named like a
   *   device
   * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysdevice_signingupload
   */
  async upload(caller: UserCaller, given: CrossSigningKeys, auth: JsonObject | undefined): Promise<void> {
    const { db, store, directory, deviceLists, uia } = this.deps;
    const { userId } = caller;
    const stored = new Map((await store.ofUsers(db, [userId])).map((key) => [key.usage, key]));
    if (!isChange(stored, given)) return;
    if (stored.has('master')) await uia.require({ caller, operation: 'uploadCrossSigningKeys', auth, always: true });
    const keys = USAGES.flatMap((usage) => checked(userId, usage, given[usage]));
    checkSignatures(keys, keys.find((key) => key.usage === 'master') ?? stored.get('master'));
    const devices = (await directory.devicesOf([userId])).get(userId);
    if (keys.some((key) => devices?.has(key.publicKey))) throw forbidden('a device has the name of this key');
    const audience = await deviceLists.audience(userId);
    const isDone = await db.write(async (tx) => {
      const master = (await store.ofUsers(tx, [userId])).find(({ usage }) => usage === 'master');
      if (master?.publicKey !== stored.get('master')?.publicKey) return false;
      await this.#dropReplaced(tx, keys, stored);
      for (const key of keys) await store.put(tx, key);
      await deviceLists.record(tx, userId, audience, { devices: [], signingKeys: true });
      return true;
    });
    // Another device was faster, so that now a proof is needed, or another one.
    if (!isDone) await this.upload(caller, given, auth);
  }

  /** Signatures by and on keys that are replaced. */
  async #dropReplaced(
    tx: Transaction,
    keys: readonly CrossSigningKey[],
    stored: ReadonlyMap<KeyUsage, CrossSigningKey>,
  ) {
    const { signatures } = this.deps;
    for (const { userId, usage, publicKey } of keys) {
      const before = stored.get(usage)?.publicKey;
      if (before === undefined || before === publicKey) continue;
      await signatures.removeMadeWith(tx, userId, [`ed25519:${before}`]);
      await signatures.removeOn(tx, userId, [before]);
    }
  }
}

const isChange = (stored: ReadonlyMap<KeyUsage, CrossSigningKey>, given: CrossSigningKeys): boolean =>
  USAGES.some((usage) => {
    const [key, before] = [given[usage], stored.get(usage)];
    return key !== undefined && !(before && isSameKey(before.key, key));
  });

function checked(userId: UserId, usage: KeyUsage, key: JsonObject | undefined): CrossSigningKey[] {
  if (key === undefined) return [];
  const usages = key['usage'];
  const publicKey = publicKeyOf(key);
  const isRight = key['user_id'] === userId && Array.isArray(usages) && usages.includes(usage);
  if (!isRight || publicKey === undefined || signable(key).length > MOST_BYTES) {
    throw invalidParam(`this is not a ${usage} key of yours`);
  }
  return [{ userId, usage, publicKey, key: { ...key, unsigned: undefined } }];
}

function checkSignatures(keys: readonly CrossSigningKey[], master: CrossSigningKey | undefined): void {
  if (!master) throw missingParam('there is no master key');
  for (const { userId, usage, key } of keys) {
    if (usage === 'master' || isSignedBy(key, userId, master.publicKey, master.publicKey)) continue;
    throw new MatrixError(400, 'M_INVALID_SIGNATURE', `the ${usage} key is not signed by the master key`);
  }
}
