import { LRUCache } from 'lru-cache';
import type { RoomId } from '../../spec/ids.js';
import type { Membership } from '../events/index.js';
import type { Viewer } from '../rooms/index.js';

const REMEMBERED_ROOMS = 2_000;
const REMEMBERED_MEMBERS = 100;

/**
 * Which member events a device was sent already, so that lazily loading clients do not get them with each message. In
 * memory and bounded: what is forgotten is sent again.
 */
export class LazyMembers {
  /** `user device room` -> user id -> member event */
  readonly #sent = new LRUCache<string, LRUCache<string, number>>({ max: REMEMBERED_ROOMS });

  /** Those of `members` that the viewer's device does not know; from now on it does. */
  unknown(viewer: Viewer, roomId: RoomId, members: readonly Membership[], all: boolean): Membership[] {
    const key = `${viewer.userId} ${viewer.deviceId} ${roomId}`;
    const sent = this.#sent.get(key) ?? new LRUCache<string, number>({ max: REMEMBERED_MEMBERS });
    this.#sent.set(key, sent);
    const news = members.filter((member) => all || sent.get(member.userId) !== member.eventNid);
    for (const member of members) sent.set(member.userId, member.eventNid);
    return news;
  }
}
