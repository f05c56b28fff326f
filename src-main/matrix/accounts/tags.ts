import { type JsonObject, objectAt } from '../../base/json.js';
import { invalidParam } from '../../spec/errors.js';
import type { RoomId, UserId } from '../../spec/ids.js';
import type { AccountDataKeeper } from './account-data.js';

const TYPE = 'm.tag';
const MOST_NAME_BYTES = 255;
const MOST_TAGS = 200;

/**
 * How a user sorts a room: favourite, low priority, names of their own. Kept as account data `m.tag` of the room.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#room-tagging
 */
export class Tags {
  constructor(private readonly accountData: AccountDataKeeper) {}

  async list(userId: UserId, roomId: RoomId): Promise<JsonObject> {
    return tagsIn(await this.accountData.get(userId, roomId, TYPE));
  }

  /** @throws MatrixError M_INVALID_PARAM */
  async put(userId: UserId, roomId: RoomId, tag: string, facts: JsonObject): Promise<void> {
    if (Buffer.byteLength(tag) > MOST_NAME_BYTES) throw invalidParam(`a tag may have ${MOST_NAME_BYTES} bytes at most`);
    await this.accountData.change(userId, roomId, TYPE, (content) => {
      const tags = { ...tagsIn(content), [tag]: facts };
      if (Object.keys(tags).length > MOST_TAGS) throw invalidParam(`a room may have ${MOST_TAGS} tags at most`);
      return { ...content, tags };
    });
  }

  async remove(userId: UserId, roomId: RoomId, tag: string): Promise<void> {
    await this.accountData.change(userId, roomId, TYPE, (content) => {
      const { [tag]: _removed, ...tags } = tagsIn(content);
      return { ...content, tags };
    });
  }
}

const tagsIn = (content: JsonObject | undefined): JsonObject => objectAt(content, 'tags') ?? {};
