import { roomEvent } from '../../../spec/event.js';
import type { RoomId } from '../../../spec/ids.js';
import type { RoomVersionRules } from '../../../spec/room-version.js';
import type { SealedPdu } from '../../../spec/seal-pdu.js';
import type { CheckedEvent } from '../../events/index.js';

/** An event that we sealed a moment ago: there is nothing to check. */
export const ownEvent = ({ pdu, eventId, text }: SealedPdu, rules: RoomVersionRules, roomId: RoomId): CheckedEvent => ({
  event: roomEvent(pdu, rules, eventId, roomId),
  text,
});
