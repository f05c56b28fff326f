import type { JsonObject } from '../../../base/json.js';
import { isOnServer, serverOf } from '../../../spec/grammar.js';
import type { RoomId, ServerName, UserId } from '../../../spec/ids.js';
import { isSameContent, type Membership, type RoomReader, type StoredEvent } from '../../events/index.js';
import type { FederatedMembership } from '../../federation/index.js';

interface RemoteMembershipDeps {
  readonly serverName: ServerName;
  readonly reader: RoomReader;
  readonly federated: Pick<
    FederatedMembership,
    'joins' | 'knocks' | 'leaves' | 'invites' | 'restricted' | 'thirdParty'
  >;
}

/** What somebody with an invitation by e-mail got from an identity server: all of it is signed. */
export interface ThirdPartySigned extends JsonObject {
  /** who invited */
  readonly sender: UserId;
  readonly mxid: UserId;
  readonly token: string;
  readonly signatures: JsonObject;
}

/** What of a change of membership matters for where it is made. */
interface Change {
  readonly roomId: RoomId;
  readonly sender: UserId;
  readonly target: UserId;
  readonly membership: string;
  /** who may help where this server is not in the room */
  readonly servers?: readonly ServerName[] | undefined;
}

/** Changes of membership that this server cannot make alone: in rooms that it is not in, and of people elsewhere. */
export class RemoteMembership {
  constructor(private readonly deps: RemoteMembershipDeps) {}

  /**
   * Makes a change with the help of other servers, where it takes any.
   *
   * @param content of the member event, with its membership
   * @returns undefined when the change is for this server to make
   * @throws MatrixError with what another server refused; M_UNKNOWN 502 when none could be asked
   */
  async change(change: Change, content: JsonObject): Promise<StoredEvent | undefined> {
    const { membership, sender, target, roomId } = change;
    const { reader, serverName } = this.deps;
    if (membership === 'invite') return isOnServer(target, serverName) ? undefined : this.#invite(change, content);
    if (sender !== target) return undefined;
    if (membership === 'leave') return this.#leave(change, content);
    if (await reader.isHere(roomId)) return undefined;
    if (membership === 'join') return this.#join(change, content);
    return membership === 'knock' ? this.#knock(change, content) : undefined;
  }

  /**
   * Turns an invitation by e-mail into one of a user here, by what an identity server signed for them.
   *
   * @throws MatrixError M_FORBIDDEN when there is no such invitation; M_INVALID_PARAM; M_UNKNOWN 502
   */
  redeem(roomId: RoomId, target: UserId, signed: ThirdPartySigned): Promise<void> {
    return this.deps.federated.thirdParty.redeem({ roomId, sender: signed.sender, target, signed });
  }

  /** Joins a room that this server is in, but in which it can let nobody in. @returns undefined when nobody else can */
  async joinByOthers(change: Change, content: JsonObject): Promise<StoredEvent | undefined> {
    const { federated, reader } = this.deps;
    const { roomId, target: userId, servers = [] } = change;
    const named = servers.filter((server) => server !== this.deps.serverName);
    const able = [...named, ...(await federated.restricted.serversThatCan(roomId))];
    if (able.length === 0) return undefined;
    const joined = await federated.joins.join({ roomId, userId, content, servers: able }, { evenIfHere: true });
    return joined === 'here already' ? undefined : reader.event(joined.eventId);
  }

  async #join(change: Change, content: JsonObject): Promise<StoredEvent | undefined> {
    const { federated, reader } = this.deps;
    const { roomId, target: userId } = change;
    const servers = await this.#servers(change);
    if (await this.#isOursAlone(roomId, servers)) return undefined;
    const joined = await federated.joins.join({ roomId, userId, content, servers });
    return joined === 'here already' ? undefined : reader.event(joined.eventId);
  }

  async #knock(change: Change, content: JsonObject): Promise<StoredEvent | undefined> {
    const { roomId, target: userId } = change;
    const servers = await this.#servers(change);
    if (await this.#isOursAlone(roomId, servers)) return undefined;
    return this.deps.federated.knocks.knock({ roomId, userId, content, servers });
  }

  async #leave({ roomId, target }: Change, content: JsonObject): Promise<StoredEvent | undefined> {
    const { reader, federated } = this.deps;
    const standing = await reader.membership(roomId, target);
    if (standing?.membership !== 'invite' && standing?.membership !== 'knock') return undefined;
    const event = await reader.eventByNid(standing.eventNid);
    if (!event || (await this.#isOfOurRoom(event))) return undefined;
    return federated.leaves.leave(event, content);
  }

  /** Whether the room as it is here knows of an invitation or a knock, so that it can be ended here. */
  async #isOfOurRoom({ roomId, stateKey, eventId, ord }: StoredEvent): Promise<boolean> {
    const { reader } = this.deps;
    if (!(await reader.isHere(roomId))) return ord !== undefined && this.#isOursAlone(roomId, []);
    const entry = await reader.state(roomId, ['m.room.member', stateKey ?? '']);
    return entry?.eventId === eventId;
  }

  async #invite({ roomId, sender, target }: Change, content: JsonObject): Promise<StoredEvent> {
    const { reader, federated } = this.deps;
    const standing = await reader.state(roomId, ['m.room.member', target]);
    if (standing?.sender === sender && isSameContent(standing.content, content)) return standing;
    return federated.invites.invite({ roomId, sender, target, content });
  }

  /** Who may help: whom the user names, who invited them, and who is known to be in the room. */
  async #servers({ roomId, target, servers = [] }: Change): Promise<ServerName[]> {
    const { reader } = this.deps;
    const standing = await reader.membership(roomId, target);
    const inviter = standing && (await this.#inviter(standing));
    const shown = standing ? await reader.strippedState(roomId, target) : [];
    return [
      ...servers,
      ...(inviter === undefined ? [] : [serverOf(inviter)]),
      ...(await reader.serversIn(roomId)),
      ...shown.map(({ sender }) => serverOf(sender)),
    ].filter((server) => server !== this.deps.serverName);
  }

  async #inviter({ membership, eventNid }: Membership): Promise<UserId | undefined> {
    return membership === 'invite' ? (await this.deps.reader.eventByNid(eventNid))?.sender : undefined;
  }

  /** A room that everybody left who is known, and whose state is here: whoever comes back needs nobody's help. */
  async #isOursAlone(roomId: RoomId, servers: readonly ServerName[]): Promise<boolean> {
    const { reader } = this.deps;
    if (servers.length > 0 || (await reader.serversIn(roomId)).length > 0) return false;
    return (await reader.state(roomId, ['m.room.create', ''])) !== undefined;
  }
}
