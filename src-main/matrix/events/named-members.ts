import type { RoomEvent } from '../../spec/event.js';
import type { StateView } from '../../spec/state-view.js';

const MEMBER = 'm.room.member';

/**
 * A state of which members were left out, with those whom an event names itself as what allows it: they are taken for
 * what they say until all of the state is here. What is known of somebody comes first, a ban too.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#checks-performed-on-receipt-of-a-pdu rule 5
 */
export const withNamedMembers = (state: StateView, named: Iterable<RoomEvent>): StateView => {
  const members = new Map<string, RoomEvent>();
  for (const event of named) {
    if (event.type === MEMBER && event.stateKey !== undefined) members.set(event.stateKey, event);
  }
  return {
    get: (type, key) => state.get(type, key) ?? (type === MEMBER ? members.get(key) : undefined),
  };
};
