import { MatrixError } from '../../../spec/errors.js';
import type { UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { ThirdPartyIds } from '../third-party-ids.js';
import type { Medium } from './addresses.js';
import type { Bindings } from './bindings.js';
import type { PhoneDelegate } from './phone-delegate.js';
import type { Validation, ValidationCredentials } from './validation.js';

/** Adding addresses that were proved, and taking them away wherever they are. */
export class AddressBook {
  constructor(
    private readonly deps: {
      db: Database;
      thirdPartyIds: ThirdPartyIds;
      bindings: Bindings;
      validation: Validation;
      phones: PhoneDelegate;
    },
  ) {}

  /**
   * @throws MatrixError M_THREEPID_AUTH_FAILED when the address is not proved; M_THREEPID_DENIED, M_THREEPID_IN_USE;
   *   502, 504 M_UNKNOWN when nobody can tell
   */
  async add(userId: UserId, credentials: ValidationCredentials): Promise<void> {
    const { db, validation, phones, thirdPartyIds } = this.deps;
    const email = await validation.validated(credentials, 'add');
    const proved = email ?? (await phones.validated(credentials));
    if (!proved) throw new MatrixError(400, 'M_THREEPID_AUTH_FAILED', 'the address is not proved');
    validation.requireAllowed(proved.medium, proved.address);
    await db.write(async (tx) => {
      await thirdPartyIds.add(tx, userId, proved);
      if (email) await validation.use(tx, credentials.sid);
    });
  }

  /**
   * Takes an address from the account for good, and asks the identity servers that publish it to stop. No matter whether
   * the account had it.
   *
   * @returns whether the identity servers did
   * @throws MatrixError M_INVALID_PARAM
   */
  async delete(
    userId: UserId,
    address: { medium: Medium; address: string; idServer: string | undefined },
  ): Promise<boolean> {
    const { db, bindings, thirdPartyIds } = this.deps;
    const isUnbound = await bindings.tryUnbind(userId, address);
    await db.write((tx) => thirdPartyIds.remove(tx, userId, address.medium, address.address));
    return isUnbound;
  }
}
