import type { ReceiptEdu } from '../../spec/edu.js';
import { isOnServer, isRoomId, isUserId } from '../../spec/grammar.js';
import type { EventId, ServerName } from '../../spec/ids.js';
import type { OtherServers } from './other-servers.js';
import type { Receipts } from './receipts.js';

/** Of one EDU: more than any server has to say at once. */
const MOST_RECEIPTS = 1_000;

/** `m.receipt`: how far people of another server have read. */
export const receiptEdu =
  (receipts: Receipts, others: OtherServers) =>
  async (content: ReceiptEdu, origin: ServerName): Promise<void> => {
    let left = MOST_RECEIPTS;
    for (const [roomId, byType] of Object.entries(content)) {
      if (!isRoomId(roomId) || !(await others.maySpeakOf(roomId, origin))) continue;
      for (const [userId, { event_ids: eventIds, data }] of Object.entries(byType['m.read'] ?? {})) {
        left -= 1;
        if (left < 0) return;
        if (!isUserId(userId) || !isOnServer(userId, origin)) continue;
        const { ts, thread_id: threadId } = data;
        await receipts.hear({ roomId, userId, eventId: eventIds.at(-1) as EventId, threadId, ts });
      }
    }
  };
