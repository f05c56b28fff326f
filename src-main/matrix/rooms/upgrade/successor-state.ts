import { arrayAt, type JsonObject, stringAt } from '../../../base/json.js';
import type { UserId } from '../../../spec/ids.js';
import type { RoomVersionRules } from '../../../spec/room-version.js';
import type { StoredEvent } from '../../events/index.js';

/** A state event that a new room takes over. */
export interface StateCopy {
  readonly type: string;
  readonly stateKey: string;
  readonly content: JsonObject;
}

/** What a room hands on to the one that replaces it, in the order in which it is sent. */
const HANDED_ON = [
  'm.room.join_rules',
  'm.room.history_visibility',
  'm.room.guest_access',
  'm.room.encryption',
  'm.room.name',
  'm.room.topic',
  'm.room.avatar',
  'm.room.server_acl',
];

/** What the new room takes over, beside its power levels. @param state of the old room, without its people */
export function successorState(state: readonly StoredEvent[]): StateCopy[] {
  const isSpace = state.some((event) => event.type === 'm.room.create' && event.content['type'] === 'm.space');
  const ofTypes = HANDED_ON.flatMap((type) => state.filter((event) => event.type === type && event.stateKey === ''));
  const children = isSpace ? state.filter((event) => event.type === 'm.space.child' && hasServers(event)) : [];
  return [...ofTypes, ...children].map(({ type, stateKey, content }) => ({ type, stateKey: stateKey ?? '', content }));
}

/** The content of the new room's first event, without its predecessor. */
export function successorCreate(
  old: StoredEvent | undefined,
  rules: RoomVersionRules,
  upgrader: UserId,
  additionalCreators: readonly UserId[],
): JsonObject {
  const type = stringAt(old?.content, 'type');
  const others = [...new Set(additionalCreators)].filter((userId) => userId !== upgrader);
  return {
    room_version: rules.version,
    ...(rules.creatorInContent && { creator: upgrader }),
    ...(type !== undefined && { type }),
    ...(old?.content['m.federate'] === false && { 'm.federate': false }),
    ...(rules.privilegedCreators && others.length > 0 && { additional_creators: others }),
  };
}

/** A child without servers was taken away. */
const hasServers = ({ content }: StoredEvent): boolean => (arrayAt(content, 'via') ?? []).length > 0;
