import { forbidden, MatrixError } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { RoomReader } from '../../events/index.js';
import type { MembershipRequest } from '../membership-request.js';
import type { NoticeRoomStore } from './notice-rooms.store.js';

/** What nobody may do with the rooms in which the server tells people what they have to know, and with who speaks there. */
export class NoticeRules {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly store: NoticeRoomStore;
      readonly reader: RoomReader;
      /** who speaks for the server; undefined: nobody does */
      readonly speaker: UserId | undefined;
    },
  ) {}

  /** Whether the server tells somebody there what they have to know. */
  isNoticeRoom(roomId: RoomId): Promise<boolean> {
    return this.deps.store.isNoticeRoom(this.deps.db, roomId);
  }

  /**
   * An invitation there cannot be turned down; who came in may leave.
   *
   * @throws MatrixError M_CANNOT_LEAVE_SERVER_NOTICE_ROOM; M_FORBIDDEN for invitations of who speaks for the server
   * @see https://spec.matrix.org/v1.19/client-server-api/#server-notices
   */
  async check({ roomId, sender, target, membership }: MembershipRequest): Promise<void> {
    const { db, store, reader, speaker } = this.deps;
    if (membership === 'invite' && target === speaker) throw forbidden('that user cannot be invited');
    if (membership !== 'leave' || sender !== target || !(await store.isNoticeRoom(db, roomId))) return;
    if ((await reader.membership(roomId, target))?.membership !== 'invite') return;
    throw new MatrixError(403, 'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM', 'you cannot reject this invitation');
  }
}
