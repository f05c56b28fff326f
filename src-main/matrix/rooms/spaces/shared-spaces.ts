import type { JsonObject } from '../../../base/json.js';
import { notFound } from '../../../spec/errors.js';
import type { RoomId, ServerName } from '../../../spec/ids.js';
import type { RoomReader } from '../../events/index.js';
import type { RoomCards, RoomSummary } from '../room-cards.js';
import type { SpaceChildren } from './space-children.js';

/** A space as another server may know it. */
export interface SharedSpace {
  readonly room: RoomSummary & { readonly children_state: readonly JsonObject[] };
  readonly children: readonly RoomSummary[];
  /** children of which that server may know nothing */
  readonly inaccessible: readonly RoomId[];
}

/** Spaces for the users of other servers. @see https://spec.matrix.org/v1.19/server-server-api/#get_matrixfederationv1hierarchyroomid */
export class SharedSpaces {
  constructor(
    private readonly deps: {
      readonly cards: RoomCards;
      readonly reader: Pick<RoomReader, 'isHere'>;
      readonly children: SpaceChildren;
    },
  ) {}

  /** @throws MatrixError M_NOT_FOUND, also for rooms of which that server may know nothing */
  async of(roomId: RoomId, server: ServerName, suggestedOnly: boolean): Promise<SharedSpace> {
    const { cards, reader } = this.deps;
    const room = (await reader.isHere(roomId)) && (await cards.visibleToServer(server, [roomId])).get(roomId);
    if (!room) throw notFound('there is no such room');
    const links = await this.deps.children.of(room, suggestedOnly);
    const known: RoomId[] = [];
    for (const id of new Set(links.map(({ state_key: id }) => id as RoomId)))
      if (await reader.isHere(id)) known.push(id);
    const visible = await cards.visibleToServer(server, known);
    return {
      room: { ...room, children_state: links },
      children: known.flatMap((id) => visible.get(id) ?? []),
      inaccessible: known.filter((id) => !visible.has(id)),
    };
  }
}
