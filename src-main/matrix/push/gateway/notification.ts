import { isObject, type JsonObject, type JsonValue } from '../../../base/json.js';
import type { RoomEvent } from '../../../spec/event.js';
import type { PushAction } from '../../../spec/push-rules/ruleset.js';
import type { Pusher } from '../pushers/pushers.store.js';

/** What stands around an event, for people. */
export interface NoticeContext {
  readonly senderName: string | undefined;
  readonly roomName: string | undefined;
  readonly roomAlias: string | undefined;
}

export interface NotificationParts {
  readonly event: RoomEvent;
  readonly actions: readonly PushAction[];
  readonly badge: number;
  readonly context: NoticeContext;
  /** false: the configuration keeps contents from gateways */
  readonly withContent: boolean;
}

const NO_BADGE = 'org.matrix.msc4076.disable_badge_count';

/** Whether the app counts by itself what waits. */
export const countsByItself = ({ data }: Pick<Pusher, 'data'>): boolean => data[NO_BADGE] === true;

/**
 * What a gateway is told of an event.
 *
 * @see https://spec.matrix.org/v1.19/push-gateway-api/#post_matrixpushv1notify
 */
export function notification(pusher: Pusher, parts: NotificationParts): JsonObject {
  const { event, badge } = parts;
  const tweaks = tweaksOf(parts.actions);
  const isOnlyIds = pusher.data['format'] === 'event_id_only';
  const device = { ...deviceOf(pusher), ...(!isOnlyIds && Object.keys(tweaks).length > 0 && { tweaks }) };
  return {
    notification: {
      event_id: event.eventId,
      room_id: event.roomId,
      prio: isUrgent(event, tweaks) ? 'high' : 'low',
      ...(!countsByItself(pusher) && { counts: { unread: badge } }),
      ...(!isOnlyIds && details(pusher, parts)),
      devices: [device],
    },
  };
}

/** What a gateway is told when only the number on the app's icon changed. */
export const badgeNotification = (pusher: Pusher, badge: number): JsonObject => ({
  notification: { id: '', type: null, sender: '', counts: { unread: badge }, devices: [deviceOf(pusher)] },
});

function details(pusher: Pusher, { event, context, withContent }: NotificationParts): JsonObject {
  const isMember = event.type === 'm.room.member' && event.stateKey !== undefined;
  const membership = event.content['membership'];
  return {
    // What gateways knew the event by before `event_id`
    id: event.eventId,
    type: event.type,
    sender: event.sender,
    ...(isMember && typeof membership === 'string' && { membership }),
    ...(isMember && { user_is_target: event.stateKey === pusher.userId }),
    ...(withContent && Object.keys(event.content).length > 0 && { content: event.content }),
    ...(context.senderName && { sender_display_name: context.senderName }),
    ...(context.roomName && { room_name: context.roomName }),
    ...(context.roomAlias && { room_alias: context.roomAlias }),
  };
}

function deviceOf({ appId, pushkey, setAt, data }: Pusher): JsonObject {
  const { url: _, ...rest } = data;
  return { app_id: appId, pushkey, pushkey_ts: Math.floor(setAt / 1000), data: rest };
}

/** A tweak without a value is meant to be true. */
function tweaksOf(actions: readonly PushAction[]): JsonObject {
  const tweaks: Record<string, JsonValue> = {};
  for (const action of actions) {
    if (isObject(action) && typeof action.set_tweak === 'string') tweaks[action.set_tweak] = action.value ?? true;
  }
  return tweaks;
}

/** What makes a sound or is for the reader in person, or may be: nobody knows of what is encrypted. */
const isUrgent = (event: RoomEvent, tweaks: JsonObject): boolean =>
  event.type === 'm.room.encrypted' || isTrue(tweaks['highlight']) || isTrue(tweaks['sound']);

const isTrue = (value: JsonValue | undefined): boolean =>
  value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
