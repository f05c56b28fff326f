import type { Caches } from '../../base/caches.js';
import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/logger.js';
import type { Job } from '../../base/supervisor.js';
import type { Config } from '../../config/config.js';
import { AddressCheck } from '../../net/address-check.js';
import type { Mail } from '../../net/mail.js';
import type { OutgoingHttp } from '../../net/outgoing.js';
import type { Database } from '../../storage/database.js';
import type { Accounts } from '../accounts/index.js';
import type { Ephemeral } from '../ephemeral/index.js';
import type { Events } from '../events/index.js';
import type { Rooms } from '../rooms/index.js';
import { Badge } from './badge.js';
import { pushersOfAddresses } from './email/addresses.job.js';
import { DigestDelivery } from './email/digest-delivery.js';
import { DigestWriter } from './email/digest-writer.js';
import { ThrottleStore } from './email/throttles.store.js';
import { unsubscribeEndpoints } from './email/unsubscribe.client.js';
import { delivery } from './gateway/delivery.job.js';
import { GatewayDelivery } from './gateway/gateway-delivery.js';
import { pushTransport } from './gateway/push-transport.js';
import { IgnoredUsers } from './ignored-users.js';
import { NoticeContexts } from './notice-context.js';
import { invitationNotices } from './notices/invitations.job.js';
import { noticeFollower } from './notices/notices.job.js';
import { NoticeStore } from './notices/notices.store.js';
import { Noticing } from './notices/noticing.js';
import { PushedMembers } from './notices/pushed-members.js';
import { NotificationCounts } from './notification-counts.js';
import { notificationEndpoints } from './notifications.client.js';
import { Notifications } from './notifications.js';
import { PushEvents } from './push-events.js';
import { pushRuleEndpoints } from './push-rules.client.js';
import { PushRules } from './push-rules.js';
import { PushRuleStore } from './push-rules.store.js';
import { pushersOfDeactivated, pushersOfDevices } from './pushers/departures.job.js';
import { checkGatewayUrl } from './pushers/gateway-url.js';
import { type Consumers, type PusherQueue, PusherQueues } from './pushers/pusher-queues.js';
import { pusherEndpoints } from './pushers/pushers.client.js';
import { Gateways } from './pushers/gateways.js';
import { Pushers } from './pushers/pushers.js';
import { PusherStore } from './pushers/pushers.store.js';
import { successionOfRules } from './room-upgrades.job.js';
import { ThreadReaders } from './thread-readers.js';

export type { Counts, NotificationCounts, RoomCounts } from './notification-counts.js';
export type { PushRules } from './push-rules.js';

export interface PushDeps {
  readonly db: Database;
  readonly config: Pick<Config, 'push' | 'federation' | 'email' | 'publicBaseUrl' | 'serverName'>;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accounts: Accounts;
  readonly events: Events;
  readonly rooms: Pick<Rooms, 'clientEvents' | 'threadSubscriptions'>;
  readonly ephemeral: Ephemeral;
  /** to push gateways */
  readonly outgoing: OutgoingHttp;
  /** undefined: no e-mail is sent here */
  readonly mail: Mail | undefined;
}

/** Whether people are written to about what they have not read. */
const emailOf = ({ config: { email }, mail }: PushDeps) =>
  email?.notifications.enabled && mail ? { ...email, mail } : undefined;

/** What notifies people, how much of it they have not read, and how they are told while their clients are away. */
export function createPush(deps: PushDeps) {
  const given = { ...deps, log: deps.log.child({ part: 'push' }) };
  const reading = createReading(given);
  const pushers = createPushers(given);
  const { rules, counts } = reading;
  const show = deps.rooms.clientEvents;
  return {
    rules,
    counts,
    /** whom people ignore */
    ignored: reading.ignored,
    /** how what wakes people's phones fares: for consoles */
    gateways: new Gateways(deps.db),
    endpoints: [
      ...pushRuleEndpoints(rules),
      ...pusherEndpoints(pushers.pushers),
      ...unsubscribeEndpoints(pushers.pushers),
      ...notificationEndpoints(reading.notifications, (events, reader) =>
        show.render(events, reader, { withRoomId: false }),
      ),
    ],
    jobs: [successionOfRules({ ...given, rules }), ...pushers.jobs, ...deliveryJobs(given, reading, pushers)],
  };
}

