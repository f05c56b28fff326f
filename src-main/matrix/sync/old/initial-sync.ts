import type { JsonObject } from '../../../base/json.js';
import type { ClientEvent } from '../../../spec/client-event.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Database } from '../../../storage/database.js';
import type { Membership, MembershipState, PartialRooms, RoomReader } from '../../events/index.js';
import type { Rooms, Viewer } from '../../rooms/index.js';
import type { SyncSources } from '../ports.js';
import { writeSyncToken } from '../sync-token.js';

interface InitialSyncDeps {
  readonly db: Database;
  readonly reader: RoomReader;
  /** a room is shown with all of its members */
  readonly partials: Pick<PartialRooms, 'whenComplete'>;
  readonly rooms: Pick<Rooms, 'access' | 'clientEvents' | 'directory' | 'history'>;
  readonly sources: Pick<SyncSources, 'accountData' | 'ephemeral'>;
}

/** A room as it is, with the last that was said. */
export interface RoomInfo {
  readonly room_id: RoomId;
  readonly messages: { readonly start?: string; readonly end: string; readonly chunk: readonly ClientEvent[] };
  readonly state: readonly ClientEvent[];
  readonly visibility: 'public' | 'private';
  readonly account_data: readonly JsonObject[];
  /** absent for those who look in from outside */
  readonly membership?: MembershipState;
}

/** Everything as it is now, for clients from before /sync and for those who look into a room from outside. */
export class InitialSync {
  constructor(private readonly deps: InitialSyncDeps) {}

  /**
   * All of the user's rooms.
   *
   * @param limit of messages of each room
   * @param withArchived rooms that the user left too
   */
  async all(viewer: Viewer, limit: number, withArchived: boolean): Promise<JsonObject> {
    const { db, reader, sources } = this.deps;
    const position = db.position();
    const shown: MembershipState[] = withArchived ? ['join', 'invite', 'leave', 'ban'] : ['join', 'invite'];
    const standing = (await reader.roomsOf(viewer.userId, shown)).filter(({ isForgotten }) => !isForgotten);
    const rooms: JsonObject[] = [];
    // One after the other: there may be many, and others wait too.
    for (const each of standing) rooms.push(await this.#ofStanding(viewer, each, limit));
    const accountData = await sources.accountData.changed(viewer.userId, { after: 0, upTo: position });
    const answer = {
      end: writeSyncToken({ position, ephemeral: 0, toDevice: position }),
      presence: await sources.ephemeral.presence(viewer.userId, 0, []),
      rooms,
      account_data: accountData
        .filter(({ roomId }) => roomId === undefined)
        .map(({ type, content }) => ({ type, content })),
    };
    return answer as unknown as JsonObject;
  }

  /**
   * One room, once all of its members are here.
   *
   * @throws MatrixError M_FORBIDDEN for those who may not look into it; M_UNKNOWN 504 when its members do not come
   */
  async room(roomId: RoomId, viewer: Viewer, limit: number): Promise<RoomInfo> {
    const { reader, rooms, partials } = this.deps;
    const sight = await rooms.access.sight(roomId, viewer.userId);
    await partials.whenComplete(roomId);
    const standing = await reader.membership(roomId, viewer.userId);
    const page = await rooms.history.page(roomId, viewer, {
      direction: 'b',
      from: undefined,
      to: undefined,
      limit,
      filter: {},
    });
    const isThere = standing?.membership === 'join' || sight.leftWith !== undefined;
    return {
      room_id: roomId,
      ...(isThere && standing && { membership: standing.membership }),
      messages: {
        ...(page.end !== undefined && { start: page.end }),
        end: page.start,
        chunk: [...page.chunk].reverse(),
      },
      state: await rooms.clientEvents.render(await rooms.access.state(sight), viewer, { withRoomId: true }),
      visibility: (await rooms.directory.isPublished(roomId)) ? 'public' : 'private',
      account_data: await this.#accountData(viewer.userId, roomId),
    };
  }

  async #ofStanding(viewer: Viewer, { roomId, membership, eventNid }: Membership, limit: number): Promise<JsonObject> {
    const { reader, rooms } = this.deps;
    // Who was never in the room has nothing to see of it but the way in, or out.
    const wasThere = (await reader.membershipHistory(roomId, viewer.userId)).some(
      ({ membership: at }) => at === 'join',
    );
    if (wasThere) return { ...(await this.room(roomId, viewer, limit)), membership } as unknown as JsonObject;
    const visibility = (await rooms.directory.isPublished(roomId)) ? 'public' : 'private';
    const [event] = await rooms.clientEvents.render(await reader.eventsByNid([eventNid]), viewer, { withRoomId: true });
    const invite = membership === 'invite' && event ? { inviter: event.sender, invite: event } : {};
    return { room_id: roomId, membership, visibility, ...invite } as unknown as JsonObject;
  }

  async #accountData(userId: UserId, roomId: RoomId): Promise<JsonObject[]> {
    const { db, sources } = this.deps;
    const entries = await sources.accountData.inRooms(userId, [roomId], db.position());
    return entries
      .filter(({ content }) => Object.keys(content).length > 0)
      .map(({ type, content }) => ({ type, content }));
  }
}
