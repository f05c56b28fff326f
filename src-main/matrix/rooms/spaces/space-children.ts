import { arrayAt, type JsonObject, stringAt } from '../../../base/json.js';
import { isRoomId } from '../../../spec/grammar.js';
import type { RoomReader, StoredEvent } from '../../events/index.js';
import type { RoomSummary } from '../room-cards.js';

/** Rooms of one space that are looked at. */
const MOST_CHILDREN = 1_000;

/** The rooms that spaces of this server name. */
export class SpaceChildren {
  constructor(private readonly deps: { readonly reader: Pick<RoomReader, 'stateOfTypes'> }) {}

  /** The `m.space.child` events of a space in its order, stripped; nothing for rooms that are no spaces. */
  async of(room: RoomSummary, suggestedOnly: boolean): Promise<JsonObject[]> {
    if (room.room_type !== 'm.space') return [];
    const events = await this.deps.reader.stateOfTypes(room.room_id, ['m.space.child']);
    const children = events.filter(isChild).filter(({ content }) => !suggestedOnly || content['suggested'] === true);
    return children.sort(inOrder).slice(0, MOST_CHILDREN).map(stripped);
  }
}

/** An entry without servers is one that was taken away. */
function isChild({ content, stateKey }: StoredEvent): boolean {
  const via = arrayAt(content, 'via') ?? [];
  return via.length > 0 && via.every((server) => typeof server === 'string') && isRoomId(stateKey ?? '');
}

/** By `order` where it is one, then by age, then by id. @see https://spec.matrix.org/v1.19/client-server-api/#ordering-of-children-within-a-space */
function inOrder(a: StoredEvent, b: StoredEvent): number {
  const [first, second] = [orderOf(a), orderOf(b)];
  if (first !== second) {
    if (first === undefined) return 1;
    return second === undefined || first < second ? -1 : 1;
  }
  return a.originServerTs - b.originServerTs || ((a.stateKey ?? '') < (b.stateKey ?? '') ? -1 : 1);
}

function orderOf({ content }: StoredEvent): string | undefined {
  const order = stringAt(content, 'order');
  return order !== undefined && /^[\x20-\x7e]{1,50}$/.test(order) ? order : undefined;
}

const stripped = ({ type, stateKey, sender, content, originServerTs }: StoredEvent): JsonObject => ({
  type,
  state_key: stateKey,
  sender,
  content,
  origin_server_ts: originServerTs,
});
