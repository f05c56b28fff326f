import { MatrixError } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Accounts } from '../accounts/index.js';

/** People who want no invitations, or none by some. @see https://spec.matrix.org/v1.19/client-server-api/#invite-permission */
export class InviteBlocking {
  constructor(private readonly rules: Pick<Accounts['inviteRules'], 'ruleFor'>) {}

  /** @throws MatrixError M_INVITE_BLOCKED; who is only ignored does not hear of it */
  async requireWelcome(target: UserId, inviter: UserId): Promise<void> {
    if ((await this.rules.ruleFor(target, inviter)) !== 'block') return;
    throw new MatrixError(403, 'M_INVITE_BLOCKED', 'that user takes no invitations by you');
  }
}
