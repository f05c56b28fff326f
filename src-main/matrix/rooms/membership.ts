import type { MembershipRequest } from './membership-request.js';
import type { JsonObject } from '../../base/json.js';
import { forbidden, MatrixError } from '../../spec/errors.js';
import { isOnServer } from '../../spec/grammar.js';
import type { RoomId, ServerName, UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import {
  type EventAppender,
  type EventDraft,
  isSameContent,
  type Membership,
  type PartialRooms,
  type RoomForgetter,
  type RoomReader,
  type StoredEvent,
} from '../events/index.js';
import type { PolicedAppender, RestrictedJoins } from '../federation/index.js';
import type { BlockedRooms } from './blocking/blocked-rooms.js';
import type { RemoteMembership, ThirdPartySigned } from './elsewhere/remote-membership.js';
import type { GuestRules } from './guests/guest-rules.js';
import type { InviteBlocking } from './invite-blocking.js';
import type { NoticeRules } from './notices/notice-rules.js';
import type { Profiles } from './profiles.js';
import type { RoomLimits } from './room-limits.js';

export interface MembershipDeps {
  readonly db: Database;
  readonly serverName: ServerName;
  readonly appender: EventAppender;
  readonly policed: PolicedAppender;
  readonly reader: RoomReader;
  readonly forgetter: RoomForgetter;
  readonly partials: Pick<PartialRooms, 'whenComplete'>;
  readonly profiles: Profiles;
  readonly users: Suspensions;
  readonly consents: ConsentRules;
  readonly inviteBlocking: InviteBlocking;
  readonly blocked: Pick<BlockedRooms, 'requireNotBlocked'>;
  readonly guestRules: GuestRules;
  readonly noticeRules: Pick<NoticeRules, 'check' | 'isNoticeRoom'>;
  readonly limits: RoomLimits;
  readonly restricted: RestrictedJoins;
  readonly remote: RemoteMembership;
}

/** What rooms ask `accounts` of those who write to them. */
export interface Suspensions {
  /** @throws MatrixError M_USER_SUSPENDED */
  requireNotSuspended(userId: UserId): Promise<void>;
}

/** What rooms ask `accounts` of those who did not accept the terms. */
export interface ConsentRules {
  /** @throws MatrixError M_CONSENT_NOT_GIVEN */
  requireGiven(userId: UserId): Promise<void>;
}

/** What must hold of the target's standing for a change to be made; thrown otherwise. */
type StandingCheck = (standing: Membership | undefined) => void;

/** Who comes into rooms and who leaves them. @see https://spec.matrix.org/v1.19/client-server-api/#room-membership */
export class RoomMembership {
  constructor(private readonly deps: MembershipDeps) {}

  /**
   * @param servers who may help where this server is not in the room
   * @throws MatrixError M_NOT_FOUND for a room of which no server is known; M_FORBIDDEN; M_UNKNOWN 502 when none of the
   *   servers could help
   */
  join(
    roomId: RoomId,
    userId: UserId,
    content: JsonObject = {},
    servers: readonly ServerName[] = [],
  ): Promise<StoredEvent> {
    return this.change({ roomId, sender: userId, target: userId, membership: 'join', content, servers });
  }

  /** @throws MatrixError M_FORBIDDEN, also for those who are in the room already */
  async invite(roomId: RoomId, sender: UserId, target: UserId, content: JsonObject = {}): Promise<void> {
    await this.#requireJoined(roomId, sender);
    await this.change({ roomId, sender, target, membership: 'invite', content }, (standing) => {
      if (standing?.membership === 'ban') throw badState('that user is banned');
    });
  }

  /** @throws MatrixError M_FORBIDDEN */
  async ban(roomId: RoomId, sender: UserId, target: UserId, content: JsonObject = {}): Promise<void> {
    await this.#requireJoined(roomId, sender);
    await this.change({ roomId, sender, target, membership: 'ban', content });
  }

  /** Takes somebody out of the room, or their invitation or knock back. @throws MatrixError M_FORBIDDEN, M_BAD_STATE */
  async kick(roomId: RoomId, sender: UserId, target: UserId, content: JsonObject = {}): Promise<void> {
    await this.#requireJoined(roomId, sender);
    await this.change({ roomId, sender, target, membership: 'leave', content }, (standing) => {
      if (standing?.membership === 'ban') throw badState('that user is banned');
      if (!standing || standing.membership === 'leave') throw forbidden('that user is not in the room');
    });
  }

  /** @throws MatrixError M_FORBIDDEN; M_BAD_STATE for those who are not banned */
  async unban(roomId: RoomId, sender: UserId, target: UserId, content: JsonObject = {}): Promise<void> {
    await this.#requireJoined(roomId, sender);
    await this.change({ roomId, sender, target, membership: 'leave', content }, (standing) => {
      if (standing?.membership !== 'ban') throw badState('that user is not banned');
    });
  }

  /** Becomes invited by what an identity server signed for them. @throws MatrixError M_FORBIDDEN, M_INVALID_PARAM */
  redeem(roomId: RoomId, userId: UserId, signed: ThirdPartySigned): Promise<void> {
    return this.deps.remote.redeem(roomId, userId, signed);
  }

  /** Asks to be let in. @throws MatrixError as `join` does; M_FORBIDDEN where the room takes no knocks */
  async knock(
    roomId: RoomId,
    userId: UserId,
    content: JsonObject = {},
    servers: readonly ServerName[] = [],
  ): Promise<void> {
    await this.change({ roomId, sender: userId, target: userId, membership: 'knock', content, servers });
  }

  /**
   * Leaves a room, or turns an invitation or one's own knock down. Leaving twice changes nothing.
   *
   * @throws MatrixError M_NOT_FOUND for a room that this server does not know; M_FORBIDDEN for those who were never there
   */
  async leave(roomId: RoomId, userId: UserId, content: JsonObject = {}): Promise<void> {
    await this.deps.reader.knownRoom(roomId);
    const standing = await this.deps.reader.membership(roomId, userId);
    if (!standing) throw forbidden('you were never in this room');
    if (standing.membership === 'leave') return;
    await this.change({ roomId, sender: userId, target: userId, membership: 'leave', content });
  }

  /**
   * Removes a room from what the user sees; a room where the user never was is forgotten already.
   *
   * @throws MatrixError M_UNKNOWN 400 while the user is still in it
   */
  async forget(roomId: RoomId, userId: UserId): Promise<void> {
    const standing = await this.deps.reader.membership(roomId, userId);
    if (!standing) return;
    const forgot = await this.deps.db.write((tx) => this.deps.forgetter.forget(tx, roomId, userId));
    if (!forgot) throw new MatrixError(400, 'M_UNKNOWN', 'leave the room before you forget it');
  }

  /**
   * Does what somebody asks for, unless they ask for too much.
   *
   * @throws MatrixError M_LIMIT_EXCEEDED, M_FORBIDDEN, M_CONSENT_NOT_GIVEN, and what `check` throws
   */
  async change(request: MembershipRequest, check?: StandingCheck): Promise<StoredEvent> {
    await this.#requireConsent(request);
    await this.#count(request);
    return this.changeUncounted(request, check);
  }

  /** Whoever did not accept the terms may still go away, and come to where they are told of them. */
  async #requireConsent({ roomId, sender, target, membership }: MembershipRequest): Promise<void> {
    const { consents, noticeRules } = this.deps;
    if (sender === target && membership === 'leave') return;
    if (membership === 'join' && (await noticeRules.isNoticeRoom(roomId))) return;
    await consents.requireGiven(sender);
  }

  /**
   * Writes a member event in a transaction of its own, or has other servers help where it takes them; somebody who joins
   * again as they are changes nothing.
   */
  async changeUncounted(request: MembershipRequest, check: StandingCheck = () => undefined): Promise<StoredEvent> {
    const content = await this.prepare(request);
    const { reader, remote, partials } = this.deps;
    const { roomId, sender, target } = request;
    // What somebody else is in the room must be known before it is changed.
    if (sender !== target && !(await reader.membership(roomId, target))) await partials.whenComplete(roomId);
    check(await reader.membership(request.roomId, request.target));
    const made = (await remote.change(request, content)) ?? (await this.#joinByOthers(request, content));
    if (made) return made;
    const whole = await this.#authorised(request, content);
    return this.deps.policed.append(memberDraft(request, whole), {
      before: async (tx) => {
        const standing = await reader.membership(request.roomId, request.target, tx);
        check(standing);
        const joined = standing?.membership === 'join' ? await reader.eventByNid(standing.eventNid, tx) : undefined;
        return request.membership === 'join' && joined && saysAll(joined.content, content) ? joined : undefined;
      },
    });
  }

  /**
   * What the member event will say: profile, reason. Who lets the user in where the room is restricted is not said yet.
   *
   * @throws MatrixError M_FORBIDDEN, M_USER_SUSPENDED, M_INVITE_BLOCKED, M_CANNOT_LEAVE_SERVER_NOTICE_ROOM;
   *   M_UNKNOWN 403 for a room that is blocked
   */
  async prepare(request: MembershipRequest): Promise<JsonObject> {
    const { sender, target, membership } = request;
    const isOwn = sender === target;
    if (membership === 'invite') await this.deps.inviteBlocking.requireMayInvite(sender);
    // Suspended users may still leave.
    if (!isOwn || membership !== 'leave') await this.deps.users.requireNotSuspended(sender);
    if (membership !== 'leave' && membership !== 'ban') await this.deps.blocked.requireNotBlocked(request.roomId);
    const kind = await this.deps.guestRules.check(request);
    await this.deps.noticeRules.check(request);
    // Of people elsewhere their server says whether they are to be invited.
    const isOurs = isOnServer(target, this.deps.serverName);
    if (membership === 'invite' && isOurs) await this.deps.inviteBlocking.requireWelcome(target, sender);
    const { membership: _membership, [AUTHORISER]: _authoriser, ...said } = request.content ?? {};
    const names = membership === 'leave' || membership === 'ban' ? {} : await this.#profile(target);
    // People choose their own name in a room; others can not choose it for them.
    return isOwn ? { ...names, ...said, ...kind, membership } : { ...said, ...names, membership };
  }

  /** Joins with the help of others where this server is in the room, but nobody of it may let anybody in. */
  async #joinByOthers(request: MembershipRequest, content: JsonObject): Promise<StoredEvent | undefined> {
    try {
      await this.#authoriser(request);
      return undefined;
    } catch (error) {
      if (!(error instanceof MatrixError) || error.errcode !== 'M_UNABLE_TO_GRANT_JOIN') throw error;
      const joined = await this.deps.remote.joinByOthers(request, content);
      if (!joined) throw error;
      return joined;
    }
  }

  /** With who lets the user in, where that must be said. */
  async #authorised(request: MembershipRequest, content: JsonObject): Promise<JsonObject> {
    const authoriser = await this.#authoriser(request);
    return authoriser === undefined ? content : { ...content, [AUTHORISER]: authoriser };
  }

  async #authoriser({ roomId, sender, target, membership }: MembershipRequest): Promise<UserId | undefined> {
    return membership === 'join' && sender === target ? this.deps.restricted.authoriser(roomId, target) : undefined;
  }

  /** Writes a prepared member event. */
  write(tx: Transaction, request: MembershipRequest, content: JsonObject): Promise<StoredEvent> {
    return this.deps.appender.append(tx, memberDraft(request, content));
  }

  /** Leaving is free. Who joins where they are changes how they are shown, which is a message like others. */
  async #count({ roomId, sender, target, membership }: MembershipRequest): Promise<void> {
    const { limits, reader } = this.deps;
    if (membership === 'invite') return limits.invite(roomId, sender, target);
    if (membership === 'leave' && sender === target) return;
    if (membership !== 'join' || (await reader.isJoined(roomId, target))) return limits.message(sender);
    if (await reader.isHere(roomId)) limits.localJoin(sender, roomId);
    else limits.remoteJoin(sender, roomId);
  }

  /** A stranger learns nothing of who is in a room, nor whether there is one. */
  async #requireJoined(roomId: RoomId, userId: UserId): Promise<void> {
    if (!(await this.deps.reader.isJoined(roomId, userId))) throw forbidden('you are not in this room');
  }

  async #profile(userId: UserId): Promise<JsonObject> {
    const profile = (await this.deps.profiles.of([userId])).get(userId);
    return {
      ...(profile?.displayName !== undefined && { displayname: profile.displayName }),
      ...(profile?.avatarUrl !== undefined && { avatar_url: profile.avatarUrl }),
    };
  }
}

const AUTHORISER = 'join_authorised_via_users_server';

const memberDraft = ({ roomId, sender, target, transaction }: MembershipRequest, content: JsonObject): EventDraft => ({
  roomId,
  sender,
  type: 'm.room.member',
  stateKey: target,
  content,
  transaction,
});

const badState = (why: string) => new MatrixError(403, 'M_BAD_STATE', why);

/** Whether `standing` says all that `wanted` says, and nothing else but who let the member in. */
function saysAll(standing: JsonObject, wanted: JsonObject): boolean {
  const { [AUTHORISER]: _standing, ...said } = standing;
  const { [AUTHORISER]: _wanted, ...wants } = wanted;
  return isSameContent(said, wants);
}
