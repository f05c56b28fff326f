import type { Milliseconds } from '../../base/clock.js';
import { isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../base/json.js';
import { MatrixError, notFound } from '../../spec/errors.js';
import { isOnServer } from '../../spec/grammar.js';
import type { DeviceId, ServerName, UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import { streamTopic, type Topic, userTopic } from '../../storage/news.js';
import type { CrossSigningKey, CrossSigningStore, KeyUsage } from './cross-signing.store.js';
import type { DeviceKeyStore } from './device-keys.store.js';
import type { DeviceLists } from './device-lists.js';
import type { ChangedKeys } from './device-updates.js';
import type { RemoteKeys } from './remote/remote-keys.js';
import type { KeySignature, KeySignatureStore } from './key-signatures.store.js';
import { isSameKey, isSignedBy, signatureBy } from './signed-keys.js';

/** Signed key objects by user and by device id or public key. */
export type SignedKeys = ReadonlyMap<UserId, Readonly<Record<string, JsonValue>>>;
/** What was wrong, by user and by device id or public key. */
export type SignatureFailures = Readonly<Record<UserId, Readonly<Record<string, MatrixError>>>>;

type Keys = ReadonlyMap<KeyUsage, CrossSigningKey>;
type Found = readonly KeySignature[] | MatrixError;

/**
 * Signatures made after a key was published: by a user's self-signing key on its devices, by its devices on its master
 * key, and by its user-signing key on the master keys of others.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keyssignaturesupload
 */
export class KeySignatures {
  constructor(
    private readonly deps: {
      db: Database;
      store: KeySignatureStore;
      crossSigning: CrossSigningStore;
      deviceKeys: DeviceKeyStore;
      deviceLists: DeviceLists;
      remote: Pick<RemoteKeys, 'load'>;
      serverName: ServerName;
    },
  ) {}

  /** Stores the good ones among `signed`. @returns what was wrong with the others */
  async upload(userId: UserId, signed: SignedKeys): Promise<SignatureFailures> {
    const { db, store } = this.deps;
    const found: KeySignature[] = [];
    const failures: Record<UserId, Record<string, MatrixError>> = {};
    const elsewhere = [...signed.keys()].filter((owner) => !isOnServer(owner, this.deps.serverName));
    if (elsewhere.length > 0) await this.deps.remote.load(elsewhere, LONGEST_WAIT);
    const { check, master } = await this.#checker(userId, [...signed.keys()]);
    for (const [owner, objects] of signed) {
      for (const [keyName, object] of Object.entries(objects)) {
        const result = check(owner, keyName, object);
        if (result instanceof MatrixError) (failures[owner] ??= {})[keyName] = result;
        else found.push(...result);
      }
    }
    if (found.length === 0) return failures;
    const ofOwn = found.some((signature) => signature.userId === userId);
    const audience = ofOwn ? await this.deps.deviceLists.audience(userId) : OWN_DEVICES(userId);
    await db.write(async (tx) => {
      await store.put(tx, found, tx.position());
      if (ofOwn) await this.deps.deviceLists.record(tx, userId, audience, signedKeys(found, userId, master));
      else tx.announce(...audience);
    });
    return failures;
  }

  /** Loads what all the checks need, then checks without waiting. */
  async #checker(userId: UserId, owners: readonly UserId[]) {
    const { db, crossSigning, deviceKeys } = this.deps;
    const [keys, stored] = await Promise.all([
      crossSigning.ofUsers(db, [...new Set([userId, ...owners])]),
      owners.includes(userId) ? deviceKeys.ofUsers(db, [userId]) : [],
    ]);
    const byUser = Map.groupBy(keys, (key) => key.userId);
    const keysOf = (id: UserId): Keys => new Map((byUser.get(id) ?? []).map((key) => [key.usage, key]));
    const devices = new Map(stored.map((device) => [device.deviceId, device.keys]));
    const own = keysOf(userId);
    const check = (owner: UserId, keyName: string, object: JsonValue): Found => {
      if (!isObject(object)) return new MatrixError(400, 'M_INVALID_PARAM', 'a signed key must be an object');
      if (owner !== userId) return onOther(own, userId, keysOf(owner).get('master'), keyName, object);
      if (keyName === own.get('master')?.publicKey) return onMasterKey(own, devices, keyName, object);
      return onDevice(own, userId, devices, keyName, object);
    };
    return { check, master: own.get('master')?.publicKey };
  }
}

/** For the keys of people elsewhere, which are asked for when there is no copy of them. */
const LONGEST_WAIT: Milliseconds = 10_000;

/** Which of a user's own keys have new signatures. @param master names the master key among them */
function signedKeys(found: readonly KeySignature[], userId: UserId, master: string | undefined): ChangedKeys {
  const own = new Set(found.filter((signature) => signature.userId === userId).map(({ keyName }) => keyName));
  return { devices: [...own].filter((name) => name !== master), signingKeys: master !== undefined && own.has(master) };
}

const OWN_DEVICES = (userId: UserId): readonly Topic[] => [streamTopic('device_lists'), userTopic(userId)];

const invalidSignature = (why: string) => new MatrixError(400, 'M_INVALID_SIGNATURE', why);
const otherKey = () => new MatrixError(400, 'M_UNKNOWN', 'this is not the key that is stored');

/** A device, signed by its owner's self-signing key. */
function onDevice(
  own: Keys,
  userId: UserId,
  devices: ReadonlyMap<DeviceId, JsonObject>,
  keyName: string,
  object: JsonObject,
): Found {
  const signer = own.get('self_signing');
  if (!signer) return notFound('you have no self-signing key');
  const stored = devices.get(keyName);
  if (!stored) return notFound('unknown device');
  return signatureOn(stored, object, { userId, keyName, signerId: userId, publicKey: signer.publicKey });
}

/** Somebody else's master key, signed by the user-signing key. */
function onOther(own: Keys, userId: UserId, stored: CrossSigningKey | undefined, keyName: string, object: JsonObject) {
  const signer = own.get('user_signing');
  if (!signer) return notFound('you have no user-signing key');
  if (stored?.publicKey !== keyName) return notFound('this is not the master key of that user');
  const { publicKey } = signer;
  return signatureOn(stored.key, object, { userId: stored.userId, keyName, signerId: userId, publicKey });
}

/** A user's own master key, signed by one or several of its devices. */
function onMasterKey(
  own: Keys,
  devices: ReadonlyMap<DeviceId, JsonObject>,
  keyName: string,
  object: JsonObject,
): Found {
  const master = own.get('master');
  if (!master) return notFound('you have no master key');
  const { userId } = master;
  if (!isSameKey(master.key, object)) return otherKey();
  const found: KeySignature[] = [];
  for (const signerKey of Object.keys(objectAt(objectAt(object, 'signatures'), userId) ?? {})) {
    const deviceId = signerKey.slice(signerKey.indexOf(':') + 1);
    const publicKey = stringAt(objectAt(devices.get(deviceId), 'keys'), signerKey);
    const signature = signatureBy(object, userId, signerKey);
    // Devices that are gone, and the master key itself, may have signed it too: their signatures are not news.
    if (publicKey === undefined || signature === undefined) continue;
    if (!isSignedBy(object, userId, deviceId, publicKey)) return invalidSignature('the signature is wrong');
    found.push({ userId, keyName, signerId: userId, signerKey, signature });
  }
  return found.length > 0 ? found : invalidSignature('there is no signature of a device of yours');
}

interface Claimed {
  readonly userId: UserId;
  readonly keyName: string;
  readonly signerId: UserId;
  readonly publicKey: string;
}

/** The signature that `object` carries beyond `stored`, if `claimed.publicKey` made it. */
function signatureOn(stored: JsonObject, object: JsonObject, { userId, keyName, signerId, publicKey }: Claimed): Found {
  const signerKey = `ed25519:${publicKey}`;
  const signature = signatureBy(object, signerId, signerKey);
  if (signature === undefined) return invalidSignature('there is no signature of yours');
  if (!isSameKey(stored, object)) return otherKey();
  if (!isSignedBy(object, signerId, publicKey, publicKey)) return invalidSignature('the signature is wrong');
  return [{ userId, keyName, signerId, signerKey, signature }];
}
