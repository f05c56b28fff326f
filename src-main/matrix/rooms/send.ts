import { isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../base/json.js';
import { invalidParam, MatrixError } from '../../spec/errors.js';
import { isRoomAlias } from '../../spec/grammar.js';
import type { DeviceId, EventId, RoomId, UserId } from '../../spec/ids.js';
import type { Database, Transaction } from '../../storage/database.js';
import type { MembershipState, RelationReader, RoomReader } from '../events/index.js';
import type { PolicedAppender } from '../federation/index.js';
import type { Directory } from './directory.js';
import type { MembershipRequest } from './membership-request.js';
import type { ConsentRules, RoomMembership, Suspensions } from './membership.js';
import type { RoomLimits } from './room-limits.js';

/** An event as a client sends it. */
export interface SendRequest {
  readonly roomId: RoomId;
  readonly sender: UserId;
  readonly type: string;
  readonly stateKey?: string;
  readonly content: JsonObject;
  readonly transaction?: { readonly deviceId: DeviceId; readonly txnId: string } | undefined;
  readonly originServerTs?: number | undefined;
}

const MEMBERSHIPS: ReadonlySet<string> = new Set<MembershipState>(['join', 'invite', 'knock', 'leave', 'ban']);

/** Sends what clients say. @see https://spec.matrix.org/v1.19/client-server-api/#sending-events-to-a-room */
export class Sending {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly appender: PolicedAppender;
      readonly reader: RoomReader;
      readonly relations: RelationReader;
      readonly membership: RoomMembership;
      readonly directory: Directory;
      readonly users: Suspensions;
      readonly consents: ConsentRules;
      readonly limits: RoomLimits;
    },
  ) {}

  /**
   * Sends an event, or a state event when it has a state key.
   *
   * @returns its id; for a transaction seen before, the id given then
   * @throws MatrixError M_FORBIDDEN, M_NOT_FOUND, M_TOO_LARGE, M_BAD_JSON, M_DUPLICATE_ANNOTATION, M_BAD_ALIAS,
   *   M_INVALID_PARAM, M_USER_SUSPENDED, M_CONSENT_NOT_GIVEN, M_LIMIT_EXCEEDED
   */
  async send(request: SendRequest): Promise<EventId> {
    await this.deps.users.requireNotSuspended(request.sender);
    if (request.type === 'm.room.member' && request.stateKey !== undefined) {
      return (await this.deps.membership.change(membershipIn(request))).eventId;
    }
    await this.deps.consents.requireGiven(request.sender);
    this.deps.limits.message(request.sender);
    return this.#append(request, async () => undefined);
  }

  /**
   * Sends what was counted when it came.
   *
   * @param claim done in one step with it
   * @throws MatrixError as `send` does, and what `claim` throws
   */
  async sendUncounted(request: SendRequest, claim: Claim): Promise<EventId> {
    await this.deps.users.requireNotSuspended(request.sender);
    if (request.type !== 'm.room.member' || request.stateKey === undefined) return this.#append(request, claim);
    const change = membershipIn(request);
    await this.deps.db.write(claim);
    return (await this.deps.membership.changeUncounted(change)).eventId;
  }

  async #append(request: SendRequest, claim: Claim): Promise<EventId> {
    if (request.type === 'm.room.canonical_alias' && request.stateKey === '') await this.#checkAliases(request);
    const redacts = request.type === 'm.room.redaction' ? stringAt(request.content, 'redacts') : undefined;
    const draft = { ...request, redacts: redacts as EventId | undefined };
    const { appender, relations } = this.deps;
    const event = await appender.append(draft, {
      async before(tx) {
        await claim(tx);
        return undefined;
      },
      check: isAnnotation(request) ? (tx) => relations.refuseDuplicate(tx, request) : undefined,
    });
    return event.eventId;
  }

  /** Redacts an event; suspended users those only that they sent. @throws MatrixError M_FORBIDDEN, M_NOT_FOUND, M_USER_SUSPENDED, M_LIMIT_EXCEEDED */
  async redact(
    request: Omit<SendRequest, 'type' | 'stateKey' | 'content'> & { redacts: EventId; reason: string | undefined },
  ): Promise<EventId> {
    const { redacts, reason, ...rest } = request;
    const target = await this.deps.reader.event(redacts);
    await this.deps.consents.requireGiven(request.sender);
    const isOfOthers = target !== undefined && target.sender !== request.sender;
    if (isOfOthers) this.deps.limits.redactionOfOthers(request.sender);
    else this.deps.limits.message(request.sender);
    if (target?.sender !== request.sender) await this.deps.users.requireNotSuspended(request.sender);
    const content = reason === undefined ? {} : { reason };
    const draft = { ...rest, type: 'm.room.redaction', content, redacts };
    return (await this.deps.appender.append(draft)).eventId;
  }

  /** Aliases that a room announces must lead to it; those that it announced before are not asked again. */
  async #checkAliases({ roomId, content }: SendRequest): Promise<void> {
    const standing = await this.deps.reader.state(roomId, ['m.room.canonical_alias', '']);
    const announced = new Set(standing ? aliasesIn(standing.content) : []);
    for (const alias of new Set(aliasesIn(content))) {
      if (announced.has(alias)) continue;
      if (typeof alias !== 'string' || !isRoomAlias(alias)) throw invalidParam('not a room alias');
      await this.#checkAlias(alias, roomId);
    }
  }

  async #checkAlias(alias: `#${string}:${string}`, roomId: RoomId): Promise<void> {
    const found = await this.deps.directory.find(alias);
    if (found !== roomId) throw new MatrixError(400, 'M_BAD_ALIAS', `${alias} does not lead to this room`);
  }
}

type Claim = (tx: Transaction) => Promise<void>;

/** A member event that somebody wrote by hand. @throws MatrixError M_BAD_JSON */
function membershipIn({ roomId, sender, stateKey, content, transaction }: SendRequest): MembershipRequest {
  const membership = stringAt(content, 'membership');
  if (membership === undefined || !MEMBERSHIPS.has(membership)) {
    throw new MatrixError(400, 'M_BAD_JSON', 'membership must be join, invite, knock, leave or ban');
  }
  return {
    roomId,
    sender,
    target: stateKey as UserId,
    membership: membership as MembershipState,
    content,
    transaction,
  };
}

/** Most names that a room announces at once. */
const MOST_ALIASES = 500;

/** @throws MatrixError M_INVALID_PARAM */
function aliasesIn({ alias, alt_aliases: others }: JsonObject): JsonValue[] {
  const list = others ?? [];
  if (!Array.isArray(list) || list.length > MOST_ALIASES) throw invalidParam('alt_aliases must be a list of aliases');
  return alias === undefined || alias === null || alias === '' ? list : [alias, ...list];
}

function isAnnotation({ content, stateKey }: SendRequest): boolean {
  const relatesTo = objectAt(content, 'm.relates_to');
  return stateKey === undefined && isObject(relatesTo) && relatesTo['rel_type'] === 'm.annotation';
}
