import { isOnServer } from '../../../spec/grammar.js';
import type { RoomId, ServerName, UserId } from '../../../spec/ids.js';
import { membershipIn } from '../../../spec/state-view.js';
import type { Database } from '../../../storage/database.js';
import type { StoredEvent, WholeRoom } from '../../events/index.js';
import type { DeviceUpdates } from '../device-updates.js';
import type { DeviceDirectory, SharedRooms } from '../ports.js';
import type { RemoteDeviceLists } from './remote-device-lists.js';

/** People of this server in one room of whom others are told. */
const MOST_LOCAL = 10_000;
/** People looked at at once. */
const AT_ONCE = 200;

/**
 * What joins and departures mean for device lists: servers with which a user of ours comes to share a room are told of
 * the user; of people elsewhere who share no room any more nothing is kept, since nobody tells us when it changes.
 */
export class SharedRoomSteps {
  constructor(
    private readonly deps: {
      db: Database;
      lists: RemoteDeviceLists;
      updates: DeviceUpdates;
      directory: DeviceDirectory;
      rooms: Pick<SharedRooms, 'isHere' | 'joinedRooms' | 'localMembers' | 'members' | 'serversIn'>;
      serverName: ServerName;
    },
  ) {}

  /** An event came. Seen again, it changes nothing more. */
  async see(event: StoredEvent): Promise<void> {
    if (event.type !== 'm.room.member' || event.stateKey === undefined) return;
    const userId = event.stateKey as UserId;
    const isOurs = isOnServer(userId, this.deps.serverName);
    if (membershipIn(event.content) === 'join') {
      if (isOurs) await this.#joined(event.roomId, userId);
      return;
    }
    if (!isOurs) return this.#departed(event.roomId, userId);
    if (!(await this.deps.rooms.isHere(event.roomId))) await this.#leftAlone(event.roomId);
  }

  /**
   * A room's members are all here: servers of which nobody knew missed what happened to the devices of people here, and
   * whoever was taken for a member without being one is nobody that we are told of.
   */
  async becameWhole({ roomId, servers, departed }: WholeRoom): Promise<void> {
    const { rooms, lists } = this.deps;
    if (servers.length > 0) {
      for (const { userId } of await rooms.localMembers(roomId, MOST_LOCAL)) {
        await this.#introduce(roomId, userId, servers);
      }
    }
    await lists.forgetUnshared(departed);
  }

  async #joined(roomId: RoomId, userId: UserId): Promise<void> {
    await this.#introduce(roomId, userId, await this.deps.rooms.serversIn(roomId));
  }

  /** Tells those of the servers of a user that share no other room with them. */
  async #introduce(roomId: RoomId, userId: UserId, servers: readonly ServerName[]): Promise<void> {
    const { db, rooms, directory, updates } = this.deps;
    const fresh = new Set(servers);
    if (fresh.size === 0) return;
    for (const other of await rooms.joinedRooms(userId)) {
      if (other === roomId) continue;
      for (const server of await rooms.serversIn(other)) fresh.delete(server);
      if (fresh.size === 0) return;
    }
    const [device] = (await directory.devicesOf([userId])).get(userId)?.keys() ?? [];
    if (device !== undefined) await db.write((tx) => updates.introduce(tx, userId, device, [...fresh]));
  }

  /** Even back in the room by now: changes of the time between were not told. */
  async #departed(roomId: RoomId, userId: UserId): Promise<void> {
    const { rooms, lists } = this.deps;
    for (const other of await rooms.joinedRooms(userId)) {
      if (other !== roomId && (await rooms.isHere(other))) return;
    }
    await lists.forget([userId]);
  }

  /** The last of us left the room: with those who stay there nobody here may share another. */
  async #leftAlone(roomId: RoomId): Promise<void> {
    const members = (await this.deps.rooms.members(roomId, ['join'])).filter(({ isLocal }) => !isLocal);
    for (let start = 0; start < members.length; start += AT_ONCE) {
      await this.deps.lists.forgetUnshared(members.slice(start, start + AT_ONCE).map((member) => member.userId));
    }
  }
}
