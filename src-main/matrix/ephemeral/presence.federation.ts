import type { PresenceEdu } from '../../spec/edu.js';
import { isOnServer } from '../../spec/grammar.js';
import type { ServerName } from '../../spec/ids.js';
import type { Presence } from './presence.js';

/** People of one EDU: more than any server has to say at once. */
const MOST_PEOPLE = 1_000;

/** `m.presence`: how people of another server are. */
export const presenceEdu =
  (presence: Presence) =>
  async ({ push }: PresenceEdu, origin: ServerName): Promise<void> => {
    for (const said of push.slice(0, MOST_PEOPLE)) {
      if (!isOnServer(said.user_id, origin)) continue;
      await presence.hear(said.user_id, {
        state: said.presence,
        statusMsg: said.status_msg ?? undefined,
        lastActiveAgo: said.last_active_ago,
      });
    }
  };
