import type { JsonObject } from '../../base/json.js';
import { arrayAt, isObject, stringAt } from '../../base/json.js';
import { forbidden, MatrixError, notFound } from '../../spec/errors.js';
import { serverOf } from '../../spec/grammar.js';
import type { DeviceId, RoomId, ServerName, UserId } from '../../spec/ids.js';
import { powerLevelsOf } from '../../spec/power-levels.js';
import { joinRuleOf } from '../../spec/state-view.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { EventAppender, MembershipState, RoomForgetter, RoomReader, StoredEvent } from '../events/index.js';
import type { Profiles } from './profiles.js';

export interface MembershipDeps {
  readonly db: Database;
  readonly serverName: ServerName;
  readonly appender: EventAppender;
  readonly reader: RoomReader;
  readonly forgetter: RoomForgetter;
  readonly profiles: Profiles;
}

/** A change of somebody's membership, as the one who makes it wants it. */
export interface MembershipRequest {
  readonly roomId: RoomId;
  readonly sender: UserId;
  readonly target: UserId;
  readonly membership: MembershipState;
  /** what else the member event shall say: `reason`, `is_direct` … */
  readonly content?: JsonObject | undefined;
  readonly transaction?: { readonly deviceId: DeviceId; readonly txnId: string } | undefined;
}

/** Rooms looked at for a restricted join, and members asked for one who may let somebody in. */
const MOST_ALLOWED_ROOMS = 50;
const MOST_AUTHORISERS = 500;

/** Who comes into rooms and who leaves them. @see https://spec.matrix.org/v1.19/client-server-api/#room-membership */
export class RoomMembership {
  constructor(private readonly deps: MembershipDeps) {}

  /** @throws MatrixError M_NOT_FOUND for a room that this server does not know; M_FORBIDDEN */
  async join(roomId: RoomId, userId: UserId, content: JsonObject = {}): Promise<StoredEvent> {
    await this.deps.reader.knownRoom(roomId);
    return this.change({ roomId, sender: userId, target: userId, membership: 'join', content });
  }

  /** @throws MatrixError M_NOT_FOUND; M_FORBIDDEN, also for those who are in the room already */
  async invite(roomId: RoomId, sender: UserId, target: UserId, content: JsonObject = {}): Promise<void> {
    await this.#requireJoined(roomId, sender);
    await this.change({ roomId, sender, target, membership: 'invite', content });
  }

  /** @throws MatrixError M_NOT_FOUND, M_FORBIDDEN */
  async ban(roomId: RoomId, sender: UserId, target: UserId, content: JsonObject = {}): Promise<void> {
    await this.#requireJoined(roomId, sender);
    await this.change({ roomId, sender, target, membership: 'ban', content });
  }

  /** Asks to be let in. @throws MatrixError M_NOT_FOUND; M_FORBIDDEN where the room takes no knocks */
  async knock(roomId: RoomId, userId: UserId, content: JsonObject = {}): Promise<void> {
    await this.deps.reader.knownRoom(roomId);
    await this.change({ roomId, sender: userId, target: userId, membership: 'knock', content });
  }

  /**
   * Takes somebody out of the room: themselves, or by kick, or by lifting a ban.
   *
   * @param expected what `target` must be now; M_FORBIDDEN with `otherwise` for everything else
   */
  async remove(
    request: Omit<MembershipRequest, 'membership'>,
    expected: readonly MembershipState[],
    otherwise: string,
  ): Promise<void> {
    await this.#requireJoined(request.roomId, request.sender);
    const standing = await this.deps.reader.membership(request.roomId, request.target);
    if (!standing || !expected.includes(standing.membership)) throw forbidden(otherwise);
    await this.change({ ...request, membership: 'leave' });
  }

  /** Leaves a room, or turns an invitation or one's own knock down. Leaving twice changes nothing. */
  async leave(roomId: RoomId, userId: UserId, content: JsonObject = {}): Promise<void> {
    await this.deps.reader.knownRoom(roomId);
    const standing = await this.deps.reader.membership(roomId, userId);
    if (!standing) throw forbidden('you were never in this room');
    if (standing.membership === 'leave') return;
    await this.change({ roomId, sender: userId, target: userId, membership: 'leave', content });
  }

