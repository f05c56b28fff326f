import { stringAt } from '../../base/json.js';
import { MatrixError } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Accounts } from '../accounts/index.js';

/** Where people say who may invite them: the spec's name, and the one from before it was in the spec. */
const TYPES = ['m.invite_permission_config', 'org.matrix.msc4380.invite_permission_config'];

/** People who want no invitations. @see https://spec.matrix.org/v1.19/client-server-api/#invite-permission */
export class InviteBlocking {
  constructor(private readonly accountData: Pick<Accounts['accountData'], 'get'>) {}

  /** @throws MatrixError M_INVITE_BLOCKED */
  async requireWelcome(target: UserId): Promise<void> {
    for (const type of TYPES) {
      const config = await this.accountData.get(target, undefined, type);
      if (stringAt(config, 'default_action') === 'block') {
        throw new MatrixError(403, 'M_INVITE_BLOCKED', 'that user takes no invitations');
      }
    }
  }
}
