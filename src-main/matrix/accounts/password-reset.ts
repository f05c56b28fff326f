import type { JsonObject } from '../../base/json.js';
import { stringAt } from '../../base/json.js';
import type { RateLimiter } from '../../http/rate-limit.js';
import { forbidden, MatrixError } from '../../spec/errors.js';
import type { PasswordManagement } from './password-management.js';
import type { PhoneDelegate } from './third-party/phone-delegate.js';
import { provedAddress } from './third-party/stages.js';
import type { Validation } from './third-party/validation.js';
import type { ThirdPartyIds } from './third-party-ids.js';
import type { Uia } from './uia.js';

/** Somebody who is signed in nowhere wants another password. */
export interface ResetRequest {
  readonly password: string;
  readonly signOutOthers: boolean;
  readonly auth: JsonObject | undefined;
  /** where the request came from */
  readonly from: string;
}

/**
 * A new password for whoever proves to own an address of the account.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#password-management
 */
export class PasswordReset {
  constructor(
    private readonly deps: {
      uia: Uia;
      passwords: PasswordManagement;
      thirdPartyIds: ThirdPartyIds;
      validation: Validation;
      phones: PhoneDelegate;
      /** resets begun from one address: each is stored for a while */
      beginLimit: RateLimiter;
    },
  ) {}

  /**
   * @throws MatrixError 401 with what is asked until the address is proved; M_NOT_FOUND when no account has it;
   *   M_FORBIDDEN where there is no way to prove one
   */
  async reset({ password, signOutOthers, auth, from }: ResetRequest): Promise<void> {
    const { uia, passwords, thirdPartyIds, beginLimit } = this.deps;
    const flows = this.#flows();
    if (stringAt(auth, 'session') === undefined) beginLimit.take(from);
    const session = await uia.authenticate({ userId: undefined, operation: 'resetPassword', auth, flows });
    const proved =
      provedAddress(session.completed['m.login.email.identity']) ?? provedAddress(session.completed['m.login.msisdn']);
    if (!proved || (proved.medium === 'email' && proved.purpose !== 'password')) {
      throw forbidden('the address was proved for something else');
    }
    const userId = await thirdPartyIds.owner(proved.medium, proved.address);
    if (userId === undefined) throw new MatrixError(404, 'M_NOT_FOUND', 'no account here has this address');
    await passwords.set(userId, password, { others: signOutOthers });
    await uia.end(session);
  }

  #flows(): string[][] {
    const flows = [
      ...(this.deps.validation.isAvailable ? [['m.login.email.identity']] : []),
      ...(this.deps.phones.isAvailable ? [['m.login.msisdn']] : []),
    ];
    if (flows.length === 0) throw new MatrixError(401, 'M_MISSING_TOKEN', 'the request has no access token');
    return flows;
  }
}
