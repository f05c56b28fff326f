import type { ServerName } from '../../../spec/ids.js';
import type { Transaction } from '../../../storage/database.js';
import type { OutgoingEdu } from '../edus/edu-types.js';

/** What upper domains send to other servers. Our own server's name among the destinations is left out. */
export interface Sending {
  /**
   * Sends soon, at most once: what a server does not take before it goes to rest, or before a restart, is lost. For what
   * is of the moment: typing, receipts, presence.
   */
  edu(destinations: Iterable<ServerName>, edu: OutgoingEdu): void;
  /**
   * Sends at least once, after restarts and outages too: stored as part of `tx`. For to-device messages and device
   * lists. Those of one server arrive in order; bounded for each server, the oldest are dropped.
   */
  storedEdu(tx: Transaction, destinations: Iterable<ServerName>, edu: OutgoingEdu): Promise<void>;
}
