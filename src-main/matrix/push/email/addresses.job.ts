import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import type { Job } from '../../../base/supervisor.js';
import type { Database } from '../../../storage/database.js';
import { follower } from '../../../storage/follower.js';
import type { Accounts } from '../../accounts/index.js';
import type { Pushers } from '../pushers/pushers.js';

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accounts: Pick<Accounts, 'streams'>;
  readonly pushers: Pushers;
  /** whoever registers with an e-mail address is written to there */
  readonly forNewUsers: boolean;
}

/** The app id of pushers that send e-mail. */
const APP_ID = 'm.email';

/** Sets up e-mails for those who register with an address, and ends them where an address is given up. */
export const pushersOfAddresses = ({ accounts, pushers, forNewUsers, ...deps }: Deps): Job =>
  follower({
    ...deps,
    name: 'push.addresses',
    stream: accounts.streams.thirdPartyIds,
    async handle({ userId, medium, address, change }) {
      if (medium !== 'email') return;
      if (change === 'removed') {
        await pushers.remove(userId, APP_ID, address);
      } else if (
        change === 'registered' &&
        forNewUsers &&
        (await pushers.ownsAddress({ kind: 'email', pushkey: address, userId }))
      ) {
        await pushers.set({ userId, deviceId: undefined }, newcomersPusher(address), true);
      }
    },
  });

const newcomersPusher = (address: string) => ({
  kind: 'email' as const,
  appId: APP_ID,
  pushkey: address,
  appDisplayName: 'Email Notifications',
  deviceDisplayName: address,
  profileTag: '',
  lang: 'en',
  data: {},
  isEnabled: true,
});
