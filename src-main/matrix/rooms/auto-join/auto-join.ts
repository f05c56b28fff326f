import { stringAt } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import type { Config } from '../../../config/config.js';
import { MatrixError } from '../../../spec/errors.js';
import { isOnServer, isRoomAlias } from '../../../spec/grammar.js';
import type { RoomAlias, RoomId, ServerName, UserId } from '../../../spec/ids.js';
import type { Accounts, NewAccount } from '../../accounts/index.js';
import type { RoomReader } from '../../events/index.js';
import type { RoomCreation } from '../create-room.js';
import type { Directory } from '../directory.js';
import type { RoomMembership } from '../membership.js';

/** Rooms that everybody is in who makes an account here. Doing it again changes nothing more. */
export class AutoJoin {
  constructor(
    private readonly deps: {
      readonly serverName: ServerName;
      readonly settings: Config['rooms']['autoJoin'];
      readonly reader: RoomReader;
      readonly directory: Directory;
      readonly creation: RoomCreation;
      readonly membership: RoomMembership;
      readonly consents: Pick<Accounts['consents'], 'isBlocked'>;
      readonly log: Logger;
    },
  ) {}

  /** A room that cannot be joined is left out; the others must not wait for it. */
  async welcome(account: NewAccount, signal: AbortSignal): Promise<void> {
    const { settings, log } = this.deps;
    if (account.isGuest && !settings.guests) return;
    if (settings.rooms.length === 0 || (await this.deps.consents.isBlocked(account.userId))) return;
    for (const name of settings.rooms) {
      signal.throwIfAborted();
      try {
        await this.#join(account, name);
      } catch (error) {
        if (!(error instanceof MatrixError)) throw error;
        log.warn('somebody new could not join a room', { userId: account.userId, room: name, error: error.message });
      }
    }
  }

  async #join({ userId, isFirst }: NewAccount, name: string): Promise<void> {
    const { membership } = this.deps;
    const { roomId, servers } = await this.#find(name, userId, isFirst);
    await this.#letIn(roomId, userId);
    await membership.changeUncounted({ roomId, sender: userId, target: userId, membership: 'join', servers });
  }

  async #find(
    name: string,
    userId: UserId,
    isFirst: boolean,
  ): Promise<{ roomId: RoomId; servers: readonly ServerName[] }> {
    const { directory, settings, serverName } = this.deps;
    const isOurs = isRoomAlias(name) && isOnServer(name, serverName);
    if (isOurs && settings.createsRooms && isFirst && (await directory.find(name)) === undefined) {
      return { roomId: await this.#create(name, userId), servers: [] };
    }
    return directory.roomOf(name);
  }

  /** The first who comes finds nothing, so it is made, by them or by whoever invites into such rooms. */
  #create(alias: RoomAlias, userId: UserId): Promise<RoomId> {
    const { creation, settings } = this.deps;
    return creation.create({
      creator: settings.inviter ?? userId,
      visibility: settings.preset === 'public_chat' ? 'public' : 'private',
      preset: settings.preset,
      version: undefined,
      aliasLocalpart: alias.slice(1, alias.indexOf(':')),
      name: undefined,
      topic: undefined,
      invite: [],
      isDirect: false,
      creationContent: settings.federated ? {} : { 'm.federate': false },
      initialState: [],
      powerLevels: undefined,
    });
  }

  /** Into rooms that are not open, somebody has to invite. */
  async #letIn(roomId: RoomId, userId: UserId): Promise<void> {
    const { reader, membership, settings } = this.deps;
    const { inviter } = settings;
    if (inviter === undefined || inviter === userId || !(await reader.isJoined(roomId, inviter))) return;
    const rule = stringAt((await reader.state(roomId, ['m.room.join_rules', '']))?.content, 'join_rule');
    const standing = (await reader.membership(roomId, userId))?.membership;
    if (rule === 'public' || standing === 'join' || standing === 'invite') return;
    await membership.changeUncounted({ roomId, sender: inviter, target: userId, membership: 'invite' });
  }
}
