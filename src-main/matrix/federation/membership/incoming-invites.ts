import { isObject, type JsonObject, type JsonValue, stringAt } from '../../../base/json.js';
import { canonicalJson } from '../../../spec/canonical-json.js';
import { badJson, invalidParam, MatrixError } from '../../../spec/errors.js';
import { roomEvent } from '../../../spec/event.js';
import { isOnServer, isUserId } from '../../../spec/grammar.js';
import type { EventId, RoomId, RoomVersion, ServerName, UserId } from '../../../spec/ids.js';
import { type RoomVersionRules, roomVersionRules } from '../../../spec/room-version.js';
import { signPdu } from '../../../spec/signing.js';
import type { CheckedEvent, Intake, PduChecks, RoomReader } from '../../events/index.js';
import type { ServerAcls } from '../server-acls.js';
import type { Author } from './ports.js';
import { readInviteState } from './shown-state.js';

/** What an invitation from elsewhere is asked before it is taken. */
export interface InviteDoor {
  /**
   * @throws MatrixError M_INVITE_BLOCKED, M_FORBIDDEN, M_LIMIT_EXCEEDED when the user is not to be invited by that one,
   *   or too often
   */
  requireWelcome(invite: { readonly roomId: RoomId; readonly sender: UserId; readonly target: UserId }): Promise<void>;
}

interface IncomingInvitesDeps {
  readonly author: Author;
  readonly reader: RoomReader;
  readonly pdus: PduChecks;
  readonly intake: Intake;
  readonly acls: ServerAcls;
  readonly door: InviteDoor;
}

/** An invitation as another server brings it. */
export interface BroughtInvite {
  readonly origin: ServerName;
  readonly roomId: RoomId;
  /** as the path says */
  readonly eventId: EventId;
  /** undefined: one that is so old that it does not matter, 1 or 2 */
  readonly version: RoomVersion | undefined;
  readonly event: JsonObject;
  readonly shown: readonly JsonValue[];
  /** false when a number in it is one that canonical JSON forbids */
  readonly canonicalNumbers: boolean;
}

/** Invitations of our users by users of other servers. @see https://spec.matrix.org/v1.19/server-server-api/#inviting-to-a-room */
export class IncomingInvites {
  constructor(private readonly deps: IncomingInvitesDeps) {}

  /**
   * Takes an invitation.
   *
   * @returns the event with our signature
   * @throws MatrixError M_INCOMPATIBLE_ROOM_VERSION; M_INVALID_PARAM for what is no such event, or not well signed;
   *   M_FORBIDDEN; M_INVITE_BLOCKED; M_LIMIT_EXCEEDED
   */
  async take(invite: BroughtInvite): Promise<JsonObject> {
    const { roomId, origin, shown } = invite;
    const version = invite.version ?? (await this.#oldVersion(roomId));
    const rules = roomVersionRules(version);
    if (!rules) throw incompatible(version);
    await this.deps.acls.require(roomId, origin);
    const { sender, target } = requireInvite(invite, this.deps.author.serverName);
    const { pdus, intake, reader, door } = this.deps;
    const checked = await this.#check(invite, rules);
    const strippedState = await readInviteState(shown, { pdus, rules, roomId });
    await door.requireWelcome({ roomId, sender, target });
    const signed = this.#sign(checked, rules);
    // Where this server is in the room, the room's other servers bring the event with everything else.
    if (!(await reader.isHere(roomId))) await intake.outOfBand({ roomId, rules, event: signed, strippedState });
    return signed.event.pdu;
  }

  async #check(
    { roomId, eventId, event, canonicalNumbers }: BroughtInvite,
    rules: RoomVersionRules,
  ): Promise<CheckedEvent> {
    if (!canonicalNumbers && rules.strictCanonicalJson) throw badJson('the event holds numbers that are not canonical');
    const [verdict] = await this.deps.pdus.check([event], rules, { roomId });
    if (!verdict || 'refused' in verdict)
      throw invalidParam(`the event was refused: ${verdict?.refused ?? 'unchecked'}`);
    if (verdict.event.eventId !== eventId) throw invalidParam(`the id of the event is ${verdict.event.eventId}`);
    const standing = await this.deps.reader.room(roomId);
    if (standing && standing.rules !== rules) throw invalidParam(`the room is of version ${standing.rules.version}`);
    return verdict;
  }

  async #oldVersion(roomId: RoomId): Promise<RoomVersion> {
    return (await this.deps.reader.room(roomId))?.rules.version ?? '1';
  }

  #sign({ event }: CheckedEvent, rules: RoomVersionRules): CheckedEvent {
    const { serverName, signingKey } = this.deps.author;
    const { unsigned: _unsigned, ...bare } = event.pdu;
    const pdu = signPdu({ ...bare } as typeof event.pdu, rules, serverName, signingKey);
    const text = canonicalJson(pdu, rules.strictCanonicalJson ? 'strict' : 'lenient');
    return { event: roomEvent(pdu, rules, event.eventId, event.roomId), text };
  }
}

/** Whether it is an invite of one of ours by one of theirs, before anything is computed. @throws MatrixError M_INVALID_PARAM */
function requireInvite(
  { origin, roomId, event }: BroughtInvite,
  serverName: ServerName,
): { sender: UserId; target: UserId } {
  const { type, sender, state_key: target, content } = event;
  if (event['room_id'] !== roomId) throw invalidParam('the event is of another room than the path says');
  const membership = isObject(content) ? stringAt(content, 'membership') : undefined;
  if (type !== 'm.room.member' || membership !== 'invite') throw invalidParam('this is no invite');
  if (typeof sender !== 'string' || !isUserId(sender)) throw invalidParam('the sender is no user');
  if (typeof target !== 'string' || !isUserId(target)) throw invalidParam('state_key is no user');
  if (!isOnServer(target, serverName)) throw invalidParam('the invited is not of this server');
  if (!isOnServer(sender, origin)) throw invalidParam('the sender is not of your server');
  return { sender, target };
}

const incompatible = (version: RoomVersion) =>
  new MatrixError(400, 'M_INCOMPATIBLE_ROOM_VERSION', `this server does not know rooms of version ${version}`, {
    room_version: version,
  });
