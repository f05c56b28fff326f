import type { JsonObject } from '../../../base/json.js';
import type { RoomResult, SlidingResult } from './request.js';

type RoomOf = (room: RoomResult & { readonly lists: readonly string[] }) => JsonObject;

/** An answer as JSON; the dialects differ in their rooms. */
export const answerOf = ({ pos, lists, rooms, extensions }: SlidingResult, roomOf: RoomOf): JsonObject => ({
  pos,
  lists: Object.fromEntries([...lists].map(([name, { count }]) => [name, { count }])),
  rooms: Object.fromEntries([...rooms].map(([roomId, room]) => [roomId, roomOf(room)])),
  extensions,
});

/** The keys of a room that both dialects have. */
export const commonKeys = (room: RoomResult): JsonObject => ({
  ...(room.isInitial && { initial: true }),
  ...(room.avatar !== undefined && { avatar: room.avatar }),
  ...(room.heroes && { heroes: room.heroes }),
  ...(room.isDm !== undefined && { is_dm: room.isDm }),
  ...(room.timeline && {
    limited: room.timeline.isLimited,
    prev_batch: room.timeline.prevBatch,
    num_live: room.timeline.live,
  }),
  ...(room.counts && { joined_count: room.counts.joined, invited_count: room.counts.invited }),
  bump_stamp: room.bumpStamp,
});
