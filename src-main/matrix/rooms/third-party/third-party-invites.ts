import { type JsonObject, stringAt } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import { forbidden, MatrixError } from '../../../spec/errors.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import { powerLevelsOf } from '../../../spec/power-levels.js';
import type { IdentityServer, IdentityServers, InvitedAddress } from '../../accounts/index.js';
import type { RoomReader } from '../../events/index.js';
import type { InviteBlocking } from '../invite-blocking.js';
import type { RoomMembership, Suspensions } from '../membership.js';
import type { Profiles } from '../profiles.js';
import type { Sending } from '../send.js';

/** Somebody is to be invited of whom only an address is known. */
export interface ThirdPartyInvite extends IdentityServer {
  readonly medium: string;
  readonly address: string;
  /** what the member event says too, if the address is known to be somebody's: `reason` … */
  readonly content: JsonObject;
}

const MOST_AT_ONCE = 20;

/**
 * Invitations of people by an address. The identity server that the client names says whose it is; when it is nobody's
 * yet, it keeps the invitation and the room a token, which whoever binds the address shows later.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#third-party-invites
 */
export class ThirdPartyInvites {
  constructor(
    private readonly deps: {
      readonly reader: RoomReader;
      readonly membership: RoomMembership;
      readonly sending: Sending;
      readonly profiles: Profiles;
      readonly users: Suspensions;
      readonly inviteBlocking: Pick<InviteBlocking, 'requireMayInvite'>;
      readonly identityServers: IdentityServers;
      /** whether identity servers may be asked whose an address is */
      readonly lookupEnabled: boolean;
      /** invitations by one user */
      readonly limit: RateLimiter;
      readonly log: Logger;
    },
  ) {}

  /**
   * @throws MatrixError M_FORBIDDEN, M_USER_SUSPENDED, M_LIMIT_EXCEEDED, M_INVALID_PARAM; what the identity server says;
   *   502, 504 M_UNKNOWN when it does not answer
   */
  async invite(roomId: RoomId, sender: UserId, invite: ThirdPartyInvite): Promise<void> {
    if (!(await this.deps.reader.isJoined(roomId, sender))) throw forbidden('you are not in this room');
    await this.deps.users.requireNotSuspended(sender);
    await this.deps.inviteBlocking.requireMayInvite(sender);
    await this.#requirePower(roomId, sender);
    const [known] = await this.find(sender, [invite]);
    await this.#complete(roomId, sender, invite, known);
  }

  /**
   * Whose the addresses are, for a room that is to be made.
   *
   * @returns for each the user, or undefined for an address that nobody has bound
   * @throws MatrixError as `invite` does
   */
  async find(sender: UserId, invites: readonly ThirdPartyInvite[]): Promise<(UserId | undefined)[]> {
    if (invites.length === 0) return [];
    if (!this.deps.lookupEnabled) throw forbidden('people cannot be looked up by their address on this server');
    if (invites.length > MOST_AT_ONCE) {
      throw new MatrixError(400, 'M_INVALID_PARAM', `${MOST_AT_ONCE} people can be invited by their address at once`);
    }
    this.deps.limit.take(sender, invites.length);
    return Promise.all(invites.map((invite) => this.deps.identityServers.lookup(invite, invite)));
  }

  /** Invites those whom `find` found, and those it did not, to a room that was just made; the room is there anyway. */
  async inviteAll(
    roomId: RoomId,
    sender: UserId,
    invites: readonly ThirdPartyInvite[],
    known: readonly (UserId | undefined)[],
  ): Promise<void> {
    for (const [i, invite] of invites.entries()) {
      try {
        await this.#complete(roomId, sender, invite, known[i]);
      } catch (error) {
        if (!(error instanceof MatrixError)) throw error;
        this.deps.log.info('somebody could not be invited to a new room', { roomId, error: error.message });
      }
    }
  }

  async #complete(roomId: RoomId, sender: UserId, invite: ThirdPartyInvite, known: UserId | undefined): Promise<void> {
    if (known !== undefined) return this.deps.membership.invite(roomId, sender, known, invite.content);
    const stored = await this.deps.identityServers.storeInvite(invite, await this.#describe(roomId, sender, invite));
    const { token, displayName, publicKeys } = stored;
    const [first] = publicKeys;
    const content = {
      display_name: displayName,
      key_validity_url: first.keyValidityUrl,
      public_key: first.publicKey,
      public_keys: publicKeys.map(({ publicKey, keyValidityUrl }) => ({
        public_key: publicKey,
        key_validity_url: keyValidityUrl,
      })),
    };
    await this.deps.sending.send({ roomId, sender, type: 'm.room.third_party_invite', stateKey: token, content });
  }

  /** Before the identity server writes to anybody: nobody shall get an invitation that the room does not take. */
  async #requirePower(roomId: RoomId, sender: UserId): Promise<void> {
    const keys = [
      ['m.room.create', ''],
      ['m.room.power_levels', ''],
    ] as const;
    const levels = powerLevelsOf(await this.deps.reader.stateView(roomId, keys));
    if (levels.powerOf(sender) >= levels.levelFor('invite')) return;
    throw forbidden('you may not invite people to this room');
  }

  /** What the identity server may write in its e-mail. */
  async #describe(roomId: RoomId, sender: UserId, { medium, address }: InvitedAddress): Promise<JsonObject> {
    const { reader, profiles } = this.deps;
    const text = async (type: string, key: string) => stringAt((await reader.state(roomId, [type, '']))?.content, key);
    const profile = (await profiles.of([sender])).get(sender);
    return {
      medium,
      address,
      room_id: roomId,
      sender,
      room_alias: await text('m.room.canonical_alias', 'alias'),
      room_avatar_url: await text('m.room.avatar', 'url'),
      room_join_rules: await text('m.room.join_rules', 'join_rule'),
      room_name: await text('m.room.name', 'name'),
      room_type: await text('m.room.create', 'type'),
      sender_display_name: profile?.displayName,
      sender_avatar_url: profile?.avatarUrl,
    };
  }
}
