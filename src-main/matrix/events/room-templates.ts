import type { Clock } from '../../base/clock.js';
import { checkAuth } from '../../spec/auth-rules/auth-rules.js';
import { forbidden, notFound } from '../../spec/errors.js';
import type { Pdu } from '../../spec/event.js';
import type { RoomId } from '../../spec/ids.js';
import { roomEvent } from '../../spec/event.js';
import { authorisingUser } from '../../spec/auth-events.js';
import { domainOf } from '../../spec/state-view.js';
import type { Database } from '../../storage/database.js';
import { type EventContent, pduDraft } from './build-event.js';
import type { DraftPlaces } from './draft-place.js';
import type { EventTemplate, Templates } from './ports.js';
import type { RoomHeads } from './room-heads.js';
import type { RoomStore } from './rooms.store.js';

/** Shows servers elsewhere what events of their users would look like. */
export class RoomTemplates implements Templates {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly clock: Clock;
      readonly rooms: RoomStore;
      readonly heads: RoomHeads;
      readonly places: DraftPlaces;
    },
  ) {}

  template(draft: EventContent & { readonly roomId: RoomId }): Promise<EventTemplate> {
    const { db, clock, rooms, heads, places } = this.deps;
    return db.write(async (tx) => {
      const room = await rooms.byId(tx, draft.roomId);
      if (!room) throw notFound('this server does not know that room');
      const head = await heads.open(tx, room);
      const { prevEvents, authEvents, depth, state } = await places.find(tx, head, draft);
      const { roomId, rules } = room;
      const place = { roomId, prevEvents, authEvents, depth, originServerTs: clock.now() };
      const { event_id: _, ...pdu } = pduDraft(draft, place, rules, domainOf(draft.sender));
      const verdict = checkAuth(roomEvent(asIfSigned(pdu, draft), rules, '$template', roomId), state);
      if (!verdict.allowed) throw forbidden(verdict.why);
      return { roomId, rules, pdu };
    });
  }
}

/** The signature of whoever lets the user in is made when the event comes back. */
function asIfSigned(pdu: EventTemplate['pdu'], { content }: EventContent): Pdu {
  const authoriser = authorisingUser(content);
  const signatures = authoriser === undefined ? {} : { [domainOf(authoriser)]: { 'ed25519:later': '' } };
  return { ...pdu, hashes: { sha256: '' }, signatures };
}
