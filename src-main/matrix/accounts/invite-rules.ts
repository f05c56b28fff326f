import type { UserId } from '../../spec/ids.js';
import { inviteDefault, type InviteRule, inviteRule } from '../../spec/invite-rules.js';
import type { AccountDataKeeper } from './account-data.js';

/** Where people say whether they may be invited: the spec's name, and the one from before it was in the spec. */
const TYPES = ['m.invite_permission_config', 'org.matrix.msc4380.invite_permission_config'];
/** Where they say by whom. It counts for those who say nothing by the others. */
const FILTER = 'org.matrix.msc4155.invite_permission_config';

/** Who may invite whom. */
export class InviteRules {
  constructor(private readonly accountData: Pick<AccountDataKeeper, 'get'>) {}

  /** What becomes of an invitation of somebody here by anybody. */
  async ruleFor(target: UserId, inviter: UserId): Promise<InviteRule> {
    for (const type of TYPES) {
      const config = await this.accountData.get(target, undefined, type);
      if (config && Object.keys(config).length > 0) return inviteDefault(config);
    }
    const filter = await this.accountData.get(target, undefined, FILTER);
    return filter ? inviteRule(filter, inviter) : 'allow';
  }
}
