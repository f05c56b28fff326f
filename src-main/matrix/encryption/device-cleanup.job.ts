import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { Database } from '../../storage/database.js';
import { follower } from '../../storage/follower.js';
import type { DeviceDepartures } from './device-departures.js';
import type { OneTimeKeyStore } from './one-time-keys.store.js';
import type { AccountsPort } from './ports.js';
import type { ToDeviceStore } from './to-device.store.js';

const HOUR: Milliseconds = 60 * 60_000;
const REPEATED_UPLOADS: Milliseconds = 7 * 24 * HOUR;
const REPEATED_SENDS: Milliseconds = 24 * HOUR;

interface Deps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Drops what belongs to deleted devices, and tells about devices that got another name. */
export const deviceChangesFollower = (
  deps: Deps & { accounts: Pick<AccountsPort, 'streams'>; departures: DeviceDepartures },
): Job =>
  follower({
    ...deps,
    name: 'encryption.devices',
    stream: deps.accounts.streams.devices,
    async handle({ userId, deviceIds, change }) {
      if (change === 'deleted') await deps.departures.devicesLeft(userId, deviceIds);
      if (change === 'renamed') await deps.departures.devicesRenamed(userId, deviceIds);
    },
  });

/** Drops all keys of deactivated users. */
export const deactivationsFollower = (
  deps: Deps & { accounts: Pick<AccountsPort, 'streams'>; departures: DeviceDepartures },
): Job =>
  follower({
    ...deps,
    name: 'encryption.deactivations',
    stream: deps.accounts.streams.deactivations,
    handle: ({ userId }) => deps.departures.userLeft(userId),
  });

/** Forgets, hourly, keys given out and messages sent so long ago that nobody repeats the request. */
export const forgetRepeats = ({
  db,
  clock,
  oneTimeKeys,
  toDevice,
}: Deps & { oneTimeKeys: OneTimeKeyStore; toDevice: ToDeviceStore }): Job => ({
  name: 'encryption.forget-repeats',
  async run(signal) {
    while (!signal.aborted) {
      const now = clock.now();
      await db.write(async (tx) => {
        await oneTimeKeys.removeClaimedBefore(tx, now - REPEATED_UPLOADS);
        await toDevice.forgetSendsBefore(tx, now - REPEATED_SENDS);
      });
      await clock.sleep(HOUR, signal);
    }
  },
});
