import type { Cache, Caches } from '../../base/caches.js';
import type { RoomId } from '../../spec/ids.js';
import type { Membership } from '../events/index.js';
import type { Viewer } from '../rooms/index.js';

/** A member event, by whom it is about. */
type Known = Pick<Membership, 'userId' | 'eventNid'>;

/**
 * Which member events a device was sent already, so that lazily loading clients do not get them with each message. In
 * memory and bounded: what is forgotten is sent again.
 */
export class LazyMembers {
  /** `user device room member` -> nid of the member event */
  readonly #sent: Cache<string, number>;

  constructor(caches: Caches) {
    this.#sent = caches.lru('members sent', { share: 0.03, entryBytes: 300 });
  }

  /** Those of `members` that the viewer's device does not know; from now on it does. */
  unknown(viewer: Viewer, roomId: RoomId, members: readonly Known[], all: boolean): Known[] {
    const keyOf = ({ userId }: Known) => `${viewer.userId} ${viewer.deviceId} ${roomId} ${userId}`;
    const news = members.filter((member) => all || this.#sent.get(keyOf(member)) !== member.eventNid);
    for (const member of news) this.#sent.set(keyOf(member), member.eventNid);
    return news;
  }
}
