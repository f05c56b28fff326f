import { forbidden, MatrixError } from '../../spec/errors.js';
import type { UserId } from '../../spec/ids.js';
import type { Accounts } from '../accounts/index.js';

interface InviteBlockingDeps {
  readonly rules: Pick<Accounts['inviteRules'], 'ruleFor'>;
  readonly users: Pick<Accounts['users'], 'get'>;
  /** only administrators of this server may invite, and nobody elsewhere */
  readonly adminsOnly: boolean;
  /** who speaks for the server, and may invite anyhow */
  readonly speaker: UserId | undefined;
}

/** Who may invite, and whom. @see https://spec.matrix.org/v1.19/client-server-api/#invite-permission */
export class InviteBlocking {
  constructor(private readonly deps: InviteBlockingDeps) {}

  /** @throws MatrixError M_FORBIDDEN where this server leaves inviting to its administrators */
  async requireMayInvite(inviter: UserId): Promise<void> {
    const { adminsOnly, users, speaker } = this.deps;
    if (!adminsOnly || inviter === speaker) return;
    if (!(await users.get(inviter))?.isAdmin) throw forbidden('invitations are switched off on this server');
  }

  /** @throws MatrixError M_INVITE_BLOCKED; who is only ignored does not hear of it */
  async requireWelcome(target: UserId, inviter: UserId): Promise<void> {
    if ((await this.deps.rules.ruleFor(target, inviter)) !== 'block') return;
    throw new MatrixError(403, 'M_INVITE_BLOCKED', 'that user takes no invitations by you');
  }
}
