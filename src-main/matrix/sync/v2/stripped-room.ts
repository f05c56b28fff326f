import { STRIPPED_STATE_TYPES, type StrippedState, strippedState } from '../../../spec/client-event.js';
import type { StateKey } from '../../../spec/event.js';
import type { Membership, RoomReader } from '../../events/index.js';

/** Whatever another server tells, what the viewer is in the room their own event says. */
const isOf = ({ type, state_key: stateKey }: StrippedState, userId: string): boolean =>
  type === 'm.room.member' && stateKey === userId;

/** A room that the viewer is invited to or knocks at: a little of its state, and their own member event. */
export class StrippedRooms {
  constructor(private readonly deps: { readonly reader: RoomReader }) {}

  async of({ roomId, userId, eventNid }: Membership): Promise<StrippedState[]> {
    const { reader } = this.deps;
    const [own] = await reader.eventsByNid([eventNid]);
    if (own && !(await reader.isHere(roomId))) {
      const shown = await reader.strippedState(roomId, userId);
      if (shown.length > 0) return [...shown.filter((event) => !isOf(event, userId)), strippedState(own)];
    }
    const told = await reader.strippedState(roomId, userId);
    if (told.length > 0 && !(await reader.isHere(roomId))) {
      const others = told.filter(({ type, state_key: key }) => type !== 'm.room.member' || key !== userId);
      return [...others, ...(own ? [strippedState(own)] : [])];
    }
    const keys: StateKey[] = STRIPPED_STATE_TYPES.map((type) => [type, '']);
    if (own && own.sender !== userId) keys.push(['m.room.member', own.sender]);
    const state = await reader.stateEntries(roomId, keys);
    return [...state, ...(own ? [own] : [])].map(strippedState);
  }
}
