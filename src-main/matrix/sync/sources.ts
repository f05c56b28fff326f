import { type JsonObject, parseOwn } from '../../base/json.js';
import { Compile } from 'typebox/compile';
import { filter as filterShape } from '../../spec/event-filter.js';
import type { Accounts } from '../accounts/index.js';
import type { Encryption } from '../encryption/index.js';
import type { Ephemeral } from '../ephemeral/index.js';
import type { Push } from '../push/index.js';
import type { Rooms } from '../rooms/index.js';
import type { SyncSources } from './ports.js';

const isFilter = Compile(filterShape);

interface Domains {
  readonly accounts: Accounts;
  readonly encryption: Encryption;
  readonly ephemeral: Ephemeral;
  readonly push: Push;
  readonly rooms: Pick<Rooms, 'threadSubscriptions' | 'consentNotices'>;
}

/** The domains below, as sync asks them. */
export function syncSources({ accounts, encryption, ephemeral, push, rooms }: Domains): SyncSources {
  const { accountData, filters, inviteRules } = accounts;
  const { toDevice, deviceLists, oneTimeKeys } = encryption;
  return {
    accountData: {
      async changed(userId, { after, upTo }) {
        const kept = after === 0 ? accountData.all(userId, upTo) : accountData.changedSince(userId, after, upTo);
        const rulesChanged = after === 0 || (await push.rules.position(userId)) > after;
        if (!rulesChanged) return kept;
        const content = { global: await push.rules.of(userId) } as unknown as JsonObject;
        return [{ roomId: undefined, type: 'm.push_rules', content }, ...(await kept)];
      },
      get: (userId, type) => accountData.get(userId, undefined, type),
      ignored: (userId) => push.ignored.by(userId),
      isInviterIgnored: async (userId, inviter) => (await inviteRules.ruleFor(userId, inviter)) === 'ignore',
      inRooms: (userId, roomIds, upTo) => accountData.inRooms(userId, roomIds, upTo),
      typeInRooms: (userId, type) => accountData.typeInRooms(userId, type),
    },
    filters: {
      async get(userId, filterId) {
        const filter = await filters.get(userId, filterId);
        return isFilter.Check(filter) ? filter : undefined;
      },
    },
    encryption: {
      async toDevice(userId, deviceId, { after, upTo }, limit) {
        const { events, upTo: delivered } = await toDevice.pending(userId, deviceId, after, upTo, limit);
        return { events: events.map((event) => parseOwn<JsonObject>(event)), upTo: delivered };
      },
      deviceLists: (userId, { after, upTo }) => deviceLists.changes(userId, after, upTo),
      keyStock: (userId, deviceId) => oneTimeKeys.stock(userId, deviceId),
    },
    threads: {
      subscriptions: (userId, span, limit) => rooms.threadSubscriptions.changes(userId, span, limit),
    },
    reminders: rooms.consentNotices,
    notifications: { counts: (userId, roomIds) => push.counts.of(userId, roomIds) },
    ephemeral: {
      position: () => ephemeral.counter.now(),
      typing: (roomIds, after) => ephemeral.typing.changed(roomIds, after),
      receipts: (userId, roomIds, span) => ephemeral.receipts.changed(userId, roomIds, span),
      firstReceipts: (userId, roomIds, eventIds) => ephemeral.receipts.first(userId, roomIds, eventIds),
      presence: (userId, after, met) => ephemeral.presence.changed(userId, after, met),
      polls: (userId, state) => ephemeral.presence.polls(userId, state),
    },
  };
}
