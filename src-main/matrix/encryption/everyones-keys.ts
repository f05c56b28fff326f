import type { Milliseconds } from '../../base/clock.js';
import { isOnServer } from '../../spec/grammar.js';
import type { ServerName, UserId } from '../../spec/ids.js';
import type { DeviceKeys, KeyAnswer, KeyQuery } from './device-keys.js';
import type { ClaimedKey } from './one-time-keys.store.js';
import type { KeyClaim, OneTimeKeys } from './one-time-keys.js';
import type { RemoteKeys } from './remote/remote-keys.js';
import type { Failures } from './remote/servers-in-parallel.js';

const USUAL_WAIT: Milliseconds = 10_000;
const LONGEST_WAIT: Milliseconds = 60_000;

/** Keys of our users and of people elsewhere, for our users. */
export class EveryonesKeys {
  constructor(
    private readonly deps: {
      deviceKeys: DeviceKeys;
      oneTimeKeys: OneTimeKeys;
      remote: RemoteKeys;
      serverName: ServerName;
    },
  ) {}

  /**
   * Identity keys and cross-signing keys, with the signatures that `asking` may see.
   *
   * @param wait how long other servers may take; 10 s unless said, 60 s at most
   * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery
   */
  async query(asking: UserId, wanted: KeyQuery, wait?: Milliseconds): Promise<KeyAnswer & { failures: Failures }> {
    const { deviceKeys, remote } = this.deps;
    const elsewhere = new Map([...wanted].filter(([userId]) => !this.#isOurs(userId)));
    if (elsewhere.size === 0) return { ...(await deviceKeys.query(asking, wanted)), failures: {} };
    const ours = new Map([...wanted].filter(([userId]) => this.#isOurs(userId)));
    const [here, there] = await Promise.all([
      deviceKeys.query(asking, ours),
      remote.query(asking, elsewhere, bounded(wait)),
    ]);
    const [own, others] = [here.crossSigningKeys, there.crossSigningKeys];
    return {
      deviceKeys: { ...there.deviceKeys, ...here.deviceKeys },
      crossSigningKeys: {
        master: { ...others.master, ...own.master },
        self_signing: { ...others.self_signing, ...own.self_signing },
        user_signing: own.user_signing,
      },
      failures: there.failures,
    };
  }

  /**
   * A key for each of `claims`, where the device has one.
   *
   * @param wait as for `query`
   * @throws MatrixError M_INVALID_PARAM where too many algorithms are asked for
   */
  async claim(
    claims: readonly KeyClaim[],
    wait?: Milliseconds,
  ): Promise<{ keys: readonly ClaimedKey[]; failures: Failures }> {
    const { oneTimeKeys, remote } = this.deps;
    const elsewhere = claims.filter(({ userId }) => !this.#isOurs(userId));
    const keys = await oneTimeKeys.claim(claims.filter(({ userId }) => this.#isOurs(userId)));
    if (elsewhere.length === 0) return { keys, failures: {} };
    const there = await remote.claim(elsewhere, bounded(wait));
    return { keys: [...keys, ...there.keys], failures: there.failures };
  }

  #isOurs(userId: UserId): boolean {
    return isOnServer(userId, this.deps.serverName);
  }
}

const bounded = (wait: Milliseconds = USUAL_WAIT): Milliseconds => Math.min(Math.max(wait, 1), LONGEST_WAIT);
