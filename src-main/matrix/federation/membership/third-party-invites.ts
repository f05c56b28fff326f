import { withTimeout } from '../../../base/abort.js';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import { OutgoingError, type OutgoingHttp } from '../../../net/outgoing.js';
import { forbidden, invalidParam, MatrixError } from '../../../spec/errors.js';
import { isOnServer, isUserId, serverOf } from '../../../spec/grammar.js';
import type { RoomId, ServerName, UserId } from '../../../spec/ids.js';
import type { RoomReader, StoredEvent } from '../../events/index.js';
import { askable, askInTurn } from './in-turn.js';
import type { MembershipRequests } from './membership-requests.js';
import type { RemoteInvites } from './remote-invites.js';

interface ThirdPartyInvitesDeps {
  readonly serverName: ServerName;
  readonly reader: RoomReader;
  readonly invites: RemoteInvites;
  readonly requests: MembershipRequests;
  readonly outgoing: OutgoingHttp;
  readonly log: Logger;
}

/** An invitation by e-mail whose address turned out to be a user's: the identity server signs that it is so. */
export interface RedeemedInvite {
  readonly roomId: RoomId;
  /** who sent the `m.room.third_party_invite` */
  readonly sender: UserId;
  readonly target: UserId;
  /** `mxid`, `token` and `signatures` */
  readonly signed: JsonObject;
}

/** Keys of one invitation that an identity server is asked about. */
const MOST_KEYS = 5;
/** Somebody may wait for it. */
const LONGEST = 60_000;
const TYPE = 'm.room.third_party_invite';

/** Turns invitations by e-mail into invitations of users. @see https://spec.matrix.org/v1.19/server-server-api/#third-party-invites */
export class ThirdPartyInvites {
  constructor(private readonly deps: ThirdPartyInvitesDeps) {}

  /**
   * Invites a user in the place of an address, in a room that this server is in.
   *
   * @throws MatrixError M_FORBIDDEN when the room has no such invitation, or its keys were revoked; M_INVALID_PARAM
   */
  async exchange({ roomId, sender, target, signed }: RedeemedInvite): Promise<void> {
    const token = stringAt(signed, 'token');
    if (token === undefined || stringAt(signed, 'mxid') !== target)
      throw invalidParam('the signed part is for another user');
    const { reader, invites } = this.deps;
    if (!(await reader.isHere(roomId))) throw forbidden('this server is not in that room');
    const invitation = await reader.state(roomId, [TYPE, token]);
    if (!invitation) throw forbidden('the room has no such invitation');
    await this.#requireValidKeys(invitation);
    const displayName = stringAt(invitation.content, 'display_name');
    const invite = { ...(displayName !== undefined && { display_name: displayName }), signed };
    await invites.invite({ roomId, sender, target, content: { membership: 'invite', third_party_invite: invite } });
  }

  /** An identity server tells that an address is now a user's: their invitations wait. What fails is logged. */
  async bound(redeemed: readonly RedeemedInvite[]): Promise<void> {
    for (const invite of redeemed) {
      if (!isOnServer(invite.target, this.deps.serverName)) continue;
      try {
        await this.redeem(invite);
      } catch (error) {
        if (!(error instanceof MatrixError)) throw error;
        const { roomId, target } = invite;
        this.deps.log.warn('an invitation by e-mail could not be redeemed', { roomId, target, error: error.message });
      }
    }
  }

  /**
   * Has a user of ours invited in the place of an address.
   *
   * @throws MatrixError as `exchange` does; M_UNKNOWN 502 when no server of the room can be asked
   */
  async redeem(invite: RedeemedInvite): Promise<void> {
    if (await this.deps.reader.isHere(invite.roomId)) await this.exchange(invite);
    else await this.#forward(invite);
  }

  /** To the room's own server and to the inviter's, until one of them takes it. */
  async #forward({ roomId, sender, target, signed }: RedeemedInvite): Promise<void> {
    const content = { membership: 'invite', third_party_invite: { display_name: target, signed } };
    const event = { type: 'm.room.member', room_id: roomId, sender, state_key: target, content };
    const { requests, serverName, log } = this.deps;
    const servers = askable([serverOf(roomId), serverOf(sender)], serverName);
    const turn = { what: 'redeem an invitation', log, signal: withTimeout(undefined, LONGEST) };
    await askInTurn(servers, turn, (server) => requests.exchange(server, roomId, event));
  }

  /** An identity server may take back the keys that it gave for an invitation. */
  async #requireValidKeys({ content }: StoredEvent): Promise<void> {
    const listed = (arrayAt(content, 'public_keys') ?? []).filter(isObject);
    for (const entry of [content, ...listed].slice(0, MOST_KEYS)) {
      const key = stringAt(entry, 'public_key');
      const url = stringAt(entry, 'key_validity_url');
      if (key === undefined || url === undefined) continue;
      if (!(await this.#isValid(url, key))) throw forbidden('the identity server took the key of the invitation back');
    }
  }

  async #isValid(url: string, key: string): Promise<boolean> {
    if (!URL.canParse(url)) return false;
    const asked = new URL(url);
    asked.searchParams.set('public_key', key);
    try {
      const { status, body } = await this.deps.outgoing.fetch({ url: asked.href, timeout: 10_000, maxBytes: 10_000 });
      return status === 200 && /"valid"\s*:\s*true/.test(body.toString('utf8'));
    } catch (error) {
      if (!(error instanceof OutgoingError)) throw error;
      throw new MatrixError(502, 'M_UNKNOWN', 'the identity server cannot be asked for the key of the invitation');
    }
  }
}

/**
 * Reads the event that another server asks us to make.
 *
 * @throws MatrixError M_INVALID_PARAM
 */
export function readExchange(roomId: RoomId, event: JsonObject): RedeemedInvite {
  const { type, sender, state_key: target, content } = event;
  if (event['room_id'] !== roomId) throw invalidParam('the event is of another room than the path says');
  const said = isObject(content) ? content : {};
  if (type !== 'm.room.member' || said['membership'] !== 'invite') throw invalidParam('this is no invite');
  if (typeof sender !== 'string' || !isUserId(sender)) throw invalidParam('the sender is no user');
  if (typeof target !== 'string' || !isUserId(target)) throw invalidParam('state_key is no user');
  const signed = objectAt(objectAt(said, 'third_party_invite'), 'signed');
  if (!signed) throw invalidParam('the third party invite is not signed');
  return { roomId, sender, target, signed };
}
