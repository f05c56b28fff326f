import { invalidParam } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { RoomReader } from '../../events/index.js';

export interface MutualRoomsPage {
  readonly joined: readonly RoomId[];
  /** of all, not only of this page */
  readonly count: number;
  readonly next: string | undefined;
}

const PAGE = 100;

/** The rooms that two people are both in. @see https://spec.matrix.org/v1.19/client-server-api/#mutual-rooms */
export class MutualRooms {
  constructor(private readonly deps: { readonly reader: RoomReader }) {}

  /** @throws MatrixError M_INVALID_PARAM when asked about oneself, and for a token that is not ours */
  async page(userId: UserId, other: UserId, from: string | undefined): Promise<MutualRoomsPage> {
    if (userId === other) throw invalidParam('you are in all of your own rooms');
    const after = from === undefined ? '' : roomIn(from);
    const theirs = new Set(await this.deps.reader.joinedRooms(other));
    const mutual = (await this.deps.reader.joinedRooms(userId)).filter((roomId) => theirs.has(roomId)).sort();
    const rest = mutual.filter((roomId) => roomId > after);
    const joined = rest.slice(0, PAGE);
    return { joined, count: mutual.length, next: rest.length > PAGE ? `m${joined.at(-1)}` : undefined };
  }
}

/** A token is the last room of the page before. */
function roomIn(token: string): string {
  if (!token.startsWith('m!') || token.length > 300) throw invalidParam('the token is not one of this server');
  return token.slice(1);
}
