import { arrayAt } from '../../../base/json.js';
import { isRoomId } from '../../../spec/grammar.js';
import type { RoomId } from '../../../spec/ids.js';
import type { RoomReader } from '../../events/index.js';
import type { RoomFiguresIndex } from '../figures/room-figures.js';

/** Spaces looked at, and rooms of one of them. */
const MOST_SPACES = 300;
const MOST_CHILDREN = 500;

/** A space of which this server knows, and the rooms that it names. */
export interface SpaceRooms {
  readonly roomId: RoomId;
  readonly children: readonly RoomId[];
}

/** Which rooms lie in which spaces. */
export class SpaceTree {
  constructor(
    private readonly deps: {
      readonly figures: Pick<RoomFiguresIndex, 'spaces'>;
      readonly reader: Pick<RoomReader, 'stateOfTypes'>;
    },
  ) {}

  /** By name. */
  async spaces(): Promise<SpaceRooms[]> {
    const { figures, reader } = this.deps;
    const found: SpaceRooms[] = [];
    for (const roomId of await figures.spaces(MOST_SPACES)) {
      const events = await reader.stateOfTypes(roomId, ['m.space.child']);
      const children = events.flatMap(({ content, stateKey = '' }) =>
        (arrayAt(content, 'via') ?? []).length > 0 && isRoomId(stateKey) ? [stateKey] : [],
      );
      found.push({ roomId, children: children.slice(0, MOST_CHILDREN) });
    }
    return found;
  }

  /** The spaces that each of some rooms lies in; those in none are left out. */
  async spacesOf(roomIds: readonly RoomId[]): Promise<ReadonlyMap<RoomId, readonly RoomId[]>> {
    const wanted = new Set(roomIds);
    const found = new Map<RoomId, RoomId[]>();
    for (const { roomId, children } of await this.spaces()) {
      for (const child of children) if (wanted.has(child)) found.set(child, [...(found.get(child) ?? []), roomId]);
    }
    return found;
  }
}
