import type { TypingEdu } from '../../spec/edu.js';
import { isOnServer } from '../../spec/grammar.js';
import type { ServerName } from '../../spec/ids.js';
import type { OtherServers } from './other-servers.js';
import type { Typing } from './typing.js';

/** `m.typing`: somebody of another server begins or ends to type. */
export const typingEdu =
  (typing: Typing, others: OtherServers) =>
  async (content: TypingEdu, origin: ServerName): Promise<void> => {
    const { room_id: roomId, user_id: userId } = content;
    if (!isOnServer(userId, origin) || !(await others.maySpeakOf(roomId, origin))) return;
    await typing.hear(roomId, userId, content.typing);
  };
