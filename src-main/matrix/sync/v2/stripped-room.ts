import { STRIPPED_STATE_TYPES, type StrippedState, strippedState } from '../../../spec/client-event.js';
import type { StateKey } from '../../../spec/event.js';
import type { Membership, RoomReader } from '../../events/index.js';

/** A room that the viewer is invited to or knocks at: a little of its state, and their own member event. */
export class StrippedRooms {
  constructor(private readonly deps: { readonly reader: RoomReader }) {}

  async of({ roomId, userId, eventNid }: Membership): Promise<StrippedState[]> {
    const { reader } = this.deps;
    const [own] = await reader.eventsByNid([eventNid]);
    const keys: StateKey[] = STRIPPED_STATE_TYPES.map((type) => [type, '']);
    if (own && own.sender !== userId) keys.push(['m.room.member', own.sender]);
    const state = await reader.stateEntries(roomId, keys);
    return [...state, ...(own ? [own] : [])].map(strippedState);
  }
}