  /**
   * Removes a room from what the user sees.
   *
   * @throws MatrixError M_UNKNOWN 400 while the user is still in it
   */
  async forget(roomId: RoomId, userId: UserId): Promise<void> {
    const standing = await this.deps.reader.membership(roomId, userId);
    if (!standing) throw notFound('you were never in this room');
    const forgot = await this.deps.db.write((tx) => this.deps.forgetter.forget(tx, roomId, userId));
    if (!forgot) throw new MatrixError(400, 'M_UNKNOWN', 'leave the room before you forget it');
  }

  /** Writes a member event in a transaction of its own. */
  async change(request: MembershipRequest): Promise<StoredEvent> {
    const content = await this.prepare(request);
    return this.deps.db.write((tx) => this.write(tx, request, content));
  }

  /**
   * What the member event will say: profile, reason, and who lets the user in where the room is restricted.
   *
   * @throws MatrixError M_FORBIDDEN
   */
  async prepare(request: MembershipRequest): Promise<JsonObject> {
    const { sender, target, membership } = request;
    if (membership === 'invite' && serverOf(target) !== this.deps.serverName) {
      throw forbidden('this server does not talk to other servers yet');
    }
    const { membership: _ignored, ...said } = request.content ?? {};
    const isOwn = sender === target;
    const names = membership === 'leave' || membership === 'ban' ? {} : await this.#profile(target);
    // People choose their own name in a room; others can not choose it for them.
    const content = isOwn ? { ...names, ...said, membership } : { ...said, ...names, membership };
    const authoriser = membership === 'join' ? await this.#authoriser(request.roomId, target) : undefined;
    return authoriser === undefined ? content : { ...content, join_authorised_via_users_server: authoriser };
  }

  /** Writes a prepared member event. */
  write(tx: Transaction, request: MembershipRequest, content: JsonObject): Promise<StoredEvent> {
    const { roomId, sender, target, transaction } = request;
    return this.deps.appender.append(tx, {
      roomId,
      sender,
      type: 'm.room.member',
      stateKey: target,
      content,
      transaction,
    });
  }

  /** A stranger learns nothing of who is in a room. */
  async #requireJoined(roomId: RoomId, userId: UserId): Promise<void> {
    await this.deps.reader.knownRoom(roomId);
    if (!(await this.deps.reader.isJoined(roomId, userId))) throw forbidden('you are not in this room');
  }

  async #profile(userId: UserId): Promise<JsonObject> {
    const profile = (await this.deps.profiles.of([userId])).get(userId);
    return {
      ...(profile?.displayName !== undefined && { displayname: profile.displayName }),
      ...(profile?.avatarUrl !== undefined && { avatar_url: profile.avatarUrl }),
    };
  }

  /** A member here who may invite, for a join that only the membership of another room allows. */
  async #authoriser(roomId: RoomId, userId: UserId): Promise<UserId | undefined> {
    const { reader } = this.deps;
    const standing = await reader.membership(roomId, userId);
    if (standing?.membership === 'join' || standing?.membership === 'invite') return undefined;
    const state = await reader.stateView(roomId, [
      ['m.room.create', ''],
      ['m.room.power_levels', ''],
      ['m.room.join_rules', ''],
    ]);
    const rule = joinRuleOf(state);
    const joinRules = state.get('m.room.join_rules', '');
    if (!joinRules?.rules.restrictedJoins || (rule !== 'restricted' && rule !== 'knock_restricted')) return undefined;
    if (!(await this.#isInAllowedRoom(joinRules.content, userId))) {
      throw forbidden('you are in none of the rooms whose members may join');
    }
    const levels = powerLevelsOf(state);
    const members = await reader.members(roomId, ['join'], MOST_AUTHORISERS);
    const authoriser = members.find(
      (member) => member.isLocal && levels.powerOf(member.userId) >= levels.levelFor('invite'),
    );
    if (!authoriser) {
      throw new MatrixError(400, 'M_UNABLE_TO_GRANT_JOIN', 'nobody of this server in that room may let you in');
    }
    return authoriser.userId;
  }

  async #isInAllowedRoom(joinRules: JsonObject, userId: UserId): Promise<boolean> {
    const allowed = (arrayAt(joinRules, 'allow') ?? [])
      .slice(0, MOST_ALLOWED_ROOMS)
      .flatMap((entry) =>
        isObject(entry) && entry['type'] === 'm.room_membership' ? (stringAt(entry, 'room_id') ?? []) : [],
      );
    const joined = new Set<string>(await this.deps.reader.joinedRooms(userId));
    return allowed.some((roomId) => joined.has(roomId));
  }
}
