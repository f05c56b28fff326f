import type { UserId } from '../../spec/ids.js';

/** How somebody is called and looks. */
export interface ProfileNames {
  readonly displayName: string | undefined;
  readonly avatarUrl: string | undefined;
}

/** What rooms need of `accounts`: names for member events, all at once. */
export interface Profiles {
  of(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, ProfileNames>>;
}
