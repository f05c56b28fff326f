import type { Accounts, User } from '../../matrix/accounts/index.js';
import type { MediaUses } from '../../matrix/media/index.js';
import type { Encryption } from '../../matrix/encryption/index.js';
import type { Person } from '../contract.js';

export interface PersonRowsDeps {
  readonly accounts: Pick<Accounts, 'profiles' | 'devices'>;
  readonly mediaUses: Pick<MediaUses, 'of'>;
  readonly keyBackups: Encryption['keyBackups'];
}

/** Accounts as lists show them. */
export async function personsOf(
  { accounts, mediaUses, keyBackups }: PersonRowsDeps,
  users: readonly User[],
): Promise<Person[]> {
  const ids = users.map(({ userId }) => userId);
  const [names, devices, uses, withBackup] = await Promise.all([
    accounts.profiles.of(ids),
    accounts.devices.summaryOf(ids),
    mediaUses.of(ids),
    keyBackups.owners(ids),
  ]);
  return users.map((user) => ({
    userId: user.userId,
    displayName: names.get(user.userId)?.displayName,
    isAdmin: user.isAdmin,
    state: stateOf(user),
    createdAt: user.createdAt,
    lastSeen: devices.get(user.userId)?.lastSeen,
    devices: devices.get(user.userId)?.count ?? 0,
    media: uses.get(user.userId)?.bytes ?? 0,
    hasKeyBackup: withBackup.has(user.userId),
  }));
}

function stateOf({ isDeactivated, isLocked, isSuspended }: User): Person['state'] {
  if (isDeactivated) return 'deactivated';
  if (isLocked) return 'locked';
  return isSuspended ? 'suspended' : 'active';
}
