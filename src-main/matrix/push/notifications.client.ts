import { Type } from 'typebox';
import { endpoint, type UserCaller } from '../../http/endpoint.js';
import { intParam } from '../../http/shapes.js';
import type { ClientEvent } from '../../spec/client-event.js';
import type { StoredEvent } from '../events/index.js';
import type { Notifications } from './notifications.js';

/** Shows events as their reader's clients see them. */
export type ShowEvents = (events: readonly StoredEvent[], reader: UserCaller) => Promise<readonly ClientEvent[]>;

export const notificationEndpoints = (notifications: Notifications, show: ShowEvents) => [
  endpoint({
    spec: 'client-server/notifications.yaml#getNotifications',
    method: 'GET',
    path: '/_matrix/client/v3/notifications',
    r0: true,
    auth: 'user',
    query: {
      from: Type.Optional(Type.String()),
      limit: intParam({ default: 50, min: 1, max: 500 }),
      only: Type.Optional(Type.String()),
    },
    async handle({ caller, query: { from, limit, only } }) {
      const page = await notifications.page(caller.userId, { from, limit, onlyHighlights: only === 'highlight' });
      const shown = await show(
        page.notifications.map(({ event }) => event),
        caller,
      );
      return {
        notifications: page.notifications.map(({ event, actions, isRead }, at) => ({
          actions,
          event: shown[at],
          read: isRead,
          room_id: event.roomId,
          ts: event.originServerTs,
        })),
        ...(page.next !== undefined && { next_token: page.next }),
      };
    },
  }),
];