export type Push = ReturnType<typeof createPush>;

/** The rules, and what they say of what is there. */
function createReading({ db, config, caches, accounts, events, rooms, ephemeral }: PushDeps) {
  const { reader, timeline, retention } = events;
  const { receipts } = ephemeral;
  const withThreads = config.push.threadSubscriptions;
  const rules = new PushRules({ db, store: new PushRuleStore(), caches, withThreads });
  const ignored = new IgnoredUsers({ db, accountData: accounts.accountData, caches });
  const pushEvents = new PushEvents({ reader, caches });
  const subscriptions = rooms.threadSubscriptions;
  const threads = new ThreadReaders({ events: pushEvents, subscriptions, withThreads });
  return {
    rules,
    ignored,
    pushEvents,
    threads,
    counts: new NotificationCounts({
      reader,
      timeline,
      receipts,
      retention,
      rules,
      ignored,
      events: pushEvents,
      threads,
      caches,
    }),
    notifications: new Notifications({ rooms: events, receipts, rules, ignored, events: pushEvents, threads }),
    contexts: new NoticeContexts({ reader, receipts, retention, events: pushEvents }),
  };
}

type Reading = ReturnType<typeof createReading>;

/** Who is told elsewhere. */
function createPushers(deps: PushDeps) {
  const { db, config, caches, clock, accounts } = deps;
  const email = emailOf(deps);
  const store = new PusherStore();
  const own = new AddressCheck(['0.0.0.0/0', '::/0'], config.federation.allowedRanges);
  const pushers = new Pushers({
    db,
    store,
    accounts: {
      devices: accounts.devices,
      ownerOfAddress: (address) => accounts.thirdPartyIds.owner('email', address),
    },
    caches,
    clock,
    hasEmail: email !== undefined,
    checkUrl: (url) => checkGatewayUrl(url, (host) => own.isAllowed(host)),
  });
  const forNewUsers = email?.notifications.forNewUsers ?? false;
  const jobs: Job[] = [
    pushersOfDevices({ ...deps, pushers }),
    pushersOfDeactivated({ ...deps, pushers }),
    pushersOfAddresses({ ...deps, pushers, forNewUsers }),
  ];
  return { pushers, store, jobs };
}

/** From events to gateways and mail servers. */
function deliveryJobs(
  deps: PushDeps,
  { rules, ignored, pushEvents, threads, counts, contexts }: Reading,
  { pushers, store }: ReturnType<typeof createPushers>,
): Job[] {
  const { db, config, caches, clock, log, events } = deps;
  if (!config.push.enabled) return [];
  const { reader } = events;
  const notices = new NoticeStore();
  const { inviteRules } = deps.accounts;
  const members = new PushedMembers({ db, reader, pushers, caches });
  const noticing = new Noticing({ members, rules, ignored, inviteRules, events: pushEvents, threads, clock });
  const isGrouped = config.push.groupUnreadCountByRoom;
  const badge = new Badge({ db, reader, counts, ignored, caches, isGrouped });
  const consumers: Consumers = {
    http: (queue) => gateways.wake(queue),
    ...(emailOf(deps) && { email: (queue: PusherQueue) => digests?.wake(queue) }),
  };
  const queues = new PusherQueues({ db, store, notices, pushers, clock, log, consumers });
  const transport = pushTransport(deps.outgoing);
  const settings = config.push;
  const gateways = new GatewayDelivery({ db, queues, pushers, badge, contexts, transport, clock, log, settings });
  const digests = createDigests(deps, { queues, pushers, contexts });
  return [
    noticeFollower({ db, clock, events, noticing, store: notices }),
    invitationNotices({ db, reader, pushers, noticing, store: notices }),
    delivery({ db, clock, pushers, queues, gateways, digests }),
  ];
}

function createDigests(
  deps: PushDeps,
  given: { readonly queues: PusherQueues; readonly pushers: Pushers; readonly contexts: NoticeContexts },
): DigestDelivery | undefined {
  const email = emailOf(deps);
  if (!email) return undefined;
  const { profiles } = deps.accounts;
  const writer = new DigestWriter({ ...deps, ...deps.events, contexts: given.contexts, profiles, email });
  const delay = email.notifications.delayBeforeMail;
  return new DigestDelivery({ ...deps, ...given, throttles: new ThrottleStore(), writer, mail: email.mail, delay });
}
